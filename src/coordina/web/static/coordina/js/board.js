// Cards move by dragging or by keys: Space lifts, arrows choose, Space drops, Escape puts back. Every step is spoken.
// Without scripts each card's menu «Move to…» does the same with a form.
import { announce, mount, on, post, say } from "./dom.js";
import { toast } from "./toast.js";

let held = null; // { card, list, after, slot }: what is lifted and where it came from

const listOf = (column) => column.querySelector(".column-cards");
const columnOf = (element) => element.closest("[data-stage]");
const nameOf = (column) => column.querySelector("h2")?.textContent.trim() ?? "";
const cardsOf = (list) => [...list.querySelectorAll("[data-card]")];

function lift(card) {
  held = { card, list: card.parentElement, after: card.nextElementSibling, slot: slotFor(card) };
}

function slotFor(card) {
  const slot = document.createElement("li");
  slot.className = "drop-slot";
  slot.setAttribute("aria-hidden", "true");
  slot.textContent = say("wasHere", { title: card.dataset.title });
  return slot;
}

/** The old place stays dashed while the card is elsewhere. */
function markOldPlace() {
  const { card, list, after, slot } = held;
  if (card.parentElement === list) slot.remove();
  else if (!slot.isConnected) list.insertBefore(slot, after);
}

function over(column) {
  for (const each of document.querySelectorAll(".column.over, .outcome.over")) if (each !== column) each.classList.remove("over");
  column?.classList.add("over");
}

function putBack({ card, list, after, slot }) {
  slot.remove();
  list.insertBefore(card, after?.isConnected ? after : null);
  showColumn(columnOf(list));
}

// ---- the order of a column
const orderOf = (card) => (card?.dataset.order ?? "").split(":").map(Number);

function comesBefore(one, other) {
  const a = orderOf(one), b = orderOf(other);
  return a[0] !== b[0] ? a[0] < b[0] : (a[1] ?? 0) <= (b[1] ?? 0);
}

/** A card stays where it was dropped as far as the order of its column allows; else it goes to its place. Tells whether. */
function inOrder(card) {
  if (!card.dataset.order) return true;
  const list = card.parentElement;
  const others = cardsOf(list).filter((each) => each !== card);
  const at = cardsOf(list).indexOf(card);
  const fits = (!others[at - 1] || comesBefore(others[at - 1], card)) && (!others[at] || comesBefore(card, others[at]));
  if (fits) return true;
  const next = others.find((each) => comesBefore(card, each));
  list.insertBefore(card, next ?? others.at(-1)?.nextSibling ?? null);
  return false;
}

function sayOrder(card) {
  const said = card.closest("[data-board]")?.dataset.orderSaid;
  if (!said) return;
  announce(said);
  toast({ text: said });
}

function release() {
  held?.slot.remove();
  held?.card.classList.remove("lifted", "dragged");
  over(null);
  held = null;
}

async function drop() {
  const moved = held;
  const { card, list, after } = moved;
  const target = card.parentElement;
  release();
  if (target === list && card.nextElementSibling === after) return;
  if (target === list && card.dataset.order) {
    if (!inOrder(card)) sayOrder(card);
    card.focus({ preventScroll: true });
    return;
  }
  const board = card.closest("[data-board]");
  const values = { [board.dataset.stageField ?? "stage"]: columnOf(target).dataset.stage, version: card.dataset.version ?? "" };
  const below = card.nextElementSibling?.dataset?.card;
  if (below) values.before = below;
  card.classList.add("saving");
  const { ok, status, body } = await post(card.dataset.moveUrl + (board.dataset.moveQuery ?? ""), values);
  card.classList.remove("saving");
  if (ok) {
    const stays = inOrder(card);
    settled(card, body, nameOf(columnOf(target)));
    if (!stays) sayOrder(card);
    return;
  }
  putBack(moved);
  card.focus({ preventScroll: true });
  if (status === 422 && body.form_url) {
    window.htmx?.ajax("GET", body.form_url, { target: "#dialog-host", swap: "innerHTML" });
    return;
  }
  const reason = body.message || say("failed");
  announce(say("refused", { reason }), true);
  toast({ text: reason, tone: "warn" });
}

function settled(card, body, stage) {
  if (body.version) card.dataset.version = body.version;
  card.classList.add("settling");
  setTimeout(() => card.classList.remove("settling"), 300);
  for (const [id, sums] of Object.entries(body.columns ?? {})) {
    const column = document.querySelector(`[data-stage="${CSS.escape(id)}"]`);
    for (const name of ["count", "sum"]) {
      const place = column?.querySelector(`[data-${name}]`);
      if (place && sums[name] !== undefined) place.textContent = sums[name];
    }
  }
  announce(say("moved", { title: card.dataset.title, stage }));
  if (body.toast) toast(body.toast);
}

function back() {
  const moved = held;
  held = null;
  putBack(moved);
  moved.card.classList.remove("lifted", "dragged");
  over(null);
  announce(say("putBack", { title: moved.card.dataset.title, stage: nameOf(columnOf(moved.card)) }));
  moved.card.focus({ preventScroll: true });
}

// ---- keys
function shift(card, name) {
  const columns = [...card.closest("[data-board]").querySelectorAll("[data-stage]")];
  const at = columns.indexOf(columnOf(card));
  const list = card.parentElement;
  const place = cardsOf(list).indexOf(card);
  held.moving = true;
  if (name === "ArrowLeft" || name === "ArrowRight") {
    const column = columns[at + (name === "ArrowRight" ? 1 : -1)];
    if (!column) {
      held.moving = false;
      return;
    }
    const other = cardsOf(listOf(column));
    listOf(column).insertBefore(card, other[Math.min(place, other.length)] ?? null);
    showColumn(column);
    over(column);
  } else {
    const others = cardsOf(list).filter((each) => each !== card);
    const next = place + (name === "ArrowDown" ? 1 : -1);
    if (next < 0 || next > others.length) {
      held.moving = false;
      return;
    }
    list.insertBefore(card, others[next] ?? null);
  }
  markOldPlace();
  card.focus({ preventScroll: true });
  held.moving = false;
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
  const column = columnOf(card);
  const all = cardsOf(card.parentElement);
  announce(say("over", { title: card.dataset.title, stage: nameOf(column), place: all.indexOf(card) + 1, total: all.length }));
}

function walk(card, name) {
  const columns = [...card.closest("[data-board]").querySelectorAll("[data-stage]")];
  const list = card.parentElement;
  const place = cardsOf(list).indexOf(card);
  if (name === "ArrowUp" || name === "ArrowDown") {
    cardsOf(list)[place + (name === "ArrowDown" ? 1 : -1)]?.focus();
    return;
  }
  const by = name === "ArrowRight" ? 1 : -1;
  for (let at = columns.indexOf(columnOf(card)) + by; columns[at]; at += by) {
    const other = cardsOf(listOf(columns[at]));
    if (other.length) {
      other[Math.min(place, other.length - 1)].focus();
      return;
    }
  }
}

on("keydown", "[data-board] [data-card]", (event, card) => {
  if (event.target !== card || event.ctrlKey || event.metaKey || event.altKey) return;
  const arrow = event.key.startsWith("Arrow");
  if (held?.card === card) {
    if (event.key === "Escape") back();
    else if (event.key === " " || event.key === "Enter") {
      drop();
      card.focus({ preventScroll: true });
    } else if (arrow) shift(card, event.key);
    else return;
  } else if (event.key === " ") {
    lift(card);
    card.classList.add("lifted");
    announce(say("lifted", { title: card.dataset.title }));
  } else if (event.key === "Enter") card.querySelector("a.card-title")?.click();
  else if (arrow) walk(card, event.key);
  else return;
  event.preventDefault();
  event.stopPropagation();
});

on("focusout", "[data-card].lifted", (event, card) => {
  if (held?.card === card && !held.moving && !card.contains(event.relatedTarget)) back();
});

// ---- dragging
mount("[data-board] [data-card]", (card) => {
  if (card.dataset.moveUrl) card.draggable = true;
});

on("dragstart", "[data-card]", (event, card) => {
  lift(card);
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", card.dataset.title ?? "");
  requestAnimationFrame(() => card.classList.add("dragged"));
});

on("dragover", "[data-board] [data-stage]", (event, column) => {
  if (!held) return;
  const outcome = event.target.closest("[data-outcome-url]");
  event.preventDefault();
  if (outcome) {
    over(outcome);
    return;
  }
  over(column);
  const list = listOf(column);
  const below = cardsOf(list).find((each) => {
    const box = each.getBoundingClientRect();
    return each !== held.card && event.clientY < box.top + box.height / 2;
  });
  if (held.card.nextElementSibling !== (below ?? null) || held.card.parentElement !== list) list.insertBefore(held.card, below ?? null);
  markOldPlace();
});

on("drop", "[data-board] [data-stage]", (event) => {
  if (!held) return;
  event.preventDefault();
  const outcome = event.target.closest("[data-outcome-url]");
  if (!outcome) {
    drop();
    return;
  }
  const url = outcome.dataset.outcomeUrl.replace("{id}", held.card.dataset.card);
  putBack(held);
  release();
  if (window.htmx && outcome.hasAttribute("data-in-dialog")) window.htmx.ajax("GET", url, { target: "#dialog-host", swap: "innerHTML" });
  else location.assign(url);
});

document.addEventListener("dragend", () => {
  if (!held) return;
  putBack(held);
  release();
});

// ---- one stage at a time on a phone
/** Bring a column into view where only one is shown: a card that is moved by keys takes the view along. */
function showColumn(column) {
  document.querySelector(`[data-stage-pills] a[href="#${CSS.escape(column?.id ?? "")}"]`)?.dispatchEvent(new CustomEvent("stage:show"));
}

mount("[data-stage-pills]", (pills) => {
  const board = document.querySelector("[data-board]");
  const show = (pill) => {
    for (const each of pills.children) each.removeAttribute("aria-current");
    pill.setAttribute("aria-current", "true");
    for (const column of board.querySelectorAll(".column")) column.classList.toggle("shown", `#${column.id}` === pill.getAttribute("href"));
  };
  board.classList.add("one");
  for (const pill of pills.children) pill.addEventListener("stage:show", () => show(pill));
  show(pills.querySelector("[aria-current]") ?? pills.firstElementChild);
  pills.addEventListener("click", (event) => {
    const pill = event.target.closest("a");
    if (!pill) return;
    event.preventDefault();
    show(pill);
  });
});
