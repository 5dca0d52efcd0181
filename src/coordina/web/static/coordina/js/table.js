// Rows by keyboard: J K or arrows, Enter opens, X selects (Shift+X a range), E edits; and what is selected.
import { announce, key, mount, on, say } from "./dom.js";

const ROW = "tr[data-row]";
let anchor = null;

function current() {
  return document.activeElement?.closest?.(ROW) ?? null;
}

function shownRows() {
  return [...document.querySelectorAll(`table[data-table] ${ROW}`)].filter((row) => row.checkVisibility());
}

function focusRow(row) {
  row.tabIndex = -1;
  row.focus();
  row.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const rows = shownRows();
  if (!rows.length) return false;
  const now = rows.indexOf(current());
  const next = now < 0 ? (by > 0 ? 0 : rows.length - 1) : now + by;
  if (rows[next]) focusRow(rows[next]);
}

key(["j"], () => step(1));
key(["k"], () => step(-1));
key(["ArrowDown", "ArrowUp"], (event) => {
  if (!current() || event.target.closest("details")) return false;
  return step(event.key === "ArrowDown" ? 1 : -1);
});
key(["Enter"], (event) => {
  if (!event.target.matches(ROW)) return false;
  event.target.querySelector("a.name, a")?.click();
});
key(["e"], (event) => {
  const cell = event.target.closest?.("[data-edit-url]") ?? current()?.querySelector("[data-edit-url]");
  if (!cell) return false;
  cell.dispatchEvent(new CustomEvent("edit", { bubbles: true }));
});

function pick(row, on, range) {
  const rows = shownRows();
  const from = range && anchor?.isConnected ? rows.indexOf(anchor) : rows.indexOf(row);
  const to = rows.indexOf(row);
  for (const each of rows.slice(Math.min(from, to), Math.max(from, to) + 1)) {
    const box = each.querySelector(".pick");
    if (box) box.checked = on;
  }
  anchor = row;
  tell(listOf(row));
}

/** What the rows of one selection have in common: a form around them, or the page. */
function listOf(element) {
  return element.closest("form, dialog") ?? document.body;
}

key(["x"], (event) => {
  const row = current();
  const box = row?.querySelector(".pick");
  if (!box) return false;
  pick(row, !box.checked, event.shiftKey);
});
on("click", ".pick", (event, box) => pick(box.closest(ROW), box.checked, event.shiftKey));
on("change", "[data-pick-all]", (event, all) => {
  for (const box of listOf(all).querySelectorAll(".pick")) box.checked = all.checked;
  tell(listOf(all));
});
on("reset", "form", (event, form) => setTimeout(() => tell(form.querySelector(".pick") ? form : document.body)));
key(["m"], () => {
  if (!document.querySelector(".pick:checked")) return false;
  document.querySelector(".bulk :is(input:not([type=hidden]), button)")?.focus();
});
key(["Escape"], () => {
  const picked = document.querySelectorAll(".pick:checked");
  if (!picked.length) return false;
  for (const box of picked) box.checked = false;
  tell(listOf(picked[0]));
});

/** Count what is selected, for eyes and ears. */
function tell(list) {
  const boxes = [...list.querySelectorAll(".pick")];
  if (!boxes.length) return;
  const count = boxes.filter((box) => box.checked).length;
  const all = list.querySelector("[data-pick-all]");
  if (all) {
    all.checked = count > 0 && count === boxes.length;
    all.indeterminate = count > 0 && count < boxes.length;
  }
  const words = say("selected", { count: count.toLocaleString(document.documentElement.lang) });
  const place = list.querySelector("[data-picked]");
  if (!place || place.textContent === words) return;
  place.textContent = words;
  if (count) announce(words);
}

mount("table[data-table]", (table) => tell(listOf(table)));
