// Log a call, a note, a meeting: tabs, the fields each kind needs, a draft kept while the tab of the browser lives.
import { announce, key, mount, on, say } from "./dom.js";

const drafts = {
  get(form) {
    try {
      return JSON.parse(sessionStorage.getItem(`co-draft-${form.dataset.composer}`)) ?? {};
    } catch {
      return {};
    }
  },
  set(form, value) {
    try {
      const name = `co-draft-${form.dataset.composer}`;
      if (value) sessionStorage.setItem(name, JSON.stringify(value));
      else sessionStorage.removeItem(name);
    } catch {
      // without storage there is no draft, and nothing else is lost
    }
  },
};

function tabs(form) {
  return [...form.querySelectorAll('[role="tab"]')];
}

function choose(form, tab, focus = false) {
  if (!tab) return;
  for (const each of tabs(form)) {
    each.setAttribute("aria-selected", String(each === tab));
    each.tabIndex = each === tab ? 0 : -1;
  }
  const { kind } = tab.dataset;
  const field = form.elements.namedItem("kind");
  if (field) field.value = kind;
  for (const part of form.querySelectorAll("[data-kinds]")) part.hidden = !part.dataset.kinds.split(" ").includes(kind);
  const text = form.querySelector("textarea");
  if (text && tab.dataset.label) text.setAttribute("aria-label", tab.dataset.label);
  if (text && tab.dataset.placeholder) text.placeholder = tab.dataset.placeholder;
  if (focus) text?.focus();
}

mount("form[data-composer]", (form) => {
  const text = form.querySelector("textarea");
  const draft = drafts.get(form);
  const selected = tabs(form).find((tab) => tab.getAttribute("aria-selected") === "true");
  if (draft.text && text && !text.value) {
    text.value = draft.text;
    announce(say("draft"));
  }
  choose(form, tabs(form).find((tab) => tab.dataset.kind === draft.kind) ?? selected ?? tabs(form)[0]);
  form.addEventListener("input", () => {
    drafts.set(form, text.value.trim() ? { kind: form.elements.namedItem("kind")?.value, text: text.value } : null);
  });
  form.addEventListener("submit", () => drafts.set(form, null));
});

on("click", "form[data-composer] [role=tab]", (event, tab) => choose(tab.closest("form"), tab, true));
on("keydown", "form[data-composer] [role=tab]", (event, tab) => {
  const all = tabs(tab.closest("form"));
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  const next = all[(all.indexOf(tab) + by + all.length) % all.length];
  choose(tab.closest("form"), next);
  next.focus();
  event.preventDefault();
});
on("keydown", "form[data-composer]", (event, form) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.key === "Escape" && event.target.matches("textarea")) event.target.blur();
});

for (const letter of ["l", "n", "r", "m", "t", "v", "o"]) {
  key([letter], () => {
    const tab = document.querySelector(`form[data-composer] [role="tab"][data-key="${letter}"]`);
    if (!tab) return false;
    choose(tab.closest("form"), tab, true);
  });
}

/** An address such as …#log-call opens the composer on that tab. */
function asked() {
  const [, kind] = /^#log-(\w+)$/.exec(location.hash) ?? [];
  const form = kind ? document.querySelector("form[data-composer]") : null;
  const tab = form ? tabs(form).find((each) => each.dataset.kind === kind) : null;
  if (!tab) return;
  choose(form, tab, true);
  form.scrollIntoView({ block: "center" });
  history.replaceState(history.state, "", location.pathname + location.search);
}
addEventListener("hashchange", asked);
mount("form[data-composer]", asked);
