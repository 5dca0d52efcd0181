"""The form that people outside see: its fields as the lead has them, its boxes, a trap, and where they came from."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from coordina.core.formats import Formats, formats_of
from coordina.core.refusals import Refusal
from coordina.core.types import Kind
from coordina.web.forms import Typed
from coordina.web.listpage import capital
from coordina.web.widgets import widget_of
from coordina.webforms.askable import COMPLETE
from coordina.webforms.asking import Asked, asked_by, boxes_of
from coordina.webforms.marks import made
from coordina.webforms.models import FormConsent, WebForm
from coordina.webforms.receiving import Given
from coordina.webforms.rules import LONGEST_ORIGIN, UTM

MARK, TRAP = "form_mark", "your_homepage_again"
ORIGIN = (*UTM, "referrer", "page")
LONGEST_ANSWER = 20_000
INPUT_TYPES = {Kind.EMAIL: "email", Kind.PHONE: "tel", Kind.URL: "text"}


class PublicForm(forms.Form):
    """What a form asks for, bound to what was typed where something was.

    Args:
        form: The form's record.
        at: Now: a new mark is made.
        origin: Where the visitor came from, to be sent along.
        **options: Of Django's form.
    """

    def __init__(self, form: WebForm, *, at: datetime, origin: Mapping[str, str] | None = None, **options: Any) -> None:
        super().__init__(auto_id=f"f{form.pk or 0}_%s", **options)
        self.record, self.boxes = form, boxes_of(form)
        self.mark = made(form.pk or 0, at)
        self.origin = [(n, v) for n, v in (origin or {}).items() if v]
        self.formats = formats_of(form.language, "UTC", "EUR", at)
        for asked in asked_by(form):
            self.fields[asked.field.name] = field_of(asked, self.formats)
        for box in self.boxes:
            self.fields[f"consent_{box.pk}"] = _box(box)

    def asked(self) -> list[forms.BoundField]:
        """The fields of the lead."""
        return [self[n] for n in self.fields if not n.startswith("consent_")]

    def consents(self) -> list[forms.BoundField]:
        """The boxes."""
        return [self[n] for n in self.fields if n.startswith("consent_")]

    def told(self, refusal: Refusal) -> None:
        """Put what was refused at the fields it is about."""
        self.is_valid()
        for name, messages in refusal.errors.items():
            for message in messages if name not in self.errors else ():
                self.add_error(name if name in self.fields else None, message)


def field_of(asked: Asked, formats: Formats) -> Typed:
    """A field as the form asks for it; nothing in it is checked here, `receiving.check` does."""
    known = asked.field
    widget: Any = widget_of(known, None, formats, required=asked.required)
    widget.attrs["autocomplete"] = COMPLETE.get(known.name, "off")
    widget.attrs.pop("data-combobox", None)
    widget.attrs.pop("list", None)
    if known.kind in INPUT_TYPES:
        widget.input_type = INPUT_TYPES[known.kind]
    if known.kind in (Kind.CHOICE, Kind.COUNTRY, Kind.BOOL):
        widget.choices = [("", "—"), *[pair for pair in widget.choices if pair[0] != ""]]
    return Typed(
        required=False if known.kind is Kind.CHOICES else asked.required,
        label=asked.label or capital(known.label),
        help_text=asked.help,
        widget=widget,
        error_messages={"required": _("Please fill this in.")},
    )


def _box(box: FormConsent) -> forms.Field:
    """A box that nobody ticked beforehand; its words are the very ones that are kept."""
    return forms.BooleanField(
        required=box.required, label=_lines(box.shown), error_messages={"required": _("We need your consent for this.")}
    )


def _lines(text: str) -> SafeString:
    return format_html("{}", text)


def origin_of(asked: Mapping[str, str]) -> dict[str, str]:
    """Where a visitor came from, as address or form say it; short, and of the known names only."""
    return {n: asked[n][:LONGEST_ORIGIN] for n in ORIGIN if isinstance(asked.get(n), str) and asked[n]}


def given_of(form: WebForm, typed: Any, address: str) -> Given:
    """What one sending says: answers to what the form asks for, and nothing else."""
    answers = {}
    for asked in asked_by(form):
        many = asked.field.kind is Kind.CHOICES
        text = ",".join(typed.getlist(asked.field.name)) if many else typed.get(asked.field.name, "")
        answers[asked.field.name] = text.replace("\x00", "")[:LONGEST_ANSWER]
    ticked = frozenset(box.pk for box in boxes_of(form) if typed.get(f"consent_{box.pk}"))
    return Given(
        {n: t for n, t in answers.items() if t.strip()}, ticked, typed.get(TRAP, "")[:200], origin_of(typed), address
    )
