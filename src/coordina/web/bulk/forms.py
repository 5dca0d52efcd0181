"""What is typed for many records at once: each field of an edit with what is to become of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from coordina.accounts.models import User
from coordina.core.formats import Formats
from coordina.core.types import Field, Kind, RecordType
from coordina.ledger.doors import emptied, validated
from coordina.records.bulk.order import appendable
from coordina.web.bulk.choices import Choice
from coordina.web.controls import Choose
from coordina.web.forms import ActionForm

KEEP, SET, CLEAR, ADD, REMOVE = "keep", "set", "clear", "add", "remove"
MODE = "mode_"
"""Before the name of a field: what is to become of it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One field of a bulk edit: what is to become of it, and the value."""

    field: Field
    mode: forms.BoundField
    value: forms.BoundField


class BulkForm(ActionForm):
    """The form of an action for many records; the fields of an edit say each what is to become of it.

    Args:
        choice: What is to be done.
        known: The record type.
        **options: Of `ActionForm`.
    """

    def __init__(self, choice: Choice, known: RecordType, *, user: User, formats: Formats, **options: Any) -> None:
        self.choice, self.type = choice, known
        names = fields_of(choice, known, user) if choice.declared.patch else ()
        super().__init__(choice.declared, user=user, formats=formats, only=names, **options)
        if choice.declared.patch:
            for name, field in self.known.items():
                self.fields[name].required = False
                offered = modes_of(field, known)
                begin = KEEP if not choice.only else ADD if field.kind is Kind.TAGS else SET
                self.fields[f"{MODE}{name}"] = forms.ChoiceField(
                    choices=offered, initial=begin, label=str(field.label), required=False, widget=Choose({}, offered)
                )

    @property
    def lines(self) -> list[Line]:
        """The fields of an edit."""
        return [Line(field, self[f"{MODE}{name}"], self[name]) for name, field in self.known.items()]

    def clean(self) -> dict[str, Any]:
        """Read every text that is to be used."""
        if not self.declared.patch:
            return super().clean()
        modes = {name: self.cleaned_data.get(f"{MODE}{name}") or KEEP for name in self.known}
        kept = {n: f for n, f in self.known.items() if modes[n] in (SET, ADD, REMOVE)}
        everything, self.known = self.known, kept
        values = super().clean()
        self.known = everything
        for name in kept:
            if name in values and values[name] in (None, "", []):
                self.add_error(name, _("Write the value, or choose something else."))
        if not kept and CLEAR not in modes.values():
            raise forms.ValidationError(_("Say for at least one field what is to become of it."))
        return {"modes": modes, "values": values}

    def order(self) -> dict[str, Any]:
        """The order as a run keeps it, checked.

        Raises:
            Refusal: At the fields that are wrong.
        """
        if not self.declared.patch:
            return {"set": _json(self.declared, self.given())}
        modes, values = self.cleaned_data["modes"], self.cleaned_data["values"]
        given = {n: values[n] for n, mode in modes.items() if mode == SET}
        given |= {n: _nothing(self.known[n]) for n, mode in modes.items() if mode == CLEAR}
        emptied(self.declared, given)
        said = {mode: {n: values[n] for n, m in modes.items() if m == mode} for mode in (ADD, REMOVE)}
        return {"set": _json(self.declared, given)} | {mode: part for mode, part in said.items() if part}


def _json(declared: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = validated(declared, data).model_dump(mode="json", exclude_unset=True)
    return found


def _nothing(field: Field) -> Any:
    return [] if field.kind is Kind.TAGS else None


def fields_of(choice: Choice, known: RecordType, user: User) -> tuple[str, ...]:
    """The fields that many records may be given alike: not their names, nor what only single ones have."""
    if choice.only:
        return (choice.only,)
    return tuple(
        n
        for n, f in known.sight(user).editable.items()
        if n != known.title and (not f.virtual or f.kind is Kind.TAGS) and not _unique(known, n)
    )


def _unique(known: RecordType, name: str) -> bool:
    return any(c.name == name and c.unique for c in known.model._meta.concrete_fields)


def modes_of(field: Field, known: RecordType) -> list[tuple[str, str]]:
    """What may become of a field."""
    found = [(KEEP, _("Leave as it is")), (SET, _("Set to"))]
    if field.kind is Kind.TAGS:
        found += [(ADD, _("Add")), (REMOVE, _("Take off"))]
    elif appendable(field.kind):
        found.append((ADD, _("Add a line")))
    if not field.required and field.name != known.writer.owner and _clearable(field, known):
        found.append((CLEAR, _("Clear")))
    return found


def _clearable(field: Field, known: RecordType) -> bool:
    column = next((c for c in known.model._meta.concrete_fields if c.name == field.path), None)
    return column is None or column.null or (column.blank and column.empty_strings_allowed)
