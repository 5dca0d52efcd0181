// The bell: asks now and then whether the number changed, opens with B, and reads out news.
import { announce, key, mount, on } from "./dom.js";

const EVERY = 45_000;
let asked = 0;

function show(bell, found) {
  const count = bell.querySelector(".bell-count");
  count.textContent = found.label;
  count.hidden = !found.count;
  bell.querySelector("summary").setAttribute("aria-label", found.said);
}

async function ask(bell, quiet = false) {
  asked = Date.now();
  let answer;
  try {
    answer = await fetch(bell.dataset.bell, { headers: { "If-None-Match": `"${bell.dataset.etag}"` }, redirect: "error" });
  } catch {
    return; // without a connection the number stays as it is
  }
  if (answer.status !== 200) return;
  const before = Number(bell.dataset.etag.split("-").pop());
  const found = await answer.json();
  bell.dataset.etag = answer.headers.get("ETag")?.replaceAll('"', "") ?? bell.dataset.etag;
  show(bell, found);
  if (!quiet && found.count > before) announce(found.said);
}

mount("[data-bell]", (bell) => {
  setInterval(() => document.visibilityState === "visible" && ask(bell), EVERY);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && Date.now() - asked > 10_000) ask(bell);
  });
  document.addEventListener("bell", () => ask(bell, true)); // HX-Trigger: bell
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt;
    if (event.detail.successful && form.matches?.(".bell form")) {
      for (const line of bell.querySelectorAll(".unread")) line.classList.remove("unread");
      for (const dot of bell.querySelectorAll(".notice-dot")) dot.remove();
      form.remove();
    }
  });
  bell.addEventListener("htmx:afterSwap", () => bell.querySelector(".pop .option")?.focus());
});

key(["b"], () => {
  const bell = document.querySelector("[data-bell]");
  if (!bell) return false;
  bell.open = true;
  bell.querySelector("summary").focus();
});

// The page of notifications: J and K go through the lines, E marks one read.
function step(by) {
  const rows = [...document.querySelectorAll("[data-notices] .notice-row")];
  if (!rows.length) return false;
  const now = rows.indexOf(document.activeElement);
  rows[Math.max(0, Math.min(rows.length - 1, now < 0 ? 0 : now + by))].focus();
}
key(["j"], () => step(1));
key(["k"], () => step(-1));
key(["e"], () => {
  const form = document.activeElement?.closest("[data-notices] li")?.querySelector("form");
  if (!form) return false;
  form.requestSubmit();
});
on("click", ".bell .notice", (event, line) => line.classList.remove("unread"));
