// What makes Suwaru a little more pleasant. Every page works without it.
"use strict";

const units = [
  ["year", 365 * 24 * 60 * 60],
  ["month", 30 * 24 * 60 * 60],
  ["day", 24 * 60 * 60],
  ["hour", 60 * 60],
  ["minute", 60],
];

/** "3 hours ago" for a time in the past, in milliseconds. */
function describeAge(time, now) {
  const format = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  const seconds = (now - time) / 1000;
  for (const [unit, length] of units) {
    if (seconds >= length) {
      return format.format(-Math.floor(seconds / length), unit);
    }
  }
  return "just now";
}

/** Shows how long ago each time was, and the time itself when pointed at. */
function showAges() {
  for (const element of document.querySelectorAll("time[datetime]")) {
    element.title ||= element.textContent + " UTC";
    element.textContent = describeAge(Date.parse(element.dateTime), Date.now());
  }
}

/** Counts the characters that are left, as the server counts them. */
function countCharacters(field) {
  const counter = document.createElement("span");
  counter.className = "counter";
  field.after(counter);
  const limit = field.maxLength;
  const update = () => {
    const left = limit - [...field.value.trim()].length;
    counter.textContent = left < limit / 4 ? `${left} characters left` : "";
  };
  field.addEventListener("input", update);
  update();
}

/** Puts above a list what friends publish while the page is open. */
async function watchTimeline(list) {
  const ids = [...list.querySelectorAll("article.entry")].map((entry) => Number(entry.dataset.id));
  let newest = Math.max(0, ...ids);
  for (;;) {
    const answer = await fetch(`/api/timeline?since=${newest}`, { redirect: "error" });
    if (!answer.ok) {
      return;
    }
    const { entries } = await answer.json();
    for (const { id, title, author } of entries.reverse()) {
      newest = Math.max(newest, id);
      const line = document.createElement("p");
      line.className = "news";
      const link = document.createElement("a");
      link.href = `/entries/${id}`;
      link.textContent = title;
      line.append(`${author.nickname} just published `, link);
      list.querySelector("h2").after(line);
    }
  }
}

/** Shows what the services say to which the viewer has subscribed. */
async function showPanel(section) {
  const answer = await fetch("/api/panel", { redirect: "error" });
  if (!answer.ok) {
    return;
  }
  const { panel } = await answer.json();
  for (const { service, key, data, unavailable } of panel) {
    const line = document.createElement("li");
    const name = document.createElement("b");
    name.textContent = `${service}, ${key}: `;
    const [first] = Array.isArray(data) ? data : [data];
    const text = typeof first === "string" ? first : Object.entries(first ?? {}).flat().join(" ");
    line.append(name, unavailable ? "unavailable" : text);
    section.querySelector("ul").append(line);
  }
  section.hidden = false;
}

showAges();
setInterval(showAges, 60_000);
document.querySelectorAll("textarea[maxlength]").forEach(countCharacters);

const friendsEntries = document.querySelector("#friends-entries");
if (friendsEntries) {
  // Without news the page stays as it is.
  watchTimeline(friendsEntries).catch(() => {});
}

const panel = document.querySelector("#panel");
if (panel) {
  showPanel(panel).catch(() => {});
}
