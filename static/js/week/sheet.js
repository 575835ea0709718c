// Details beside the week. Without a script the same address is a page of its own.
import "./form.js";

const sheet = document.getElementById("sheet");
let opener = null;

export async function openSheet(address) {
  opener = document.activeElement;
  await htmx.ajax("GET", address, { target: sheet, swap: "innerHTML" });
  sheet.hidden = false;
  (sheet.querySelector("[autofocus], input:not([type=hidden]), button") || sheet).focus();
}

function close() {
  if (sheet.hidden) return;
  sheet.hidden = true;
  sheet.replaceChildren();
  opener?.focus?.();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-sheet]");
  if (link && !event.metaKey && !event.ctrlKey) {
    event.preventDefault();
    openSheet(link.href);
  }
  if (event.target.closest("[data-close-sheet]")) close();
});
// A form that was refused comes back in its place, and the first field with a reason takes the focus.
sheet.addEventListener("htmx:afterSwap", (event) => {
  if (event.target === sheet) sheet.querySelector("[aria-invalid]")?.focus();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !document.querySelector("dialog[open]")) close();
});
