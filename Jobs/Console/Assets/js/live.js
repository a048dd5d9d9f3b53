// Regions marked data-live are asked for again every data-every milliseconds and brought up to date in place.
// The server renders them, so text from data is encoded in one place. A region without data-live in the answer has come to its end: the page around it is
// brought up to date once.
import { isTypedInto, morph } from "./morph.js";

const slowest = 15000;

export function startLive() {
  for (const region of document.querySelectorAll("[data-live]")) follow(region);
}

function follow(region) {
  const id = region.id;
  const every = Number(region.dataset.every) || 1000;
  let wait = every;
  const announcer = document.getElementById("announcer");

  const again = () => setTimeout(tick, document.hidden ? Math.max(wait, 5000) : wait);

  async function tick() {
    const here = document.getElementById(id);
    if (!here?.dataset.live) return;
    if (isTypedInto(here)) return again();
    let answer;
    try {
      answer = await fetch(here.dataset.live, { headers: { "X-Requested-With": "live" }, cache: "no-store" });
    } catch {
      return failed();
    }
    if (!answer.ok) return failed();
    // What was asked for has become a run with a page of its own (or the session has ended).
    if (answer.redirected) return location.assign(answer.url);
    wait = every;
    const next = parse(await answer.text()).getElementById(id);
    if (!next) return failed();
    say(next.dataset.say);
    if (!next.dataset.live) return finish();
    // Typing may have begun while the answer was on its way.
    if (!isTypedInto(here)) replace(here, next);
    again();
  }

  // The host restarts, the line is down: ask less often, and keep what is shown.
  function failed() {
    wait = Math.min(wait * 2, slowest);
    again();
  }

  async function finish() {
    if (isTypedInto(document.getElementById("main"))) return again();
    let answer;
    try {
      answer = await fetch(location.href, { cache: "no-store" });
    } catch {
      return failed();
    }
    if (!answer.ok) return location.reload();
    const page = parse(await answer.text());
    const main = page.getElementById("main");
    if (!main) return location.reload();
    replace(document.getElementById("main"), main);
    document.title = page.title;
    for (const region of document.querySelectorAll("[data-live]")) follow(region);
  }

  function say(words) {
    if (announcer && words && announcer.textContent !== words) announcer.textContent = words;
  }

  scrollLogs();
  again();
}

function parse(text) {
  return new DOMParser().parseFromString(text, "text/html");
}

function replace(here, next) {
  // A log that shows its end goes on showing it; one that was scrolled up stays where it is.
  const isAtEnd = (log) => log.scrollHeight - log.scrollTop - log.clientHeight < 8;
  const atEnd = [...document.querySelectorAll(".log")].filter(isAtEnd).map((log) => log.id);
  morph(here, next);
  for (const log of atEnd) scrollToEnd(document.getElementById(log));
}

function scrollLogs() {
  for (const log of document.querySelectorAll("[data-live] .log")) scrollToEnd(log);
}

function scrollToEnd(log) {
  if (log) log.scrollTop = log.scrollHeight;
}
