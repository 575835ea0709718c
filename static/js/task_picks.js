// Choosing rows for the bulk bar: by box, by Shift for a stretch, by s on a row, or all at once in selecting mode.
const picks = () => [...document.querySelectorAll("#list .pick")];
const chosen = () => picks().filter((pick) => pick.checked);
const mode = document.querySelector("[data-pick-mode]");
let last;
let kept = [];

function show() {
  const words = document.querySelector("[data-picked]");
  if (words) words.textContent = `${chosen().length} selected`;
}

function clear() {
  for (const pick of chosen()) pick.checked = false;
  // A list that is just being swapped must not choose them again.
  kept = [];
  setMode(false);
  show();
}

function setMode(on) {
  document.querySelector(".tasks").classList.toggle("is-picking", on);
  mode.setAttribute("aria-pressed", String(on));
}

if (mode) {
  mode.addEventListener("click", () => {
    const on = mode.getAttribute("aria-pressed") !== "true";
    if (on) setMode(true);
    else clear();
  });
  document.addEventListener("click", (event) => {
    const pick = event.target.closest("#list .pick");
    if (pick) {
      const all = picks();
      const [from, to] = [all.indexOf(last), all.indexOf(pick)].sort((a, b) => a - b);
      if (event.shiftKey && from >= 0) for (const one of all.slice(from, to + 1)) one.checked = pick.checked;
      last = pick;
      show();
    } else if (event.target.closest("[data-pick-none]")) clear();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && chosen().length && !event.target.closest("details[open]")) clear();
    const row = event.target.closest?.("[data-row]");
    if (event.key !== "s" || !row || event.target.matches("input:not(.pick)") || event.ctrlKey || event.metaKey) return;
    const pick = row.querySelector(".pick");
    pick.checked = !pick.checked;
    last = pick;
    show();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt.closest("#bulk") && event.detail.xhr.status === 200) clear();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id === "list") kept = chosen().map((pick) => pick.value);
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "list") return;
    for (const pick of picks()) pick.checked = kept.includes(pick.value);
    show();
  });
}
