// Keeps a page signed in: what is refused with 401 is sent once more after a refresh, and every hour the session's
// token is replaced. The tokens themselves lie in cookies that no script can read.
import { csrfHeaders } from "./csrf.js";

const HOUR = 36e5;
const { refresh: address, rotateIn } = document.body.dataset;
let underWay = null;

async function renew() {
  const answer = await fetch(address, { method: "POST", headers: { Accept: "application/json", ...csrfHeaders() } });
  return answer.ok;
}

// When any tab of this browser last renewed; 0 where storage is closed.
function lastRenewal(now) {
  try {
    if (now) localStorage.setItem("renewed", now);
    return Number(localStorage.getItem("renewed"));
  } catch {
    return 0;
  }
}

// One tab at a time: to the server, a token that two tabs show seconds apart looks like a copied one. A tab that waited
// while another one renewed has what it wants already.
function inTurn(since) {
  return navigator.locks.request("timeflow-refresh", async () => {
    if (lastRenewal() > since) return true;
    const isIn = await renew();
    if (isIn) lastRenewal(Date.now());
    return isIn;
  });
}

// Whether the browser is signed in (again). Requests of this page that fail together wait for one refresh.
function refresh() {
  underWay ??= (navigator.locks ? inTurn(Date.now()) : renew()).finally(() => { underWay = null; });
  return underWay;
}

export async function ask(target, options) {
  const answer = await fetch(target, options);
  return answer.status === 401 && (await refresh()) ? fetch(target, options) : answer;
}

function repeat({ verb, path, elt, target, triggeringEvent, parameters, headers }, swap) {
  const values = {};
  for (const [name, value] of parameters.entries()) (values[name] ??= []).push(value);
  window.htmx.ajax(verb, path, { source: elt, event: triggeringEvent, target, values, headers, swap });
}

function tellStale(trigger) {
  for (const [name, detail] of Object.entries(JSON.parse(trigger || "{}"))) {
    document.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

const repeated = new WeakSet();

document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { xhr, requestConfig, elt, etc } = event.detail;
  if (xhr.status !== 401 || repeated.has(elt)) return;
  event.preventDefault();
  refresh().then((isIn) => {
    if (!isIn) return tellStale(xhr.getResponseHeader("HX-Trigger"));
    // An element whose second try is refused, too, is told so; the mark goes with the answer.
    repeated.add(elt);
    elt.addEventListener("htmx:afterRequest", () => repeated.delete(elt), { once: true });
    return repeat(requestConfig, etc.swapOverride);
  }, () => tellStale(xhr.getResponseHeader("HX-Trigger")));
});

if (address && rotateIn !== undefined) {
  const rotate = () => refresh().catch(() => false);
  setTimeout(() => { rotate(); setInterval(rotate, HOUR); }, Number(rotateIn) * 1000);
}
