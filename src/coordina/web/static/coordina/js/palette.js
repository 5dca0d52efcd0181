// Ctrl+K or /: one field that finds records and takes orders. Without scripts the field of the top bar is a form.
import { announce, key, on, say } from "./dom.js";

const PAUSE = 90;
const GLANCE = 160;

let open = null;

class Palette {
  constructor(text) {
    this.opener = document.activeElement;
    this.dialog = document.getElementById("palette-frame").content.firstElementChild.cloneNode(true);
    this.field = this.dialog.querySelector("[role=combobox]");
    this.list = this.dialog.querySelector("[role=listbox]");
    this.preview = this.dialog.querySelector(".palette-preview");
    this.now = -1;
    this.field.value = text;
    this.field.addEventListener("input", () => this.later());
    this.dialog.addEventListener("keydown", (event) => this.press(event));
    this.list.addEventListener("pointermove", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.choose(this.options.indexOf(option), false);
    });
    this.dialog.addEventListener("click", (event) => {
      if (event.target.closest("a[href]") && !event.ctrlKey && !event.metaKey) this.dialog.close();
    });
    this.dialog.addEventListener("close", () => this.gone());
    document.body.append(this.dialog);
    this.dialog.showModal();
    this.field.focus();
    this.field.select();
    this.fill();
  }

  gone() {
    this.asking?.abort();
    this.glancing?.abort();
    clearTimeout(this.timer);
    clearTimeout(this.glance);
    this.dialog.remove();
    open = null;
    this.opener?.focus?.();
  }

  get options() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.fill(), PAUSE);
  }

  async fill() {
    this.asking?.abort();
    this.asking = new AbortController();
    const asked = new URLSearchParams({ q: this.field.value, on: location.pathname });
    try {
      const answer = await fetch(`/search/palette/?${asked}`, { signal: this.asking.signal, headers: { "X-Requested-With": "fetch" } });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      this.list.innerHTML = await answer.text();
    } catch (fault) {
      if (fault.name !== "AbortError") announce(say("failed"), true);
      return;
    }
    this.now = -1;
    this.choose(0);
    const count = this.options.length;
    announce(count ? say("results", { count }) : say("noResults"));
  }

  choose(index, scroll = true) {
    const all = this.options;
    if (index === this.now && all[index]?.getAttribute("aria-selected") === "true") return;
    all[this.now]?.setAttribute("aria-selected", "false");
    this.now = all.length ? (index + all.length) % all.length : -1;
    const chosen = all[this.now];
    chosen?.setAttribute("aria-selected", "true");
    if (chosen) this.field.setAttribute("aria-activedescendant", chosen.id);
    else this.field.removeAttribute("aria-activedescendant");
    if (scroll) chosen?.scrollIntoView({ block: "nearest" });
    clearTimeout(this.glance);
    this.glance = setTimeout(() => this.look(chosen), GLANCE);
  }

  async look(option) {
    this.glancing?.abort();
    const url = option?.dataset.preview;
    if (!url || !this.preview.checkVisibility({ contentVisibilityAuto: true }) && innerWidth < 768) {
      this.preview.hidden = true;
      return;
    }
    this.glancing = new AbortController();
    try {
      const answer = await fetch(url, { signal: this.glancing.signal, headers: { "X-Requested-With": "fetch" } });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      this.preview.innerHTML = await answer.text();
      this.preview.hidden = false;
    } catch (fault) {
      if (fault.name !== "AbortError") this.preview.hidden = true;
    }
  }

  press(event) {
    if (event.target !== this.field) return;
    const last = this.options.length - 1;
    const steps = { ArrowDown: this.now + 1, ArrowUp: this.now - 1, PageDown: Math.min(last, this.now + 5), PageUp: Math.max(0, this.now - 5) };
    if (event.key in steps) {
      this.choose(steps[event.key]);
      event.preventDefault();
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.go(event.ctrlKey || event.metaKey);
    }
  }

  async go(aside) {
    if (this.timer) {
      clearTimeout(this.timer);
      this.timer = null;
    }
    const url = this.options[this.now]?.href;
    if (!url) return;
    if (aside) {
      window.open(url, "_blank", "noopener");
      return;
    }
    this.dialog.close();
    location.assign(url);
  }
}

function show(text = "") {
  if (open || !document.getElementById("palette-frame") || !document.querySelector(".topbar")) return false;
  if (document.querySelector("dialog[open]")) return false;
  open = new Palette(text);
  return true;
}

key(["/"], () => show());
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== "k") return;
  if (open || show()) event.preventDefault();
});
on("pointerdown", "[data-search]", (event, field) => {
  if (event.button === 0 && show(field.value)) event.preventDefault();
});
on("input", "[data-search]", (event, field) => {
  const text = field.value;
  if (show(text)) open.field.setSelectionRange(text.length, text.length);
});
on("click", "[data-search-open]", (event) => {
  if (show()) event.preventDefault();
});
