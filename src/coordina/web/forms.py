"""Forms derived from actions: one for create, edit and every other action. They check nothing that the action does not.

A form reads what was typed in the person's own way of writing; the action's input decides what is right.
"""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coordina.accounts.models import User
from coordina.core.actions import Action
from coordina.core.formats import Formats
from coordina.core.records import Record
from coordina.core.refusals import Refusal, Text
from coordina.core.types import Condition, Field, Kind, RecordType, find_type
from coordina.web.access import may_list
from coordina.web.controls import Choose
from coordina.web.inputs import fields_of
from coordina.web.listpage import capital
from coordina.web.typed import read, written
from coordina.web.widgets import FEW, answered, widget_of


class Typed(forms.Field):
    """A field that hands on what was typed, as it was typed; `ActionForm` reads it."""

    def to_python(self, value: Any) -> str:
        """The text."""
        return "" if value is None else str(value)


class ActionForm(forms.Form):
    """The form of an action.

    Args:
        declared: The action.
        user: Who fills it.
        formats: Their way of writing.
        only: Names of the fields to show; all by default.
        values: Values to begin with, as the model holds them.
        **options: Of Django's form: `data`, `initial` (texts), `prefix`.
    """

    def __init__(
        self,
        declared: Action,
        *,
        user: User,
        formats: Formats,
        only: tuple[str, ...] = (),
        values: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> None:
        self.declared, self.formats, self.user = declared, formats, user
        closed = declared.closed_to(user)
        self.known = {n: f for n, f in fields_of(declared, user).items() if n not in closed and (not only or n in only)}
        self.along = {n: self.known.pop(n) for n in list(self.known) if self._waits(n, options)}
        texts = {n: written(f, (values or {}).get(n, _offered(f, formats)), formats) for n, f in self.known.items()}
        options["initial"] = texts | dict(options.get("initial") or {})
        super().__init__(**options)
        for name, field in self.known.items():
            self.fields[name] = self._field(field, user)
        if declared.verb == "edit" and values and self.is_bound:
            self._keep_unsent()

    def _waits(self, name: str, options: Mapping[str, Any]) -> bool:
        """Whether a field that people added is shown only once the action asks for it."""
        if not (self.declared.along and self.known[name].json_key):
            return False
        return name not in (options.get("data") or {}) and name not in (options.get("initial") or {})

    def _keep_unsent(self) -> None:
        """Let an answer that was not asked for stay as it is: the page was opened before there was such a field."""
        listed = {n for n, f in self.known.items() if f.kind in (Kind.BOOL, Kind.CHOICE) and answered(f, f.required)}
        unsent = {self.add_prefix(n): self.initial[n] for n in listed & self.initial.keys()}
        unsent = {name: value for name, value in unsent.items() if name not in self.data}
        if unsent:
            sent: Any = copy(self.data)
            sent.update(unsent)
            self.data = sent

    def _field(self, field: Field, user: User) -> Typed:
        label = capital(field.label)
        if field.visible_if is not None or field.required_if is not None:
            return self._conditional(field, user, label)
        return Typed(
            required=field.required,
            label=label,
            help_text=str(field.help),
            widget=widget_of(field, user, self.formats, required=field.required),
            error_messages={"required": _("%(field)s is missing.") % {"field": label}},
        )

    def _conditional(self, field: Field, user: User, label: str) -> Typed:
        """A field that depends on another: the words say so, and a script shows or marks it as that one changes."""
        hints = [str(field.help)] if field.help else []
        widget = widget_of(field, user, self.formats, required=False)
        if field.visible_if is not None:
            widget.attrs["data-shown-if"] = _told(field.visible_if)
            hints.append(_("Only for %(what)s.") % {"what": field.visible_if.words})
        if field.required_if is not None and field.required_if.field:
            widget.attrs["data-required-if"] = _told(field.required_if)
            hints.append(_("Required for %(what)s.") % {"what": field.required_if.words})
        return Typed(required=False, label=label, help_text=" ".join(hints), widget=widget)

    def among(self, obj: Record) -> None:
        """Offer only what fits the record that the action is about, where the other type says what does."""
        for name, field in self.known.items():
            far = find_type(field.to) if field.to else None
            fits = far.extra.get("among") if far is not None else None
            if far is None or fits is None or not may_list(self.user, far):
                continue
            rows: Any = far.model.objects
            found = rows.visible_to(self.user).filter(**fits(obj)).order_by(far.order, "pk")
            options = [(pk, str(label)) for pk, label in found.values_list("pk", far.model.title_column)]
            self.fields[name].widget = Choose(
                {} if len(options) <= FEW else {"data-combobox": ""}, [("", ""), *options]
            )

    def clean(self) -> dict[str, Any]:
        """Read every text; what cannot be read is said at its field."""
        read_values: dict[str, Any] = {}
        for name, field in self.known.items():
            if name in self.cleaned_data:
                try:
                    read_values[name] = read(field, self.cleaned_data[name], self.formats)
                except Refusal as wrong:
                    self.add_error(name, str(wrong))
        return read_values

    def untouched(self, name: str) -> bool:
        """Whether a field without a column still holds what the form began with."""
        return self.known[name].virtual and self.data.get(self.add_prefix(name), "") == self.initial.get(name)

    def told(self, refusal: Refusal) -> None:
        """Put what the action refused at the fields it is about; what belongs to none stands on top."""
        for name in [n for n in refusal.errors if n in self.along]:
            self.known[name] = self.along.pop(name)
            self.fields[name] = self._field(self.known[name], self.user)
        for name, messages in refusal.errors.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, message)

    def given(self) -> dict[str, Any]:
        """The values to hand to the action: what was left empty and may be is left out of a new record."""
        values: dict[str, Any] = dict(self.cleaned_data)
        if self.declared.verb == "edit":
            return values
        return {n: v for n, v in values.items() if v not in (None, "") or self.known[n].required}


@dataclass(frozen=True, slots=True)
class FormSection:
    """A titled group of bound fields.

    Attributes:
        folded: What is seldom known when a record is made: shown on demand, or when something there is wrong.
    """

    label: Text
    bound: list[forms.BoundField]
    folded: bool = False

    @property
    def wrong(self) -> bool:
        """Whether a field of it is refused."""
        return any(field.errors for field in self.bound)


def sections_of(form: ActionForm, known: RecordType) -> list[FormSection]:
    """The fields of create and edit in the sections of the type; those of other actions as the action has them."""
    left = dict.fromkeys(form.fields)
    later = known.extra.get("later", ()) if form.declared.verb == "create" else ()
    folded = [form[n] for n in later if n in left and not form.initial.get(n)]
    for bound in folded:
        del left[bound.name]
    found: list[FormSection] = []
    titled = known.sections if form.declared.verb in ("create", "edit") else ()
    for section in titled:
        names = [n for n in section.names if n in left]
        for name in names:
            del left[name]
        if names:
            found.append(FormSection(capital(section.label), [form[n] for n in names]))
    if left:
        found.append(FormSection(_("Other data") if found else "", [form[n] for n in left]))
    return [*found, FormSection(_("More fields"), folded, folded=True)] if folded else found


def initial_from(asked: Mapping[str, str], declared: Action) -> dict[str, str]:
    """Values that an address fills in: of the action's own fields only, and short ones."""
    return {n: str(asked[n])[:500] for n in fields_of(declared) if n in asked}


def _told(condition: Condition) -> str:
    """A condition for the script of forms: `stage:3,4`."""
    return f"{condition.field}:{','.join(str(v) for v in sorted(condition.values, key=str))}"


def _offered(field: Field, formats: Formats) -> Any:
    """What a field holds before anybody typed; «today» is the reader's day."""
    return formats.today if field.kind is Kind.DATE and field.default == "today" else field.default
