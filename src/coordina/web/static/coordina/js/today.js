// The cockpit by keyboard: J K or arrows, Enter opens, E A act, S puts off, D delegates, X closes, W says why, F chooses a kind.
import { key, mount, on } from "./dom.js";

const ROW = "[data-matter]";
const PLACE = "co-today";
let place = -1;

function rows() {
  return [...document.querySelectorAll(`#today ${ROW}`)];
}

function current() {
  return document.activeElement?.closest?.(ROW) ?? null;
}

function focusRow(row) {
  row.tabIndex = -1;
  row.focus();
  row.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = rows();
  if (!all.length) return false;
  const now = all.indexOf(current());
  const next = now < 0 ? (by > 0 ? 0 : all.length - 1) : now + by;
  if (all[next]) focusRow(all[next]);
}

/** After something was done, the row that moved up into the place of the one that left. */
function resume(at) {
  const all = rows();
  if (at >= 0 && all.length) focusRow(all[Math.min(at, all.length - 1)]);
}

key(["j"], () => step(1));
key(["k"], () => step(-1));
key(["ArrowDown", "ArrowUp"], (event) => {
  if (!current()?.matches(":focus")) return false;
  return step(event.key === "ArrowDown" ? 1 : -1);
});
key(["Enter"], (event) => {
  if (!event.target.matches(ROW)) return false;
  event.target.querySelector(".matter-what").click();
});
key(["e", "a", "s", "d", "x"], (event) => {
  const act = current()?.querySelector(`[data-act="${event.key.toLowerCase()}"]`);
  if (!act) return false;
  act.closest("details")?.removeAttribute("open");
  act.click();
});
key(["w"], () => {
  const menu = current()?.querySelector("details");
  if (!menu) return false;
  menu.open = !menu.open;
  menu.querySelector("summary").focus();
});

key(["f"], () => {
  const menu = document.querySelector("[data-kinds]")?.closest("details");
  if (!menu) return false;
  menu.open = true;
  menu.querySelector("summary").focus();
});

on("focusin", `#today ${ROW}`, (event, row) => {
  place = rows().indexOf(row);
  try {
    sessionStorage.setItem(PLACE, place);
  } catch {
    // without storage the place is forgotten with the page
  }
});
on("click", "[data-today-start]", () => resume(0));

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id === "today" || event.detail.elt?.id === "today") resume(place);
});

// a form in a dialog leads back to this page: go on where one was
mount("#today", () => {
  const came = performance.getEntriesByType("navigation")[0]?.type === "navigate" && document.referrer.split("?")[0] === location.href.split("?")[0];
  if (!came) return;
  try {
    resume(Number(sessionStorage.getItem(PLACE) ?? -1));
  } catch {
    // without storage one begins anew
  }
});
