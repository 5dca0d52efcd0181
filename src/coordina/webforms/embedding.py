"""How a site shows a form: the script it loads, and the lines to be put into a page."""

from typing import Any

from django.conf import settings
from django.forms import CheckboxSelectMultiple
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _

from coordina.activity.mail import link
from coordina.webforms.models import WebForm
from coordina.webforms.publicform import PublicForm

SCRIPT = f"{settings.STATIC_URL}webforms/embed.js"
"""The script that sites load, by the one of its names that stays the same when it changes."""


def address_of(form: WebForm) -> str:
    """The public address of a form."""
    return link(reverse("webforms:form", args=(form.slug,)))


def snippet(form: WebForm) -> str:
    """Lines for a page: a script that puts the form where it stands; without scripts a frame, or a link in it."""
    url, title = escape(address_of(form)), escape(form.title or form.name)
    source = escape(link(SCRIPT))
    return (
        f'<script src="{source}" data-form="{url}" data-title="{title}" async></script>\n'
        f'<noscript><iframe src="{url}?embedded" title="{title}" width="100%" height="720"></iframe></noscript>'
    )


def plain(form: WebForm, drawn: PublicForm) -> str:
    """A form in plain HTML, to be dressed by the site itself: our page asks once more before it is sent."""
    lines = [f'<form action="{escape(address_of(form))}" method="post" accept-charset="utf-8">']
    for bound in drawn.asked():
        need = " required" if bound.field.required else ""
        label, name, widget = escape(str(bound.label)), escape(bound.html_name), bound.field.widget
        if isinstance(widget, CheckboxSelectMultiple):
            lines.append(f"  <fieldset><legend>{label}</legend>{_boxes(name, widget)}</fieldset>")
            continue
        if hasattr(widget, "choices"):
            control = f'<select name="{name}"{need}>{_options(widget)}</select>'
        elif widget.attrs.get("rows"):
            control = f'<textarea name="{name}"{need}></textarea>'
        else:
            kind = getattr(widget, "input_type", "text")
            control = f'<input type="{escape(kind)}" name="{name}"{need}>'
        lines.append(f"  <label>{label} {control}</label>")
    button = escape(form.button or _("Send"))
    return "\n".join([*lines, f"  <button>{button}</button>", "</form>"])


def _options(widget: Any) -> str:
    return "".join(f'<option value="{escape(str(v))}">{escape(str(label))}</option>' for v, label in widget.choices)


def _boxes(name: str, widget: Any) -> str:
    box = f'<label><input type="checkbox" name="{name}" value="'
    return "".join(f'{box}{escape(str(v))}"> {escape(str(label))}</label>' for v, label in widget.choices)
