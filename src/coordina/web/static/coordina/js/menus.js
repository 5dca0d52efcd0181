// Menus are <details data-menu>: one open at a time, arrow keys, Escape, closing outside, never cut off by what scrolls.
import { on } from "./dom.js";

const OPEN = "details[data-menu][open]";

function close(menu, focus = false) {
  menu.open = false;
  if (focus) menu.querySelector("summary").focus();
}

function options(menu) {
  return [...menu.querySelectorAll(".pop .option, .pop .input, .pop .check, .pop .btn")].filter((each) => each.checkVisibility());
}

/** Place a list in the window, beside its button or field, instead of in a box that would cut it. */
export function float(list, anchor) {
  if (!list || !anchor.closest(".table-wrap, .board, .say-bar, .tabs, .dialog, .main") || anchor.closest(".bulk")) return;
  list.classList.add("floats");
  const around = anchor.getBoundingClientRect();
  const end = list.classList.contains("pop-end");
  if (anchor.matches("input")) list.style.width = `${around.width}px`;
  const below = innerHeight - around.bottom - 8;
  const above = below < Math.min(list.scrollHeight, 240) && around.top > below;
  const left = end ? around.right - list.offsetWidth : around.left;
  list.style.left = `${Math.max(8, Math.min(left, innerWidth - list.offsetWidth - 8))}px`;
  list.style.maxHeight = `${Math.min(420, (above ? around.top : below) - 8)}px`;
  list.style.top = above ? `${around.top - Math.min(list.offsetHeight, around.top - 8) - 4}px` : `${around.bottom + 4}px`;
}

document.addEventListener(
  "toggle",
  (event) => {
    const menu = event.target;
    if (!(menu instanceof HTMLDetailsElement) || !menu.matches("[data-menu]") || !menu.open) return;
    for (const other of document.querySelectorAll(OPEN)) if (other !== menu && !other.contains(menu)) close(other);
    float(menu.querySelector(".pop"), menu.querySelector("summary"));
    menu.querySelector("[autofocus]")?.focus();
  },
  true,
);

document.addEventListener("pointerdown", (event) => {
  for (const menu of document.querySelectorAll(OPEN)) if (!menu.contains(event.target)) close(menu);
});

document.addEventListener("focusin", (event) => {
  for (const menu of document.querySelectorAll(OPEN)) if (!menu.contains(event.target)) close(menu);
});

document.addEventListener(
  "scroll",
  (event) => {
    for (const menu of document.querySelectorAll(OPEN)) {
      if (menu.querySelector(".pop.floats") && !menu.contains(event.target)) close(menu, menu.contains(document.activeElement));
    }
  },
  true,
);

on("keydown", "details[data-menu]", (event, menu) => {
  const inList = event.target.closest(".pop") !== null;
  if (event.key === "Escape" && menu.open) {
    close(menu, true);
    event.stopPropagation();
    event.preventDefault();
    return;
  }
  if (!["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key) || event.target.matches("input, select, textarea")) return;
  if (!menu.open && !inList) {
    if (event.key !== "ArrowDown") return;
    menu.open = true;
  }
  const all = options(menu);
  if (!all.length) return;
  const now = all.indexOf(event.target);
  const next = { ArrowDown: now + 1, ArrowUp: now < 0 ? all.length - 1 : now - 1, Home: 0, End: all.length - 1 }[event.key];
  all[(next + all.length) % all.length].focus();
  event.preventDefault();
  event.stopPropagation();
});

on("click", "details[data-menu] .option", (event, option) => {
  if (!option.matches("[data-keep-open]")) close(option.closest("details"));
});
