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
      dress();
    }
    if (listensTo !== underWay()) listen();
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
  timer = setTimeout(() => {
    timer = 0;
    look();
  }, Math.random() * (underWay() ? 200 : 1500));
}

// Makes of a piece of HTML an element that may stand within that one.
function made(within, html) {
  const place = within.cloneNode(false);
  place.innerHTML = html;
  return place.firstElementChild;
}

// Makes of the leaderboard the next one; false if it is not the one that the update is for.
function update({ from, to, rows, gone, moves, lines, parts }) {
  const board = document.querySelector('#board > [data-tag]');
  if (board?.dataset.tag !== from) return false;
  const body = board.querySelector('tbody');
  const row = (team) => document.getElementById(`team-${team}`);
  for (const [team, html] of Object.entries(rows)) {
    const place = row(team) ?? body.appendChild(document.createElement('tr'));
    place.id = `team-${team}`;
    place.innerHTML = html;
    tellTimes(place);
    place.classList.remove('changed');
    requestAnimationFrame(() => place.classList.add('changed'));
  }
  for (const team of gone) row(team)?.remove();
  const moved = moves.map(([team, index]) => [row(team), index]);
  for (const [element] of moved) element.remove();
  for (const [element, index] of moved) body.insertBefore(element, body.children[index] ?? null);
  body.querySelectorAll('.ranked').forEach((place, index) => { place.textContent = index + 1; });
  for (const [id, html] of Object.entries(parts)) {
    const part = document.getElementById(id);
    part.innerHTML = html;
    tellTimes(part);
  }
  const graph = board.querySelector('svg.graph');
  for (const [team, html] of Object.entries(lines)) {
    document.getElementById(`line-${team}`)?.remove();
    if (html) graph.append(made(graph, html));
  }
  board.dataset.tag = to;
  dress();
  return true;
}

// What is told is the same for everybody; whose row it is, and which are pinned, the page itself
// has said.
const own = document.querySelector('#board tr.own')?.id;
function dress() {
  const { pinned, top } = document.getElementById('board')?.dataset ?? {};
  const pins = (pinned || '').split(' ').filter(Boolean);
  document.querySelectorAll('#board tbody tr').forEach((row, index) => {
    const isOwn = row.id === own;
    const isPinned = pins.includes(row.id.replace('team-', ''));
    row.classList.toggle('own', isOwn);
    row.classList.toggle('pinned', isPinned);
    row.classList.toggle('left', Boolean(top) && index >= Number(top) && !isOwn && !isPinned);
  });
  for (const team of pins) document.getElementById(`line-${team}`)?.classList.add('high');
}

// The run whose progress is shown, and whether it still waits.
function underWay() {
  const { job, waits } = document.querySelector('[data-job]')?.dataset ?? {};
  return job ? `${job} ${waits}` : '';
}

// What is told of the leaderboard is the difference itself; of all else, that it has changed. Who
// has a run under way is also told that it goes on, and who has one that waits, that others do.
let events = null;
let listensTo = '';
function listen() {
  events?.close();
  listensTo = underWay();
  const wanted = new URLSearchParams();
  const board = document.querySelector('#board > [data-tag]');
  if (board) {
    wanted.set('board', board.dataset.tag);
    if (document.getElementById('board').dataset.live.startsWith('/board?audience')) wanted.set('audience', '');
  }
  if (document.querySelector('[data-live]:not(#board)') || !board) wanted.set('changes', '');
  if (listensTo) {
    const [job, waits] = listensTo.split(' ');
    wanted.set(...(waits === 'true' ? ['queue', ''] : ['progress', job]));
  }
  events = new EventSource(`/events?${wanted}`);
  let seen = null;
  events.onmessage = (message) => {
    const told = JSON.parse(message.data);
    if (told.board) {
      if (!told.board.every(update)) soon();
    } else if (told.change === undefined) {
      soon();
    } else {
      if (seen !== null && told.change !== seen) soon();
      seen = told.change;
    }
  };
  // Whatever is told while nobody listens is missed.
  events.onerror = () => { seen = 'nothing'; };
}

tellTimes(document);
dress();
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
if (underWay()) for (const log of document.querySelectorAll('.log')) log.scrollTop = log.scrollHeight;
