// A task beside its list. On a narrow window it is a page of its own; closing gives the place in the list back.
const sheet = document.getElementById("sheet");
const list = document.getElementById("list");
const isWide = matchMedia("(min-width: 1024px)");
let opened;

function mark(id) {
  for (const row of document.querySelectorAll("#list [data-row]")) row.classList.toggle("is-here", row.id === `row-${id}`);
}

function close() {
  if (!list || !sheet.childElementCount) return false;
  sheet.replaceChildren();
  history.pushState({ htmx: true }, "", document.getElementById("list").dataset.address);
  mark("");
  document.getElementById(opened)?.focus();
  return true;
}

document.addEventListener("htmx:beforeRequest", (event) => {
  if (!list && event.target.matches("[data-delete]")) {
    // A page of its own goes with its task: the server leads to the list and says so there.
    event.preventDefault();
    event.target.submit();
    return;
  }
  const link = event.target.closest("a[hx-target='#sheet']");
  if (!link) return;
  if (isWide.matches || !list) {
    if (list?.contains(link)) opened = link.id;
    return;
  }
  event.preventDefault();
  location.assign(link.href);
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target !== sheet) return;
  mark(location.pathname.split("/").at(-1));
  if (list && event.detail.requestConfig.verb === "get") sheet.focus({ preventScroll: true });
});

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-close-sheet]") || !list) return;
  event.preventDefault();
  close();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && sheet?.contains(document.activeElement)) close();
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = sheet?.contains(event.target) && sheet.querySelector("[data-task-form]");
  if (form) form.requestSubmit();
});

// A step is kept when one leaves it.
document.addEventListener("change", (event) => {
  if (event.target.matches(".step-text[value]")) event.target.form.requestSubmit(event.target.form.querySelector(".default-deed"));
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.xhr.status !== 200 || !event.target.closest("[data-from-sheet]")) return;
  htmx.ajax("GET", location.pathname, { target: "#sheet", swap: "innerHTML" });
});

document.addEventListener("task-gone", close);
