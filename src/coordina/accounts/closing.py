"""Which fields a role may be closed, and what is said of it: the rules of the settings page and of its action."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from coordina.core.actions import standard
from coordina.core.actors import Shut
from coordina.core.records import Record
from coordina.core.refusals import Refusal, Text
from coordina.core.types import TYPES, Field, RecordType

type Closed = Mapping[str, Mapping[str, str]]
"""By name of a record type, how fields are closed, by name: as `Role.fields` keeps it."""

WAYS: dict[str, Text] = {
    "": pgettext_lazy("field of a role", "sees and writes"),
    Shut.READ: pgettext_lazy("field of a role", "only reads"),
    Shut.HIDDEN: pgettext_lazy("field of a role", "does not see"),
}
SEEN: Text = pgettext_lazy("field of a role", "sees")
"""The first way, of a field that nobody writes."""


def closable_types() -> list[RecordType]:
    """The nouns of daily work, which people search, each followed by its parts: what roles may be closed fields of."""
    daily = [known for known in TYPES if known.searchable and not known.setting and not known.within]
    parts = [known for known in TYPES if known.within]
    return [each for known in daily for each in (known, *(p for p in parts if whole_of(p) is known.model))]


def whole_of(known: RecordType) -> type[Record] | None:
    """The model that a part belongs to."""
    found: Any = known.model._meta.get_field(known.within).related_model if known.within else None
    return found


def closable(known: RecordType) -> dict[str, Field]:
    """The fields of a type that a role may be closed somehow: those it has itself, not what is worked out from them."""
    return {name: field for name, field in known.fields.items() if len(ways_of(known, field)) > 1}


def ways_of(known: RecordType, field: Field) -> list[str]:
    """How a field may be closed, beginning with not at all."""
    passing = field.virtual and not (field.editable or field.many)  # only imports know it
    beside = field.permission and any(f.currency == field.name for f in known.fields.values())  # goes with its amount
    if field.far or field.worked_from or passing or beside:
        return [""]
    found = ["", *([Shut.READ] if field.editable else [])]
    return found if field.name in known.fixed else [*found, Shut.HIDDEN]


def checked(closed: Closed, reach: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What is closed to a role, as it is kept: what is not closed is left out.

    Args:
        closed: As it was asked for.
        reach: What the role may do: who makes records must be able to write what these need.

    Raises:
        Refusal: For a field that there is not, or that cannot be closed like this.
    """
    types = {known.name: known for known in closable_types()}
    kept: dict[str, dict[str, str]] = {}
    for noun, fields in closed.items():
        known = types.get(noun)
        for name, how in fields.items():
            field = known.fields.get(name) if known is not None else None
            if known is None or field is None or how not in ways_of(known, field):
                raise Refusal("field", _("A role cannot be closed this field like that."), field="fields")
            if how and _needed(known, field, reach):
                words = {"field": _capital(field.label), "noun": known.plural}
                message = _("Who creates %(noun)s must be able to write “%(field)s”: it is required.")
                raise Refusal("required", message % words, field="fields")
            if how:
                kept.setdefault(noun, {})[name] = str(how)
    return {noun: dict(sorted(fields.items())) for noun, fields in sorted(kept.items())}


def _needed(known: RecordType, field: Field, reach: Mapping[str, str]) -> bool:
    """Whether somebody with this reach makes records that must have a value which nobody else gives."""
    made = standard(known.model, "create")
    if made is None or made.permission not in reach or field.default is not None or not field.editable:
        return False
    if field.name in (known.writer.owner, known.within):
        return False
    return field.required or field.required_if is not None


def exceeds(closed: Closed, limit: Closed) -> bool:
    """Whether some field is more open under one than under another."""
    rank = {"": 0, Shut.READ: 1, Shut.HIDDEN: 2}
    return any(
        rank.get(closed.get(noun, {}).get(name, ""), 0) < rank.get(how, 0)
        for noun, fields in limit.items()
        for name, how in fields.items()
    )


def differences(before: Closed | None, after: Closed | None) -> list[tuple[str, str, str]]:
    """What changed between two states of a role: field, and how it is closed before and after, all in words."""
    old, new = before or {}, after or {}
    found = []
    for noun in dict.fromkeys((*old, *new)):
        known = TYPES.get(noun)
        names = dict.fromkeys((*old.get(noun, {}), *new.get(noun, {})))
        for name in names:
            was, now = old.get(noun, {}).get(name, ""), new.get(noun, {}).get(name, "")
            field = known.fields.get(name) if known is not None else None
            if was == now:
                continue
            label = _("%(noun)s: %(field)s") % {
                "noun": _capital(known.plural) if known is not None else noun,
                "field": str(field.label) if field is not None else name,
            }
            found.append((label, _word(was, field), _word(now, field)))
    return found


def _word(how: str, field: Field | None) -> str:
    """A way in words."""
    return str(SEEN if not how and field is not None and not field.editable else WAYS.get(how, how))


def _capital(text: object) -> str:
    return f"{text}"[:1].upper() + f"{text}"[1:]
