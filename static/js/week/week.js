// The week: draws what the feed says, and turns drags into questions and then into edits.
import { fetchWeek, toEvents } from "./feed.js";
import { showAround } from "./around.js";
import { drawEvent, drawHeader, time } from "./draw.js";
import { move, place } from "./edit.js";
import { ask, forget } from "./price.js";
import { keepGhosts } from "./ghosts.js";
import { openSheet } from "./sheet.js";
import { bringTasks } from "./tray.js";

const box = document.getElementById("week");
const isPhone = matchMedia("(max-width: 767.98px)");
let week;

const wall = (date) => date.toISOString().slice(0, 16);

function scrollTime(feed) {
  const starts = feed.hours.map(([start]) => start.slice(11, 16)).sort();
  const first = Number((starts[0] || "08:00").slice(0, 2));
  return `${String(Math.max(0, first - 1)).padStart(2, "0")}:00:00`;
}

function options(first) {
  const loaded = Date.now();
  return {
    initialView: isPhone.matches ? "timeGridDay" : "timeGridWeek",
    initialDate: box.dataset.on,
    timeZone: "UTC",
    now: () => new Date(new Date(`${first.now}Z`).getTime() + Date.now() - loaded).toISOString().slice(0, 19),
    firstDay: (Number(document.body.dataset.weekStart) + 1) % 7,
    hiddenDays: isPhone.matches ? [] : box.dataset.hidden.split(" ").filter(Boolean).map(Number),
    headerToolbar: false,
    height: "100%",
    expandRows: false,
    eventMinHeight: 14,
    nowIndicator: true,
    allDayText: "all day",
    slotDuration: "00:30:00",
    snapDuration: "00:05:00",
    slotLabelInterval: "01:00:00",
    slotLabelContent: ({ date }) => time(date),
    allDaySlot: first.events.some((event) => event.allDay),
    scrollTime: scrollTime(first),
    selectable: true,
    selectMirror: true,
    unselectAuto: true,
    editable: true,
    eventInteractive: true,
    longPressDelay: 300,
    eventOrder: "rank,start",
    slotEventOverlap: false,
    events: (range, done, failed) => fetchWeek(range).then((feed) => { week.feed = feed; showAround(feed); done(toEvents(feed)); }, failed),
    eventContent: drawEvent,
    dayHeaderContent: (cell) => drawHeader(cell, week.feed),
    eventAllow: (span, event) => { ask(span, event); return true; },
    eventDragStop: forget,
    eventResizeStop: forget,
    eventDrop: (change) => move(change, week),
    eventResize: (change) => move(change, week),
    eventReceive: (change) => place(change, week),
    eventClick: ({ event, jsEvent }) => {
      jsEvent.preventDefault();
      if (event.extendedProps.href) openSheet(event.extendedProps.href);
    },
    select: ({ start, end, allDay }) => {
      if (!allDay) openSheet(`${box.dataset.new}?start=${wall(start)}&end=${wall(end)}`);
    },
  };
}

async function start() {
  const from = new Date(`${box.dataset.first}T00:00Z`);
  const first = await fetchWeek({ start: from, end: new Date(from.getTime() + 7 * 864e5) });
  document.getElementById("week-wrap").classList.add("has-calendar");
  week = new FullCalendar.Calendar(box, options(first));
  week.feed = first;
  week.render();
  keepGhosts(week);
  bringTasks();
  document.addEventListener("week:changed", () => week.refetchEvents());
  addEventListener("focus", () => week.refetchEvents());
}

start();
