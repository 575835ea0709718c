// The Tasks page: the line that adds, and a list that keeps the place when it shows itself anew.
import "./task_picks.js";
import "./task_sheet.js";

const quick = document.querySelector("[data-quick]");
const input = document.getElementById("quick-text");

function write(text) {
  input.value = text;
  input.focus();
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

if (quick) {
  quick.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt !== quick || event.detail.xhr.status !== 200) return;
    write("");
  });
  // Nothing typed is nothing wrong: a hint instead of the browser's bubble.
  input.addEventListener("invalid", (event) => {
    event.preventDefault();
    document.getElementById("understood").replaceChildren(quick.querySelector("template").content.cloneNode(true));
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    quick.querySelector("[name=plan]").click();
  });
  document.addEventListener("click", (event) => {
    const example = event.target.closest("[data-example]");
    if (!example) return;
    write(example.dataset.example);
  });
}

// A line that could not be sent, because the session was over, waits in this tab until its person is back.
const draft = `line of ${quick?.dataset.quick}`;
let isStale = false;
document.addEventListener("page-stale", () => { isStale = true; });
addEventListener("pagehide", () => {
  if (quick && isStale && input.value) sessionStorage.setItem(draft, input.value);
});
// Only then htmx listens to what is typed.
document.addEventListener("DOMContentLoaded", () => {
  const kept = quick && sessionStorage.getItem(draft);
  if (!kept) return;
  sessionStorage.removeItem(draft);
  write(kept);
});

const rows = () => [...document.querySelectorAll("#list [data-row]")];
let place = -1;

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id === "list") place = rows().indexOf(document.activeElement?.closest("[data-row]"));
});
document.addEventListener("htmx:afterSettle", () => {
  const open = document.querySelector(".rail-link[href='/tasks'] .end")?.firstChild;
  if (open && document.getElementById("list")) open.data = document.getElementById("list").dataset.openTasks;
  if (place < 0) return;
  // The row that had focus may be gone: its place goes to the next one.
  if (document.activeElement === document.body) (rows()[place] ?? rows().at(-1) ?? input)?.focus();
  place = -1;
});
