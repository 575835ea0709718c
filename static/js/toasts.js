// Toasts leave after a while, but never while one points at them or has focus inside.
import { csrfToken } from "./csrf.js";

const STAY_MS = 6000;
const region = document.getElementById("toasts");

function undoForm(action) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = action;
  const token = document.createElement("input");
  Object.assign(token, { type: "hidden", name: "csrfmiddlewaretoken", value: csrfToken() });
  const button = document.createElement("button");
  button.textContent = "Undo";
  button.dataset.shortcut = "u";
  form.append(token, button);
  return form;
}

// With `undo`, the address that takes it back, the toast offers that. Returns the toast.
export function say(words, undo = "") {
  if (!region) return null;
  const line = document.createElement("div");
  line.className = "toast-line";
  line.dataset.toast = "";
  const text = document.createElement("p");
  text.textContent = words;
  line.append(text);
  if (undo) line.append(undoForm(undo));
  region.append(line);
  return line;
}

// What only a link can mend is said once, and stays until it is followed.
function sayStale({ words, label, address }) {
  region?.querySelector("[data-stale]")?.remove();
  const line = say(words);
  if (!line) return;
  line.dataset.stale = "";
  const link = document.createElement("a");
  Object.assign(link, { href: address || location.href, textContent: label });
  line.append(link);
}

function watch(line) {
  if ("stale" in line.dataset) return;
  let timer;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => line.remove(), STAY_MS);
  };
  const stay = () => clearTimeout(timer);
  for (const kind of ["mouseenter", "focusin"]) line.addEventListener(kind, stay);
  for (const kind of ["mouseleave", "focusout"]) {
    line.addEventListener(kind, () => (line.matches(":hover, :focus-within") ? stay() : wait()));
  }
  wait();
}

if (region) {
  for (const line of region.querySelectorAll("[data-toast]")) watch(line);
  new MutationObserver((changes) => {
    for (const node of changes.flatMap((change) => [...change.addedNodes])) {
      if (node instanceof Element && node.matches("[data-toast]")) watch(node);
    }
  }).observe(region, { childList: true });
  region.addEventListener("click", (event) => {
    if (event.target.closest("[data-dismiss]")) event.target.closest("[data-toast]").remove();
  });
}

// What the server refused comes as an event with its own words; anything else gets plain ones.
document.addEventListener("refused", (event) => say(event.detail.words));
document.addEventListener("page-stale", (event) => sayStale(event.detail));
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.xhr.status < 400 || detail.shouldSwap || detail.xhr.getResponseHeader("HX-Trigger")) return;
  say("That did not work, and nothing was changed. Please try again.");
});
document.addEventListener("htmx:sendError", () => say("TimeFlow cannot be reached. Nothing was changed."));
