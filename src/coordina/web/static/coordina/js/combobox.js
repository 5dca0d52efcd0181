// A <select data-combobox> becomes a field that filters: its own options, or the answers of data-lookup-url.
import { announce, mount, say } from "./dom.js";
import { float } from "./menus.js";

const WAIT = 150;
let made = 0;

function part(tag, attributes) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

class Combobox {
  constructor(select) {
    this.select = select;
    this.items = [];
    this.active = -1;
    this.build();
    this.listen();
  }

  get chosen() {
    const option = this.select.selectedOptions[0];
    return option && option.value !== "" ? { id: option.value, label: option.textContent.trim() } : null;
  }

  build() {
    const { select } = this;
    const id = select.id || `combo-${++made}`;
    this.listId = `${id}-list`;
    this.input = part("input", {
      class: select.className,
      id,
      role: "combobox",
      autocomplete: "off",
      spellcheck: "false",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": this.listId,
    });
    for (const name of ["aria-invalid", "aria-describedby", "aria-label", "placeholder", "autofocus"]) {
      if (select.hasAttribute(name)) this.input.setAttribute(name, select.getAttribute(name));
    }
    this.input.classList.remove("select");
    this.input.disabled = select.disabled;
    this.input.value = this.chosen?.label ?? "";
    this.list = part("div", { class: "pop combo-list", id: this.listId, role: "listbox", "aria-label": this.input.getAttribute("aria-label") ?? "" });
    this.list.hidden = true;
    const box = part("div", { class: "combo" });
    const focused = document.activeElement === select;
    select.id = `${id}-value`;
    select.before(box);
    select.hidden = true;
    select.tabIndex = -1;
    box.append(this.input, this.list, select);
    if (focused) this.input.focus();
    const label = document.querySelector(`label[for="${CSS.escape(id)}"]`);
    if (label) this.list.setAttribute("aria-label", label.textContent.trim());
  }

  listen() {
    const { input, list } = this;
    input.addEventListener("input", () => this.ask());
    input.addEventListener("click", () => this.list.hidden && this.ask(true));
    input.addEventListener("keydown", (event) => this.press(event));
    input.addEventListener("focus", () => input.select());
    input.addEventListener("blur", () => this.settle());
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest('[role="option"]');
      if (option) this.take(Number(option.dataset.index));
    });
    document.addEventListener("scroll", (event) => !list.hidden && !list.contains(event.target) && float(list, input), true);
    this.select.form?.addEventListener("reset", () => setTimeout(() => (input.value = this.chosen?.label ?? "")));
  }

  press(event) {
    const open = !this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      event.stopPropagation();
      if (!open) this.ask(true);
      else this.mark(this.active + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && open) {
      event.preventDefault();
      this.take(Math.max(this.active, 0));
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
      this.input.value = this.chosen?.label ?? "";
    } else if (event.key === "Tab" && open && this.active >= 0) {
      this.take(this.active);
    }
  }

  /** Look for what is typed; `all` shows everything, as when the field is merely opened. */
  ask(all = false) {
    const text = all ? "" : this.input.value.trim();
    clearTimeout(this.timer);
    if (this.select.dataset.lookupUrl) {
      this.timer = setTimeout(() => this.fetch(text), all ? 0 : WAIT);
      return;
    }
    const wanted = plain(text);
    const found = [...this.select.options].filter((option) => option.value !== "" && plain(option.textContent).includes(wanted));
    const group = (option) => (option.parentElement.tagName === "OPTGROUP" ? option.parentElement.label : "");
    this.show(found.map((option) => ({ id: option.value, label: option.textContent.trim(), group: group(option) })), text);
  }

  async fetch(text) {
    this.request?.abort();
    this.request = new AbortController();
    const url = new URL(this.select.dataset.lookupUrl, location.href);
    url.searchParams.set("q", text);
    try {
      const answer = await fetch(url, { signal: this.request.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      this.show((await answer.json()).items, text);
    } catch (problem) {
      if (problem.name !== "AbortError") announce(say("failed"), true);
    }
  }

  show(items, text) {
    if (document.activeElement !== this.input) return;
    this.items = items.map((item) => ({ ...item, id: String(item.id) }));
    if (!this.select.required && this.chosen && !text) this.items.unshift({ id: "", label: say("clear"), act: "clear" });
    const exact = items.some((item) => plain(item.label) === plain(text));
    if (text && !exact && this.select.dataset.createUrl) this.items.push({ id: "", label: say("create", { text }), act: "create", text });
    this.list.replaceChildren(...this.items.flatMap((item, index) => this.rows(item, index)));
    if (!this.items.length) {
      const none = part("div", { class: "combo-empty" });
      none.textContent = say("noResults");
      this.list.append(none);
    }
    this.list.hidden = false;
    float(this.list, this.input);
    this.input.setAttribute("aria-expanded", "true");
    this.mark(text && this.items.length ? 0 : this.items.findIndex((item) => item.id && item.id === this.chosen?.id), false);
    announce(say(items.length ? "results" : "noResults", { count: items.length }));
  }

  /** The row of an item, below the heading of its group where that begins. */
  rows(item, index) {
    const row = this.row(item, index);
    if (!item.group || item.group === this.items[index - 1]?.group) return [row];
    const heading = part("div", { class: "combo-group", role: "presentation" });
    heading.textContent = item.group;
    return [heading, row];
  }

  row(item, index) {
    const option = part("div", { class: "option", role: "option", id: `${this.listId}-${index}`, "data-index": index, "aria-selected": "false" });
    const name = part("span", { class: "cut" });
    name.textContent = item.label;
    option.append(name);
    if (item.fact) {
      const fact = part("span", { class: "option-fact" });
      fact.textContent = item.fact;
      option.append(fact);
    }
    return option;
  }

  mark(index, wrap = true) {
    const rows = [...this.list.querySelectorAll('[role="option"]')];
    if (!rows.length) return;
    this.active = wrap ? (index + rows.length) % rows.length : index;
    rows.forEach((row, at) => row.setAttribute("aria-selected", String(at === this.active)));
    const now = rows[this.active];
    if (now) {
      this.input.setAttribute("aria-activedescendant", now.id);
      now.scrollIntoView({ block: "nearest" });
    } else this.input.removeAttribute("aria-activedescendant");
  }

  take(index) {
    const item = this.items[index];
    if (!item) return;
    if (item.act === "create") {
      this.create(item.text);
      return;
    }
    this.choose(item.id, item.act === "clear" ? "" : item.label);
    this.close();
  }

  choose(id, label) {
    if (id !== "" && ![...this.select.options].some((option) => option.value === id)) this.select.add(new Option(label, id));
    if (id === "" && ![...this.select.options].some((option) => option.value === "")) this.select.add(new Option("", ""));
    this.select.value = id;
    this.input.value = label;
    this.select.dispatchEvent(new Event("input", { bubbles: true }));
    this.select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** A new record made in a dialog; the server answers with HX-Trigger: {"created": {"id": 1, "label": "…"}}. */
  create(text) {
    const url = new URL(this.select.dataset.createUrl, location.href);
    url.searchParams.set("name", text);
    this.close();
    document.addEventListener("created", (event) => this.choose(String(event.detail.id), event.detail.label), { once: true });
    window.htmx.ajax("GET", url.href, { target: "#dialog-host", swap: "innerHTML" });
  }

  settle() {
    this.close();
    if (this.input.value.trim() === "" && !this.select.required && this.chosen) this.choose("", "");
    else this.input.value = this.chosen?.label ?? "";
  }

  close() {
    clearTimeout(this.timer);
    this.request?.abort();
    this.list.hidden = true;
    this.active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

mount("select[data-combobox]", (select) => new Combobox(select));
