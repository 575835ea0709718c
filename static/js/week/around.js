import { load } from "./draw.js";

const box = document.getElementById("week");

// What stands around the grid follows the feed: each day's load, and a proposal that came or went meanwhile.
export function showAround(feed) {
  for (const head of box.querySelectorAll("[data-date] .day-load")) head.textContent = load(feed, head.closest("[data-date]").dataset.date);
  const proposal = feed.proposal?.id || "";
  if (proposal === box.dataset.proposal) return;
  box.dataset.proposal = proposal;
  htmx.ajax("GET", box.dataset.bar, { target: "#week-bar", swap: "innerHTML" });
}
