"""The parts of a list that repeat, drawn as strings: a template takes ten times as long for each option."""

from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from html import escape

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from coordina.core import growing
from coordina.core.types import RecordType, by_url
from coordina.web import html
from coordina.web.conditions import Choice
from coordina.web.sentences import Option, Say

_VALUE, _CONTENT = "\ue000", "\ue001"


@cache
def _say_around(changed: bool) -> tuple[str, str, str]:
    """The partial `say.html`, cut where value and content stand."""
    whole = render_to_string("web/parts/say.html", {"value": _VALUE, "content": _CONTENT, "changed": changed})
    before, rest = whole.split(_VALUE)
    between, after = rest.split(_CONTENT)
    return before, between, after


def sentence_html(parts: Sequence[Say]) -> SafeString:
    """The filter sentence."""
    out: list[str] = []
    for part in parts:
        if part.edge == "open":
            out.append('<span class="say-group">')
            continue
        if part.edge == "close":
            label = escape(gettext("What may be done with the group"))
            summary = (
                f'<summary class="say-more" aria-label="{label}" title="{label}">{html.icon("dots", "s")}</summary>'
            )
            options = "".join(_option(o) for o in part.options)
            out.append(f'<details class="menu" data-menu>{summary}<div class="pop">{options}</div></details></span> ')
            continue
        if part.word:
            out.append(f'<span class="say-word">{escape(part.text)}</span> ')
            continue
        before, between, after = _say_around(part.changed)
        out += (before, escape(part.text), between, *(_option(o) for o in part.options), after, " ")
    return SafeString("".join(out))


def _option(option: Option) -> str:
    current = ' aria-current="true"' if option.current else ""
    icon = html.icon(option.icon, "s") if option.icon else ""
    load = ""
    if option.load:
        trigger = "toggle from:closest details once"
        load = f' hx-get="{escape(option.load)}" hx-trigger="{trigger}" hx-swap="outerHTML" hx-target="this"'
    return f'<a class="option" href="{escape(option.url)}"{current}{load}>{icon}{escape(str(option.label))}</a>'


def options_html(options: Sequence[Option]) -> SafeString:
    """Options alone, as they take the place of one that loads them."""
    return SafeString("".join(_option(o) for o in options))


@lru_cache(maxsize=256)
def _labels(url: str, language: str | None, generation: int) -> dict[str, str]:
    known = by_url(url)
    assert known is not None
    labels = {name: str(f.label) for name, f in known.fields.items()}
    return {name: escape(label[:1].upper() + label[1:]) for name, label in labels.items()}


def labels_of(known: RecordType) -> dict[str, str]:
    """Escaped labels of a type's fields in the active language, looked up once a process."""
    return _labels(known.url, get_language(), growing.generation())


def addable_html(known: RecordType, names: Sequence[str], base: str) -> SafeString:
    """Links that open the condition form of each field.

    Args:
        known: The record type.
        names: Fields the person may filter by.
        base: The address of the list as it is.
    """
    links = _addable(known.url, tuple(names), get_language(), growing.generation())
    return SafeString(links.replace(_VALUE, escape(f"{base}{'&' if '?' in base else '?'}add=")))


@lru_cache(maxsize=256)
def _addable(url: str, names: tuple[str, ...], language: str | None, generation: int) -> str:
    labels = _labels(url, language, generation)
    return "".join([f'<a class="option" href="{_VALUE}{name}">{labels[name]}</a>' for name in names])


def groups_html(known: RecordType, names: Sequence[str], current: str, url: Callable[[str], str]) -> SafeString:
    """Links that put the rows together by a field, first by none.

    Args:
        known: The record type.
        names: Fields that rows may be put together by.
        current: The one in force; empty for none.
        url: From a name to the address of the list put together by it.
    """
    labels = labels_of(known)
    pairs = (("", escape(gettext("No groups"))), *((name, labels[name]) for name in names))
    mark = ' aria-current="true"'
    return SafeString(
        "".join(
            [
                f'<a class="option" href="{escape(url(name))}"{mark if name == current else ""}>{label}</a>'
                for name, label in pairs
            ]
        )
    )


def columns_html(choices: Sequence[Choice]) -> SafeString:
    """Boxes to choose columns with."""
    return _columns(tuple((c.value, str(c.label), c.current) for c in choices), get_language())


@lru_cache(maxsize=256)
def _columns(choices: tuple[tuple[str, str, bool], ...], language: str | None) -> SafeString:
    """Boxes to choose columns with, in an order that can be changed by dragging or with two buttons."""
    up, down = escape(gettext("Further to the front")), escape(gettext("Further to the back"))
    wide = escape(gettext("Width in pixels"))
    grip, above, below = html.icon("grip-vertical", "s"), html.icon("chevron-up", "s"), html.icon("chevron-down", "s")
    return SafeString(
        "".join(
            [
                f'<li class="row" data-sort-item><span class="grip needs-js" aria-hidden="true">{grip}</span>'
                f'<label class="row grow"><input type="checkbox" class="check" name="cols" value="{value}"'
                f"{' checked' if current else ''}> <span>{label}</span></label>"
                '<input type="number" class="input input-s num needs-js" data-col-width placeholder="px" min="60"'
                ' max="900" step="20"'
                f' value="{value.partition(":")[2]}" aria-label="{label}: {wide}" title="{wide}">'
                f'<button type="button" class="icon-btn small needs-js" data-sort-up aria-label="{label}: {up}">'
                f'{above}</button><button type="button" class="icon-btn small needs-js" data-sort-down'
                f' aria-label="{label}: {down}">{below}</button></li>'
                for value, label, current in choices
            ]
        )
    )


def headers_html(headers: Sequence[tuple[str, str, str, bool, str]]) -> SafeString:
    """The head of the table: label (escaped), address that sorts, how it is sorted, its side, name of the column."""
    out: list[str] = []
    for label, url, state, right, name in headers:
        cls = ' class="right"' if right else ""
        aria = f' aria-sort="{state}"' if state else ""
        arrow = " " + html.icon("arrow-up" if state == "ascending" else "arrow-down", "xs") if state else ""
        inner = f'<a href="{escape(url)}">{label}{arrow}</a>' if url else label
        out.append(f'<th scope="col"{cls}{aria} data-col="{name}">{inner}</th>')
    return SafeString("".join(out))
