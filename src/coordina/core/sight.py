"""Which fields of a record type somebody may see and write: worked out here, once, and asked by every door.

A field is hidden by its own permission, by what an administrator chose for the role, with a field it is worked out
from, or with the reference or far field it reaches over. What is known stays with the actor (`sights`) for as long as
role and definitions are the same: users are read anew when the permission stamp moves, fields when their mark does.
"""

import copy
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

from django.db import models

from coordina.core.actors import Shut
from coordina.core.added import COLUMN
from coordina.core.records import Record
from coordina.core.types import GROWN, Condition, Field, Kind, RecordType, Sight, find_type, relabelled


def sight_of(known: RecordType, actor: Any) -> Sight:
    """What somebody may see and write of the fields of a record type."""
    kept: dict[str, tuple[Mapping[str, Field], Sight]] | None = getattr(actor, "sights", None)
    held = kept.get(known.name) if kept is not None else None
    fields = known.fields
    if held is not None and held[0] is fields:
        return held[1]
    made = _made(known, actor)
    if kept is not None:
        kept[known.name] = (fields, made)
    return made


def kept[T](known: RecordType, actor: Any, what: Hashable, make: Callable[[], T]) -> T:
    """Something that follows from a person's permissions and the fields of a type alone, worked out once like a sight.

    Args:
        known: The record type.
        actor: Whose permissions count; with what they are kept.
        what: Names it; few values, with the language where words are in it.
        make: Works it out. What it gives is shared and must not be changed.
    """
    held: dict[Any, tuple[Mapping[str, Field], T]] | None = getattr(actor, "sights", None)
    if held is None:
        return make()
    found = held.get((known.name, what))
    if found is not None and found[0] is known.fields:
        return found[1]
    fields, made = known.fields, make()
    held[known.name, what] = (fields, made)
    return made


def _made(known: RecordType, actor: Any) -> Sight:
    shut = actor.shut(known.name)
    hidden = frozenset(name for name, field in known.fields.items() if is_hidden(known, field, actor))
    seen = {n: _plain(f, hidden) for n, f in known.fields.items() if n not in hidden}
    grown = GROWN.get(known.name)
    gone = {n: f for n, f in grown.retired.items() if not is_hidden(known, f, actor)} if grown is not None else {}
    closed = hidden | {n for n, how in shut.items() if how == Shut.READ}
    editable = {n: seen[n] for n in known.editable if n in seen and n not in closed}
    return Sight(seen, seen | gone, editable, closed, hidden)


def _plain(field: Field, hidden: frozenset[str]) -> Field:
    """A field without conditions that would tell of a hidden one; who may write checks them all the same."""
    if not hidden or not (_tells(field.visible_if, hidden) or _tells(field.required_if, hidden)):
        return field
    return relabelled(field, visible_if=None, required_if=None)


def _tells(condition: Condition | None, hidden: frozenset[str]) -> bool:
    return condition is not None and condition.field in hidden


def is_hidden(known: RecordType, field: Field, actor: Any) -> bool:
    """Whether somebody may not see a field: on its own account, or on that of what it tells of."""
    if field.permission and not actor.may(field.permission):
        return True
    if actor.shut(known.name).get(field.name) == Shut.HIDDEN:
        return True
    if any(is_hidden(known, known.fields[name], actor) for name in field.worked_from if name in known.fields):
        return True
    return "__" in field.path and not field.many and not field.virtual and _hidden_beyond(known, field, actor)


def _hidden_beyond(known: RecordType, field: Field, actor: Any) -> bool:
    """Whether a reference on the way of a field, or what it reaches there, is hidden."""
    here: RecordType | None = known
    for step in field.path.split("__"):
        about = next((f for f in here.fields.values() if f.path == step and not f.virtual), None) if here else None
        if here is None or about is None:
            return False
        if is_hidden(here, about, actor):
            return True
        here = find_type(about.to) if about.to is not None else None
    return False


def hidden_columns(known: RecordType, actor: Any) -> frozenset[str]:
    """Attributes of records, and ORM paths, that hold what somebody may not see; nothing for nearly everybody."""
    sight = known.sight(actor)
    if not sight.hidden:
        return frozenset()
    found: set[str] = set()
    for name in sight.hidden:
        field = known.fields[name]
        if field.kind is Kind.REF and not field.json_key:
            found |= {field.path, f"{field.path}_id", field.title_path}
        else:
            found.add(field.json_key or field.path)
    return frozenset(found - {""})


def blanked(values: Mapping[str, Any], known: RecordType, actor: Any) -> Mapping[str, Any]:
    """Columns of one record by attribute name or ORM path, with what somebody may not see emptied."""
    gone = hidden_columns(known, actor)
    if not gone:
        return values
    return {n: _nothing(v) if n in gone or n.split("__")[0] in gone else v for n, v in values.items()}


def veiled[R: Record](obj: R, known: RecordType, actor: Any) -> R:
    """A record as somebody may see it, for pages written by hand: hidden values are empty in a copy.

    The record itself where nothing is hidden. The copy is for showing: it cannot be saved.
    """
    gone = hidden_columns(known, actor)
    if not gone:
        return obj
    shown = copy.copy(obj)
    shown._state = copy.copy(obj._state)
    shown._state.fields_cache = dict(getattr(obj._state, "fields_cache", {}))
    for column in type(obj)._meta.concrete_fields:
        if column.name in gone or column.attname in gone:
            shown.__dict__[column.attname] = empty_of(column)
            shown._state.fields_cache.pop(column.name, None)
    added = shown.__dict__.get(COLUMN)
    if added:
        shown.__dict__[COLUMN] = {n: v for n, v in added.items() if n not in gone}
    shown.__dict__ |= {"save": _refuse, "save_base": _refuse, "delete": _refuse}
    return shown


def _refuse(*args: Any, **options: Any) -> None:
    raise TypeError("a veiled record is for showing")


def empty_of(column: models.Field[Any, Any]) -> Any:
    """What a column shows where its value is hidden."""
    return "" if isinstance(column, models.CharField | models.TextField) else None


def _nothing(value: Any) -> Any:
    return "" if isinstance(value, str) else None


def written_names(names: Iterable[str], known: RecordType | None, actor: Any) -> list[str]:
    """Those of some names that somebody may not write: for them they are no fields."""
    closed = known.sight(actor).closed if known is not None else frozenset()
    return [name for name in names if name in closed]
