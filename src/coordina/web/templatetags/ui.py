"""Template tags for the pieces every page is made of: ``{% load ui %}``.

Single pieces call :mod:`coordina.web.html`. Blocks (``{% sheet %}…{% endsheet %}``) render the partial of the same name
in ``web/parts``, with what stands between the tags as ``content``.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select, Widget
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from coordina.web import html
from coordina.web.recordbits import path_html
from coordina.web.tokens import token_of

register = template.Library()

register.simple_tag(html.icon, name="icon")
register.simple_tag(html.avatar, name="avatar")
register.simple_tag(html.company_avatar, name="company_avatar")
register.simple_tag(html.person, name="person")
register.simple_tag(html.badge, name="badge")
register.simple_tag(html.thread, name="thread")
register.simple_tag(html.stage, name="stage")
register.simple_tag(html.bar, name="bar")
register.simple_tag(html.split_bar, name="split_bar")
register.filter("highlighted", html.highlighted)

FRAMES = 1000
"""Parts of the shell that a process keeps."""
HOLE = "-what-is-put-in-for-every-page-"
_frames: dict[tuple[Any, ...], str] = {}

UNDO = "undo:"
"""Prefix of the extra tag that carries the address which undoes what a message tells."""


@register.filter
def initials(name: str) -> str:
    """First letters of a name."""
    return html.initials(name)


@register.simple_tag(takes_context=True)
def stage_path(context: template.Context, steps: Sequence[Mapping[str, Any]], label: str = "") -> SafeString:
    """The large path of a record or an import.

    Args:
        context: Of the page.
        steps: One mapping a node: ``name``, ``state`` ("done", "now", "late" or ""), ``note`` (line under the name) and
            optionally ``action`` (address to POST to) with ``fields`` (hidden inputs), or ``url`` (address to open).
        label: What the path is, read aloud.
    """
    token = str(context.get("csrf_token") or "") if any(step.get("action") for step in steps) else ""
    return path_html(steps, label or gettext("Stage"), token)


@register.inclusion_tag("web/parts/crumbs.html")
def crumbs(*pairs: str) -> dict[str, Any]:
    """The way back: alternately a label and its address, from the top down, without the page itself."""
    return {"crumbs": list(zip(pairs[::2], pairs[1::2], strict=True))}


@register.inclusion_tag("web/parts/field.html")
def field(bound: BoundField, label: str = "", hint: str = "") -> dict[str, Any]:
    """A form field: label, control, hint and errors, tied together for screen readers.

    Args:
        bound: The field of a Django form.
        label: Another label than the field's own.
        hint: Another hint than the field's own.
    """
    widget = bound.field.widget
    single = isinstance(widget, CheckboxInput)
    many = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    cls = "" if many else "check" if single else "input"
    own = widget.attrs.get("class", "")
    return {
        "bound": bound,
        "control": bound.as_widget(attrs={"class": f"{cls} {own}".strip()} if cls or own else {}),
        "label": label or bound.label,
        "hint": hint or bound.help_text,
        "optional": not (bound.field.required or _settled(widget)),
        "single": single,
        "many": many,
    }


def _settled(widget: Widget) -> bool:
    """Whether a field always says something: a list of choices whose first one has a value or a word of its own."""
    if not isinstance(widget, Select) or getattr(widget, "allow_multiple_selected", False):
        return False
    first = next(iter(widget.choices), ("", ""))
    return first[0] not in ("", None) or str(first[1]).strip("—- ") != ""


@register.simple_tag(takes_context=True)
def toast_of(context: template.Context, message: Message) -> SafeString:
    """A message of Django's messages framework as a toast; ``extra_tags="undo:<address>"`` adds *Undo*."""
    extra = message.extra_tags or ""
    undo = next((tag.removeprefix(UNDO) for tag in extra.split() if tag.startswith(UNDO)), "")
    tone = "warn" if message.level_tag in {"warning", "error"} else ""
    return _part(context, "toast", {"text": message.message, "undo_url": undo, "tone": tone})


@register.simple_tag(takes_context=True)
def frame(context: template.Context, name: str) -> SafeString:
    """A part of the shell that changes only with the person, their role, the company and the place they are at.

    It is drawn once for each of these and kept; the token of its forms is put in for every page.
    """
    request, nav = context["request"], context.get("nav")
    user, company = request.user, request.organization
    role = getattr(user, "role", None)
    key = (
        *(name, get_language(), user.pk, getattr(user, "version", 0)),
        *((role.pk, role.version) if role is not None else ()),
        company.version if company is not None else 0,
        tuple((p.url, p.current, p.count, p.alarm) for p in nav) if nav is not None else (),
    )
    known = _frames.get(key)
    if known is None:
        if len(_frames) >= FRAMES:
            _frames.clear()
        inner = context.new({"request": request, "nav": nav, "csrf_token": HOLE})
        known = _frames[key] = str(_template(name).render(inner))
    return SafeString(known.replace(HOLE, str(token_of(request))))


def _part(context: template.Context, name: str, values: dict[str, Any]) -> SafeString:
    """A partial with its own values, inside the page that is being drawn: no context processor runs again."""
    inner = context.new(values)
    if (token := context.get("csrf_token")) is not None:
        inner["csrf_token"] = token
    return _template(name).render(inner)


@cache
def _template(name: str) -> template.base.Template:
    return get_template(f"web/parts/{name}.html").template  # type: ignore[attr-defined]  # the backend's wrapper has it


@register.simple_block_tag(takes_context=True)
def sheet(
    context: template.Context, content: str, title: str = "", count: object = "", note: str = "", cls: str = ""
) -> SafeString:
    """A white sheet with an optional heading, count and a faint note at the right."""
    values = {"content": content, "title": title, "count": count, "note": note, "cls": cls}
    return _part(context, "sheet", values)


@register.simple_block_tag(takes_context=True)
def empty(context: template.Context, content: str, title: str, text: str = "", icon: str = "") -> SafeString:
    """An empty state: what will be here, why it helps; between the tags stand the buttons."""
    return _part(context, "empty", {"content": content, "title": title, "text": text, "icon": icon})


@register.simple_block_tag(takes_context=True)
def callout(context: template.Context, content: str, tone: str = "info", icon: str = "alert-circle") -> SafeString:
    """A tinted note with an icon; at most one a page."""
    return _part(context, "callout", {"content": content, "tone": tone, "icon": icon})


@register.simple_block_tag(takes_context=True)
def menu(
    context: template.Context,
    content: str,
    label: str,
    icon: str = "dots",
    cls: str = "btn btn-icon",
    text: bool = False,
    end: bool = True,
) -> SafeString:
    """A button that opens a list of ``.option`` links or buttons; works without scripts as ``<details>``.

    Args:
        context: Of the page.
        content: The options.
        label: Name of the button.
        icon: Its icon; "" for none.
        cls: Classes of the button.
        text: Whether the label is shown, or only spoken.
        end: Whether the list is aligned with the button's right edge.
    """
    values = {"content": content, "label": label, "icon": icon, "cls": cls, "text": text, "end": end}
    return _part(context, "menu", values)


@register.simple_block_tag(takes_context=True)
def say(context: template.Context, content: str, value: str, changed: bool = False) -> SafeString:
    """One changeable value of a filter sentence; between the tags stands what the list offers."""
    return _part(context, "say", {"content": content, "value": value, "changed": changed})


@register.simple_block_tag(takes_context=True)
def dialog(
    context: template.Context, content: str, title: str, id: str = "dialog", open: bool = False, wide: bool = False
) -> SafeString:
    """A ``<dialog>``; fragments that htmx loads into ``#dialog-host`` open by themselves."""
    values = {"content": content, "title": title, "id": id, "open": open, "wide": wide}
    return _part(context, "dialog", values)
