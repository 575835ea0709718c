// One key, one thing: presses the visible element with that data-shortcut (else a data-key), or moves through [data-row].
const HERE = "is-here";

const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.checkVisibility());
const current = () => document.activeElement?.closest("[data-row]") ?? document.querySelector(`[data-row].${HERE}`);

function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(current());
  const next = all[at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)];
  for (const row of all) row.classList.toggle(HERE, row === next);
  if (!next.matches("a, button, input, [tabindex]")) next.tabIndex = -1;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

function press(key, scope) {
  const found = [...scope.querySelectorAll(`[data-shortcut="${CSS.escape(key)}"]`)].filter((one) => one.checkVisibility());
  const target = found.at(-1) ?? scope.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!target) return false;
  if (target.matches("input:not([type=checkbox]), textarea, select")) target.focus();
  else target.click();
  return true;
}

function isTyping(target) {
  return target.isContentEditable || target.matches("input:not([type=checkbox], [type=radio]), textarea, select");
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (document.querySelector("dialog[open], .modal.show")) return;
  if (act(event.key)) event.preventDefault();
});

function act(key) {
  if (key === "?") return open("shortcuts");
  if (key === "j" || key === "k") {
    move(key === "j" ? 1 : -1);
    return true;
  }
  if (key === "e" || key === "x") return current() ? press(key, current()) : false;
  return key.length === 1 && (press(key, document) || (key === "n" && open("palette")));
}

export function open(id) {
  const dialog = document.getElementById(id);
  if (!dialog || dialog.open) return false;
  document.querySelector("[popover]:popover-open")?.hidePopover();
  dialog.showModal();
  dialog.dispatchEvent(new CustomEvent("opened"));
  return true;
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) open(opener.dataset.open);
  const dialog = event.target.closest("dialog");
  // A click on the backdrop is a click on the dialog itself.
  if (dialog && (event.target === dialog || event.target.closest("[data-close]"))) dialog.close();
});
