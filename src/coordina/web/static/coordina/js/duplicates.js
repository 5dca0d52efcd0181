// Duplicates: the queue by keyboard (J K M N), and likely twins while a form is filled in.
import { csrf, key, mount, typing } from "./dom.js";

const PAIR = "[data-pair]";
const WAIT = 400;

function pairs() {
  return [...document.querySelectorAll(PAIR)];
}

function current() {
  return document.activeElement?.closest?.(PAIR) ?? null;
}

function step(by) {
  const all = pairs();
  if (!all.length) return false;
  const now = all.indexOf(current());
  const next = all[now < 0 ? 0 : Math.min(all.length - 1, Math.max(0, now + by))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

function press(what) {
  const button = (current() ?? pairs()[0])?.querySelector(what);
  if (!button) return false;
  button.click();
}

mount("[data-pairs]", () => {
  key(["j"], () => step(1));
  key(["k"], () => step(-1));
  key(["m"], () => press("[data-merge]"));
  key(["n"], () => press("[data-apart]"));
  if (document.activeElement === document.body) pairs()[0]?.focus({ preventScroll: true });
});

mount("[data-twins]", (box) => {
  const form = box.closest("form");
  if (!form || form.dataset.twinsWatched) return;
  form.dataset.twinsWatched = "yes";
  let timer = 0;
  let asked = 0;

  async function ask() {
    const here = form.querySelector("[data-twins]");
    if (!here) return;
    const mine = ++asked;
    const values = new URLSearchParams(new FormData(form));
    try {
      const answer = await fetch(here.dataset.twins, { method: "POST", body: values, headers: { "X-CSRFToken": csrf() } });
      if (!answer.ok || mine !== asked) return;
      const text = await answer.text();
      const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-twins]");
      if (!fresh || fresh.innerHTML === here.innerHTML) return;
      here.replaceChildren(...fresh.childNodes);
    } catch {
      // without an answer the form is sent as it is; the server looks again
    }
  }

  form.addEventListener("input", (event) => {
    if (!typing(event.target)) return;
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
});
