// Ctrl-K: the server lists what fits the words; arrows choose, Enter does it.
import { open } from "./shortcuts.js";

const dialog = document.getElementById("palette");
const input = dialog?.querySelector("input");
const results = document.getElementById("palette-results");
const options = () => [...results.querySelectorAll('[role="option"]')];

function choose(next) {
  for (const option of options()) option.setAttribute("aria-selected", String(option === next));
  if (!next) return input.removeAttribute("aria-activedescendant");
  input.setAttribute("aria-activedescendant", next.id);
  next.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = options();
  const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  choose(all[(at + by + all.length) % all.length]);
}

function refresh() {
  input.dispatchEvent(new CustomEvent("open"));
}

if (dialog) {
  if (navigator.platform.startsWith("Mac")) for (const key of document.querySelectorAll(".rail-find kbd")) key.textContent = "⌘ K";
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (dialog.open) dialog.close();
      else open("palette");
    }
  });
  dialog.addEventListener("opened", () => {
    input.value = "";
    refresh();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      step(event.key === "ArrowDown" ? 1 : -1);
    }
  });
  dialog.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    results.querySelector('[aria-selected="true"]')?.click();
  });
  results.addEventListener("htmx:afterSwap", () => choose(options()[0]));
}
