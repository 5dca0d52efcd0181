"""The parts of a record's page that repeat, drawn as strings: a template takes ten times as long for each of them."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordina.web import html


def facts_html(facts: Iterable[Any]) -> SafeString:
    """The key facts in the head of a record; values as `recordpage.Value`."""
    drawn = "".join(f"<div><dt>{escape(v.label)}</dt><dd{_number(v)}>{_linked(v)}</dd></div>" for v in facts)
    return SafeString(f'<dl class="facts">{drawn}</dl>')


def sections_html(sections: Iterable[Any]) -> SafeString:
    """The fields in their sections; those still empty stand behind a fold. Sections as `recordpage.ValueSection`."""
    return SafeString("".join(_section(section) for section in sections))


def _section(section: Any) -> str:
    filled, empty = section.filled, section.empty
    if not (filled or empty):
        return ""
    out = [f'<section class="sheet"><header><h2>{escape(str(section.label))}</h2></header>']
    if filled:
        out += ['<dl class="pairs">', *(_pair(value) for value in filled), "</dl>"]
    if empty:
        said = ngettext("%(number)s still empty", "%(number)s still empty", len(empty)) % {"number": len(empty)}
        out += [f'<details class="pairs-empty"><summary>{escape(said)}</summary><dl class="pairs">']
        out += [f"<dt>{escape(v.label)}</dt><dd{_edited(v)}>—</dd>" for v in empty]
        out.append("</dl></details>")
    out.append("</section>")
    return "".join(out)


def _pair(value: Any) -> str:
    whole = ' class="whole"' if value.long else ""
    look = _number(value) or whole
    return f"<dt{whole}>{escape(value.label)}</dt><dd{_edited(value)}{look}>{_linked(value)}</dd>"


def _number(value: Any) -> str:
    return ' class="num"' if value.right else ""


def _edited(value: Any) -> str:
    return f' data-edit-url="{escape(value.edit_url)}" tabindex="0"' if value.edit_url else ""


def _linked(value: Any) -> str:
    return f'<a href="{escape(value.url)}">{value.html}</a>' if value.url else str(value.html)


def path_html(steps: Sequence[Mapping[str, Any]], label: str, token: str) -> SafeString:
    """The large path of a record or an import: arguments as of the tag `stage_path`, and the token of its forms."""
    drawn = "".join(_step(step, token) for step in steps)
    head = f'<div class="path-scroll" tabindex="0" role="group" aria-label="{escape(label)}">'
    return SafeString(f'{head}<ol class="path">{drawn}</ol></div>')


def _step(step: Mapping[str, Any], token: str) -> str:
    state, name = step.get("state", ""), escape(str(step["name"]))
    now = ' aria-current="step"' if state in ("now", "late") else ""
    if step.get("action"):
        held = {"csrfmiddlewaretoken": token, **step.get("fields", {})}
        hidden = "".join(f'<input type="hidden" name="{n}" value="{escape(str(v))}">' for n, v in held.items())
        title = escape(_("Move to %(name)s") % {"name": step["name"]})
        button = f'<button class="path-label"{now} title="{title}">{name}</button>'
        inner = f'<form method="post" action="{escape(step["action"])}">{hidden}{button}</form>'
    elif step.get("url"):
        inner = f'<a class="path-label" href="{escape(step["url"])}"{now}>{name}</a>'
    else:
        inner = f'<span class="path-label"{now}>{name}</span>'
    note = f"<small>{escape(str(step['note']))}</small>" if step.get("note") else ""
    done = f'<span class="vh">{escape(_("done"))}</span>' if state == "done" else ""
    node = f'<span class="node">{html.icon("check") if state == "done" else ""}</span>'
    look = f' class="{escape(state)}"' if state else ""
    return f"<li{look}>{node}{inner}{note}{done}</li>"


def panel_html(title: Any, url: str) -> SafeString:
    """The place of a panel that is fetched when the page is there."""
    link = f'<a href="{escape(url)}">{escape(str(title))}</a>'
    fetch = f'hx-get="{escape(url)}" hx-trigger="load" hx-swap="outerHTML"'
    return SafeString(f'<div {fetch}><section class="sheet"><header><h2>{link}</h2></header></section></div>')
