// The bars of the working hours. A stretch has two sliders; they write into its time inputs, which are what is sent.
// The server's answer to the inputs' change brings fresh words and bars.
const STEP = 15;
const DAY = 1440;

const text = (minute) => `${String(Math.floor(minute / 60) % 24).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
const minuteOf = (time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
const within = (value, low, high) => Math.min(Math.max(value, low), high);

function slidersOf(bar, stretch) {
  const slider = (edge) => bar.querySelector(`[data-for="${stretch}-${edge}"]`);
  return { start: slider("start"), end: slider("end"), fill: bar.querySelector(`[data-window="${stretch}"]`) };
}

function draw({ start, end, fill }) {
  fill.setAttribute("x", start.value);
  fill.setAttribute("width", end.value - start.value);
}

function write(sliders) {
  for (const slider of [sliders.start, sliders.end]) {
    const time = document.getElementById(slider.dataset.for);
    time.value = text(Number(slider.value));
    slider.setAttribute("aria-valuetext", time.value);
  }
  draw(sliders);
}

function tell(slider) {
  document.getElementById(slider.dataset.for).dispatchEvent(new Event("change", { bubbles: true }));
}

// The start stays on its own day, the end at most a day behind it.
function keepOrder(moved, { start, end }) {
  if (moved === start) start.value = within(start.value, 0, Math.min(end.value - STEP, DAY - STEP));
  else end.value = within(end.value, Number(start.value) + STEP, Number(start.value) + DAY);
}

document.addEventListener("input", (event) => {
  const bar = event.target.closest("[data-axis]");
  if (!bar) return;
  const sliders = slidersOf(bar, event.target.dataset.for.replace(/-(start|end)$/, ""));
  keepOrder(event.target, sliders);
  write(sliders);
});

document.addEventListener(
  "change",
  (event) => {
    if (!event.target.closest("[data-axis]")) return;
    event.stopPropagation();
    tell(event.target);
  },
  true,
);

// A fresh bar may be older than what was set meanwhile: the inputs know.
document.addEventListener("htmx:oobAfterSwap", ({ target: bar }) => {
  for (const fill of bar.querySelectorAll("[data-window]")) {
    const sliders = slidersOf(bar, fill.dataset.window);
    const [from, until] = [sliders.start, sliders.end].map(({ dataset }) => document.getElementById(dataset.for).value);
    if (!from || !until) continue;
    sliders.start.value = minuteOf(from);
    sliders.end.value = minuteOf(until) + (minuteOf(until) > minuteOf(from) ? 0 : DAY);
    draw(sliders);
  }
});

// Hours that are not saved are not left behind without a question.
window.addEventListener("beforeunload", (event) => {
  if (document.querySelector("[data-unsaved]")) event.preventDefault();
});

// The middle of a stretch takes both its ends along.
document.addEventListener("pointerdown", (event) => {
  const fill = event.target.closest(".bar-fill");
  if (!fill) return;
  const bar = fill.closest("[data-axis]");
  const sliders = slidersOf(bar, fill.dataset.window);
  const [from, until] = [Number(sliders.start.value), Number(sliders.end.value)];
  const minutesPerPixel = bar.dataset.axis / fill.ownerSVGElement.getBoundingClientRect().width;
  const move = ({ clientX }) => {
    const wanted = Math.round(((clientX - event.clientX) * minutesPerPixel) / STEP) * STEP;
    const by = within(wanted, -from, Math.min(bar.dataset.axis - until, DAY - STEP - from));
    sliders.start.value = from + by;
    sliders.end.value = until + by;
    write(sliders);
  };
  const drop = () => {
    fill.removeEventListener("pointermove", move);
    if (Number(sliders.start.value) !== from) tell(sliders.start);
  };
  fill.setPointerCapture(event.pointerId);
  fill.addEventListener("pointermove", move);
  fill.addEventListener("lostpointercapture", drop, { once: true });
});
