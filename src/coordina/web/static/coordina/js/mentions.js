// @ and a name in a comment: offers the people who see the record; arrows choose, Enter or Tab takes, Escape leaves.
import { announce, mount, say } from "./dom.js";

const WAIT = 120;
const ASKED = /(?:^|[\s(«"'])@([\p{L}\p{N}._-]*(?: [\p{L}\p{N}._-]*)?)$/u;
let made = 0;

class Mentions {
  constructor(field) {
    this.field = field;
    this.list = document.createElement("div");
    Object.assign(this.list, { className: "pop mention-list", id: `mentions-${++made}`, hidden: true });
    this.list.setAttribute("role", "listbox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", this.list.id);
    field.after(this.list);
    this.people = [];
    this.active = 0;
    field.addEventListener("input", () => this.look());
    field.addEventListener("keydown", (event) => this.press(event));
    field.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.list.addEventListener("pointerdown", (event) => {
      const option = event.target.closest("[role=option]");
      if (!option) return;
      event.preventDefault();
      this.take(Number(option.dataset.place));
    });
  }

  get open() {
    return !this.list.hidden;
  }

  /** What is typed behind an @ before the cursor; null where there is none, or where it is no comment. */
  get asked() {
    const kind = this.field.form?.elements.namedItem("kind")?.value ?? "comment";
    if (kind !== "comment") return null;
    return ASKED.exec(this.field.value.slice(0, this.field.selectionStart))?.[1] ?? null;
  }

  look() {
    clearTimeout(this.timer);
    if (this.asked === null) return this.close();
    this.timer = setTimeout(() => this.fetch(), WAIT);
  }

  async fetch() {
    const asked = this.asked;
    if (asked === null) return;
    try {
      const answer = await fetch(`${this.field.dataset.mentions}?q=${encodeURIComponent(asked)}`, { headers: { Accept: "application/json" } });
      if (!answer.ok || this.asked !== asked) return;
      this.people = (await answer.json()).people;
    } catch {
      return; // names can be typed without help
    }
    this.draw();
  }

  draw() {
    this.active = 0;
    this.list.replaceChildren(
      ...this.people.map((person, place) => {
        const option = document.createElement("div");
        option.className = "option";
        option.id = `${this.list.id}-${place}`;
        option.dataset.place = place;
        option.setAttribute("role", "option");
        option.textContent = person.name === person.handle ? person.name : `${person.name} (${person.handle})`;
        return option;
      }),
    );
    this.list.hidden = !this.people.length;
    if (this.open) {
      this.mark();
      announce(say("results", { count: this.people.length }));
    } else this.close();
  }

  mark() {
    [...this.list.children].forEach((option, place) => option.setAttribute("aria-selected", String(place === this.active)));
    this.field.setAttribute("aria-activedescendant", `${this.list.id}-${this.active}`);
  }

  press(event) {
    if (!this.open) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) {
      this.active = (this.active + by + this.people.length) % this.people.length;
      this.mark();
    } else if ((event.key === "Enter" || event.key === "Tab") && !event.ctrlKey && !event.metaKey) this.take(this.active);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  take(place) {
    const { field } = this;
    const asked = this.asked;
    if (asked === null) return this.close();
    const end = field.selectionStart;
    field.setRangeText(`@${this.people[place].handle} `, end - asked.length - 1, end, "end");
    this.close();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  }

  close() {
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.field.removeAttribute("aria-activedescendant");
  }
}

mount("textarea[data-mentions]", (field) => new Mentions(field));
