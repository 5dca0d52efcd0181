// Inline edit: click or E turns a cell into a field; Enter saves, Tab saves and goes on, Escape restores.
import { announce, on, say } from "./dom.js";

const CELL = "[data-edit-url]";
const before = new WeakMap();

function editing(cell) {
  return cell.querySelector("form[data-edit]");
}

/** Where a cell is edited: cells of a list name their field only, and their row knows the record. */
function address(cell) {
  const said = cell.dataset.editUrl;
  const record = said.startsWith("/") ? null : cell.closest("[data-row]")?.querySelector("a.name");
  return record ? `${record.getAttribute("href")}edit/${said}/` : said;
}

async function open(cell) {
  if (editing(cell) || !window.htmx) return;
  before.set(cell, { html: cell.innerHTML, focus: document.activeElement });
  await window.htmx.ajax("GET", address(cell), { target: cell, swap: "innerHTML" });
  await settled(cell);
  start(cell);
}

/** When htmx has settled: until then a list in the new form has not yet become a field that filters. */
function settled(cell) {
  return new Promise((resolve) => {
    cell.addEventListener("htmx:load", () => resolve(), { once: true });
    setTimeout(resolve, 80);
  });
}

function start(cell) {
  const form = editing(cell);
  if (!form) return;
  cell.classList.add("editing");
  const field = form.querySelector(".input:not([type=hidden]), input:not([type=hidden]), select, textarea");
  field?.focus();
  field?.select?.();
}

function restore(cell) {
  const old = before.get(cell);
  if (!old) return;
  cell.innerHTML = old.html;
  window.htmx.process(cell);
  leave(cell);
}

function leave(cell) {
  cell.classList.remove("editing");
  before.delete(cell);
  const row = cell.closest("tr");
  if (row) {
    row.tabIndex = -1;
    row.focus({ preventScroll: true });
  } else {
    cell.tabIndex = cell.tabIndex < 0 ? -1 : cell.tabIndex;
    cell.focus();
  }
}

async function save(cell, next) {
  const form = editing(cell);
  if (!form || form.dataset.sent) return;
  form.dataset.sent = "yes";
  await window.htmx.ajax("POST", form.getAttribute("action"), { source: form, target: cell, swap: "innerHTML" });
  const again = editing(cell);
  if (again) {
    delete again.dataset.sent;
    await settled(cell);
    start(cell);
    const problem = again.querySelector(".error");
    announce(problem ? problem.textContent : say("failed"), true);
    return;
  }
  leave(cell);
  cell.classList.add("saved");
  setTimeout(() => cell.classList.remove("saved"), 1000);
  if (next) open(next);
}

function neighbour(cell, back) {
  const all = [...document.querySelectorAll(CELL)].filter((each) => each.checkVisibility());
  return all[all.indexOf(cell) + (back ? -1 : 1)];
}

on("click", CELL, (event, cell) => {
  const own = event.target.closest("a, button, form, summary, .check");
  if ((own && cell.contains(own)) || getSelection()?.toString()) return;
  open(cell);
});
on("edit", CELL, (event, cell) => open(cell));
on("keydown", CELL, (event, cell) => {
  if (!editing(cell)) {
    if (event.target === cell && event.key === "Enter") {
      event.preventDefault();
      open(cell);
    }
    return;
  }
  const long = event.target.matches("textarea");
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    restore(cell);
  } else if (event.key === "Enter" && !event.defaultPrevented && (!long || event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    save(cell);
  } else if (event.key === "Tab") {
    event.preventDefault();
    save(cell, neighbour(cell, event.shiftKey));
  }
});
on("submit", "form[data-edit]", (event, form) => {
  event.preventDefault();
  save(form.closest(CELL));
});
on("change", "form[data-edit] select", (event, field) => save(field.closest(CELL)));

// leaving the field saves, as everywhere where one edits in place
on("focusout", "form[data-edit]", (event, form) => {
  const cell = form.closest(CELL);
  setTimeout(() => {
    if (form.isConnected && !form.contains(document.activeElement) && !document.querySelector("dialog[open]")) save(cell);
  }, 120);
});
