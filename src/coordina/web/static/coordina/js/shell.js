// Theme, quick create, list of keys, connection.
import { announce, key, mount, on, say } from "./dom.js";

const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

function theme() {
  return root.dataset.theme ?? (system.matches ? "dark" : "light");
}

function nameTheme() {
  for (const word of document.querySelectorAll("[data-theme-name]")) word.hidden = word.dataset.themeName !== theme();
}

on("click", "[data-theme-toggle]", () => {
  const chosen = theme() === "dark" ? "light" : "dark";
  root.dataset.theme = chosen;
  try {
    localStorage.setItem("co-theme", chosen);
  } catch {
    // without storage the choice lasts as long as the page
  }
  nameTheme();
  document.dispatchEvent(new CustomEvent("theme"));
});
system.addEventListener("change", () => {
  nameTheme();
  document.dispatchEvent(new CustomEvent("theme"));
});
nameTheme();

key(["c"], () => {
  const menu = [...document.querySelectorAll("[data-create]")].find((each) => each.checkVisibility());
  if (!menu) return false;
  menu.open = true;
  menu.querySelector(".option")?.focus();
});
on("keydown", "[data-create]", (event, menu) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  menu.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`)?.click();
});

function help() {
  const shown = document.getElementById("keys-help").content.firstElementChild.cloneNode(true);
  const here = document.getElementById("keys-here"); // the keys of this page come first
  if (here) {
    const own = new Set([...here.content.querySelectorAll(".k")].map((each) => each.textContent));
    for (const term of shown.querySelectorAll(".keys dt")) {
      const keys = [...term.querySelectorAll(".k")];
      if (!keys.every((each) => own.has(each.textContent))) continue;
      term.nextElementSibling.remove();
      term.remove();
    }
    shown.querySelector(".keys").prepend(here.content.cloneNode(true));
  }
  const off = shown.querySelector("[data-keys-off]");
  try {
    off.checked = localStorage.getItem("co-keys") === "off";
    off.addEventListener("change", () => localStorage.setItem("co-keys", off.checked ? "off" : "on"));
  } catch {
    off.closest("p").remove();
  }
  shown.addEventListener("close", () => shown.remove());
  document.body.append(shown);
  shown.showModal();
}
key(["?"], help);
on("click", "[data-keys-help]", help);

addEventListener("offline", () => announce(say("offline"), true));
addEventListener("online", () => announce(say("online")));

// what lies beyond the edge is brought to where it can be seen
mount(".path [aria-current], .stage-pills [aria-current], .tabs [aria-current], .settings-list [aria-current]", (element) => {
  const box = element.closest(".path-scroll, .stage-pills, .tabs, .settings-list");
  const place = (element.closest("li") ?? element).offsetLeft - box.offsetLeft;
  if (place + element.offsetWidth > box.clientWidth) box.scrollLeft = place - (box.clientWidth - element.offsetWidth) / 2;
});
