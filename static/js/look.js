// Whoever comes back to a page after a while has calendars elsewhere looked at again, once; what is told of them by
// then takes the place of what stood there. What they bring is fetched by the week itself.
const place = document.getElementById("stale");
const AGE = 3e5;
const SOON = 4e3;
let last = Date.now();

async function look() {
  if (document.hidden || Date.now() - last < AGE) return;
  last = Date.now();
  await htmx.ajax("POST", place.dataset.look, { target: place, swap: "innerHTML", values: { old: "1" } });
  setTimeout(() => document.dispatchEvent(new CustomEvent("week:changed")), SOON);
}

addEventListener("focus", look);
document.addEventListener("visibilitychange", look);
