// What the server says about a range of dates, as FullCalendar's events. Times are the person's wall clock.
import { ask } from "../session.js";

const box = document.getElementById("week");
// Ghosts lie behind the rest: they take no room from it and cannot be pressed.
export const GHOST = { display: "background", classNames: ["is-ghost"] };
const DAY_VIEW = matchMedia("(max-width: 767.98px)");

export async function fetchWeek({ start, end }) {
  const range = new URLSearchParams({ start: start.toISOString().slice(0, 10), end: end.toISOString().slice(0, 10) });
  const answer = await ask(`${box.dataset.feed}?${range}`, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error("The week could not be read.");
  return answer.json();
}

export function toEvents(feed) {
  const proposal = feed.proposal;
  const leaving = new Map();
  for (const block of proposal?.blocks || []) if (block.was) leaving.set(`${block.work} ${block.was[0]}`, "was");
  for (const block of proposal?.removed || []) leaving.set(`${block.work} ${block.start}`, "removed");
  return [
    ...feed.hours.map(([start, end]) => ({ groupId: "hours", start, end, display: "inverse-background", classNames: ["off-hours"] })),
    // A range without any hours at all is off as a whole.
    ...(feed.hours.length ? [] : [{ start: "1971-01-01", end: "2199-01-01", display: "background", classNames: ["off-hours"] }]),
    ...feed.events.map(event),
    ...feed.blocks.map((item) => block(item, leaving.get(`${item.work} ${item.start}`))),
    ...(proposal?.blocks || []).filter((item) => item.state !== "kept").map(proposed),
  ];
}

function event(item) {
  return {
    id: `event-${item.id}`, title: item.title, start: item.start, end: item.end, allDay: item.allDay, rank: 1,
    editable: item.editable && !item.allDay,
    extendedProps: { look: "event", tint: item.tint, busy: item.busy, tentative: item.tentative, href: `/week/events/${item.id}`, moveTo: `/week/events/${item.id}/move`, key: { event: item.id } },
  };
}

function block(item, leaving) {
  return {
    id: `block-${item.id}`, title: item.title, start: item.start, end: item.end, rank: 0,
    editable: !leaving && !item.over,
    durationEditable: !leaving && !item.over,
    ...(leaving === "was" ? GHOST : {}),
    extendedProps: {
      look: leaving === "was" ? "was" : "block", removed: leaving === "removed", pinned: item.pinned, late: item.late, done: item.done,
      clash: item.clash, over: item.over, work: item.work, href: `/week/blocks/${item.id}`, moveTo: `/week/blocks/${item.id}/move`,
      finish: item.over || DAY_VIEW.matches ? null : `/today/blocks/${item.id}/finish`, key: { block: item.id },
    },
  };
}

export function proposed(item) {
  return {
    id: `new-${item.work}-${item.start}`, title: item.title, start: item.start, end: item.end, editable: false, rank: 0,
    classNames: ["is-ghost"], extendedProps: { look: "block", proposed: true },
  };
}
