// Makes pages live: they are complete without it.
'use strict';

const language = document.documentElement.lang;
// How far this machine's clock is from the portal's.
const ahead = Date.now() - Number(document.body.dataset.now);

// Moments in the visitor's own zone.
function tellTimes(root) {
  const day = new Date().toDateString();
  for (const time of root.querySelectorAll('time')) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    const isToday = at.toDateString() === day;
    time.title = time.dateTime;
    time.textContent = isToday
      ? at.toLocaleTimeString(language, { hour12: false })
      : at.toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' });
  }
}

function duration(seconds) {
  const two = (number) => String(number).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const rest = `${Math.floor(seconds / 60) % 60}`;
  return hours > 0
    ? `${hours}:${two(rest)}:${two(seconds % 60)}`
    : `${rest}:${two(seconds % 60)}`;
}

// The contest's clock.
function tick() {
  const now = Date.now() - ahead;
  for (const clock of document.querySelectorAll('.clock')) {
    const { starts, ends, before, during, after } = clock.dataset;
    const until = now < starts ? starts : ends;
    const left = now < ends ? duration(Math.floor((until - now) / 1000)) : '';
    clock.querySelector('.label').textContent =
      now < starts ? before : now < ends ? during : after;
    clock.querySelector('.left').textContent = left;
  }
}

// Puts what has changed into its place, and leaves the keyboard where it was.
const shown = new WeakMap();
function show(part, fresh) {
  if (shown.get(part) === fresh.innerHTML) return;
  shown.set(part, fresh.innerHTML);
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  const open = [...part.querySelectorAll('details')].map((details) => details.open);
  const scrolled = [...part.querySelectorAll('.scroll')].map((box) => box.scrollLeft);
  const same = focused && (focused.id ? `#${focused.id}` : `a[href="${focused.getAttribute('href')}"]`);
  const ofWindow = [window.scrollX, window.scrollY];
  part.replaceChildren(...document.importNode(fresh, true).childNodes);
  part.querySelectorAll('details').forEach((details, index) => { details.open = open[index] ?? false; });
  part.querySelectorAll('.scroll').forEach((box, index) => { box.scrollLeft = scrolled[index] ?? 0; });
  tellTimes(part);
  for (const log of part.querySelectorAll('.log')) log.scrollTop = log.scrollHeight;
  if (same) part.querySelector(same)?.focus({ preventScroll: true });
  window.scrollTo(...ofWindow);
}

let isLooking = false;
let looksAgain = false;
async function look() {
  if (isLooking) {
    looksAgain = true;
    return;
  }
  isLooking = true;
  try {
    const parts = [...document.querySelectorAll('[data-live]')];
    const here = location.pathname + location.search;
    for (const address of new Set(parts.map((part) => part.dataset.live || here))) {
      const answer = await fetch(address, { cache: 'no-cache', credentials: 'same-origin', redirect: 'error' });
      if (!answer.ok) continue;
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      for (const part of parts) {
        const fresh = page.getElementById(part.id);
        if ((part.dataset.live || here) === address && fresh) show(part, fresh);
      }
      const isUnderWay = page.body.classList.contains('under-way');
      if (address === here && isUnderWay !== document.body.classList.contains('under-way')) {
        document.body.classList.toggle('under-way');
        listen();
      }
    }
  } catch {
    // The portal is away for a moment: the next event or the timer looks again.
  } finally {
    isLooking = false;
    if (looksAgain) {
      looksAgain = false;
      soon();
    }
  }
}

// Not everybody at the same moment.
let timer = 0;
function soon() {
  if (timer) return;
  const isUnderWay = document.body.classList.contains('under-way');
  timer = setTimeout(() => {
    timer = 0;
    look();
  }, Math.random() * (isUnderWay ? 200 : 1500));
}

// Who has a run under way is also told that it goes on.
let events = null;
function listen() {
  events?.close();
  const isUnderWay = document.body.classList.contains('under-way');
  events = new EventSource(isUnderWay ? '/events?progress=1' : '/events');
  let seen = '';
  events.onmessage = (message) => {
    if (seen !== '' && message.data !== seen) soon();
    seen = message.data;
  };
  // Whatever is told while nobody listens is missed.
  events.onerror = () => { seen = 'nothing'; };
}

tellTimes(document);
tick();
setInterval(tick, 1000);
if (document.querySelector('[data-live]')) {
  listen();
  // Also where events do not come through.
  setInterval(() => {
    if (events.readyState === EventSource.CLOSED) listen();
    if (!document.hidden) soon();
  }, 30000);
  // A page that was left is kept for a while, and would keep one of the browser's few connections.
  addEventListener('pagehide', () => events.close());
  addEventListener('pageshow', (event) => {
    if (!event.persisted) return;
    listen();
    soon();
  });
}
for (const log of document.querySelectorAll('.under-way .log')) log.scrollTop = log.scrollHeight;
