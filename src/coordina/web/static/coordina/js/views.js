// Lists as views: columns in another order or width, and entries that move between the days of a calendar.
// Without scripts the columns are boxes in a form, and each entry has a link to a form for its day.
import { announce, mount, on, post, say } from "./dom.js";
import { toast } from "./toast.js";

// ---- the order of columns: drag a line, or its two buttons
function shift(item, by) {
  const other = by < 0 ? item.previousElementSibling : item.nextElementSibling;
  if (!other) return;
  item.parentElement.insertBefore(by < 0 ? item : other, by < 0 ? other : item);
  const all = [...item.parentElement.children];
  announce(`${item.textContent.trim()}: ${all.indexOf(item) + 1} / ${all.length}`);
}

on("click", "[data-sort-up], [data-sort-down]", (event, button) => {
  shift(button.closest("[data-sort-item]"), button.hasAttribute("data-sort-up") ? -1 : 1);
  button.focus();
});

let line = null;
mount("[data-sort-item]", (item) => {
  item.draggable = true;
});
on("dragstart", "[data-sort-item]", (event, item) => {
  line = item;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", "");
  requestAnimationFrame(() => item.classList.add("dragged"));
});
on("dragover", "[data-sort-item]", (event, item) => {
  if (!line || line.parentElement !== item.parentElement) return;
  event.preventDefault();
  const box = item.getBoundingClientRect();
  const below = event.clientY > box.top + box.height / 2;
  if (item !== line) item.parentElement.insertBefore(line, below ? item.nextElementSibling : item);
});

// ---- the width of columns: drag the edge of a head, or write it in the list of columns
const NARROWEST = 60;
const WIDEST = 900;

function widths(table) {
  return [...table.querySelectorAll("th[data-col]")].map((th) => [th.dataset.col, Math.round(th.getBoundingClientRect().width)]);
}

/** Every column as it is now, with the new width of one: the address says it, and the view may keep it. */
function keepWidth(table, name, width) {
  const url = new URL(table.dataset.colsUrl, location.href);
  const now = new URLSearchParams(location.search);
  for (const gone of ["after", "before", "add", "at"]) now.delete(gone);
  now.set("cols", widths(table).map(([each, wide]) => `${each}:${Math.min(WIDEST, Math.max(NARROWEST, each === name ? width : wide))}`).join(","));
  url.search = now;
  location.assign(url);
}

// the edge is for the pointer; keys have a field for the width in the list of columns
mount("table[data-cols-url] th[data-col]", (th) => {
  const edge = document.createElement("span");
  edge.className = "col-edge only-wide";
  edge.setAttribute("aria-hidden", "true");
  th.append(edge);
  let from = null;
  let width = 0;
  edge.addEventListener("pointerdown", (event) => {
    from = event.clientX;
    width = th.getBoundingClientRect().width;
    edge.setPointerCapture(event.pointerId);
    edge.classList.add("held");
    event.preventDefault();
  });
  edge.addEventListener("pointermove", (event) => {
    if (from === null) return;
    th.width = Math.round(Math.min(WIDEST, Math.max(NARROWEST, width + event.clientX - from)));
  });
  edge.addEventListener("pointerup", (event) => {
    if (from === null) return;
    const moved = event.clientX - from;
    from = null;
    edge.classList.remove("held");
    if (Math.abs(moved) > 3) keepWidth(th.closest("table"), th.dataset.col, Math.round(width + moved));
  });
});

on("input", "[data-col-width]", (event, field) => {
  const box = field.closest("[data-sort-item]").querySelector("[name=cols]");
  const width = Number.parseInt(field.value, 10);
  const name = box.value.split(":")[0];
  box.value = Number.isFinite(width) ? `${name}:${Math.min(WIDEST, Math.max(NARROWEST, width))}` : name;
});

// ---- entries of a calendar
let held = null; // { entry, from, after }

const dayOf = (entry) => entry.closest("[data-day]");
const daysOf = (entry) => [...entry.closest("[data-calendar]").querySelectorAll("[data-day]")];

function over(day) {
  for (const each of document.querySelectorAll(".day.over")) if (each !== day) each.classList.remove("over");
  day?.classList.add("over");
}

function lift(entry) {
  held = { entry, from: entry.parentElement, after: entry.nextElementSibling };
}

function release() {
  held?.entry.classList.remove("lifted", "dragged");
  over(null);
  held = null;
}

function putBack() {
  const { entry, from, after } = held;
  from.insertBefore(entry, after?.isConnected ? after : null);
  release();
}

async function drop() {
  const { entry, from, after } = held;
  const day = dayOf(entry);
  release();
  if (entry.parentElement === from) return;
  entry.classList.add("saving");
  const { ok, body } = await post(entry.dataset.putUrl, { value: day.dataset.day, version: entry.dataset.version });
  entry.classList.remove("saving");
  if (ok) {
    entry.dataset.version = body.version;
    day.classList.remove("bare");
    announce(say("moved", { title: entry.dataset.title, stage: day.dataset.label }));
    if (body.toast) toast(body.toast);
    return;
  }
  from.insertBefore(entry, after?.isConnected ? after : null);
  const reason = body.message || say("failed");
  announce(say("refused", { reason }), true);
  toast({ text: reason, tone: "warn" });
}

mount("[data-entry][data-put-url]", (entry) => {
  entry.draggable = true;
});
on("dragstart", "[data-entry]", (event, entry) => {
  if (!entry.dataset.putUrl) return;
  lift(entry);
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", entry.dataset.title ?? "");
  requestAnimationFrame(() => entry.classList.add("dragged"));
});
on("dragover", "[data-calendar] [data-day]", (event, day) => {
  if (!held) return;
  event.preventDefault();
  over(day);
});
on("drop", "[data-calendar] [data-day]", (event, day) => {
  if (!held) return;
  event.preventDefault();
  if (dayOf(held.entry) !== day) day.querySelector(".cal-entries").append(held.entry);
  drop();
});
document.addEventListener("dragend", () => {
  line?.classList.remove("dragged");
  line = null;
  if (held) putBack();
});

const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

// Space on an entry lifts it, arrows choose the day, Space drops, Escape puts back
on("keydown", "[data-entry][data-put-url] > a:first-child", (event, link) => {
  const entry = link.parentElement;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (held?.entry === entry) {
    if (event.key === "Escape") {
      putBack();
      announce(say("putBack", { title: entry.dataset.title, stage: dayOf(entry).dataset.label }));
    } else if (event.key === " " || event.key === "Enter") drop();
    else if (STEPS[event.key]) {
      const days = daysOf(entry);
      const next = days[days.indexOf(dayOf(entry)) + STEPS[event.key]];
      if (next) {
        next.querySelector(".cal-entries").append(entry);
        over(next);
        announce(`${entry.dataset.title}: ${next.dataset.label}`);
      }
    } else return;
    link.focus();
  } else if (event.key === " ") {
    lift(entry);
    entry.classList.add("lifted");
    announce(say("entryLifted", { title: entry.dataset.title }));
  } else return;
  event.preventDefault();
  event.stopPropagation();
});
