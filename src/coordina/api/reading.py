"""Records as JSON: fields read by columns for a whole page, as pages of lists do, with what the reader may see."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from coordina.accounts.models import User
from coordina.core import jsonvalues
from coordina.core.cells import Path
from coordina.core.filters import BadFilter
from coordina.core.keyset import rows
from coordina.core.types import Field, Kind, RecordType
from coordina.records.bulk.order import words_on
from coordina.records.grouping import chosen, shown_to
from coordina.records.models import Hanger
from coordina.web.values import paths_of

MOST_FIELDS = 60
ALWAYS = ("id", "version", "created_at", "changed_at")
"""What every record has."""

type Load = Callable[[Sequence[Any]], Any]


@dataclass(frozen=True, slots=True)
class Reader:
    """How one member of the JSON comes out of columns.

    Attributes:
        load: From the values at `paths`; None where the one value is it.
    """

    name: str
    paths: tuple[Path, ...]
    load: Load | None = None


def readable(known: RecordType, user: User) -> dict[str, Field]:
    """The fields that a program may ask for: those of its columns that a list may show."""
    return {n: f for n, f in shown_to(known, user).items() if f.kind is Kind.TAGS or paths_of(f)}


def usual(known: RecordType, user: User) -> list[str]:
    """The fields that are given when none are named: all of the record's own."""
    return [name for name, field in readable(known, user).items() if not field.far]


def names_in(known: RecordType, text: str, user: User) -> list[str]:
    """The fields that a parameter names.

    Raises:
        BadFilter: For what is no field for this person.
    """
    names = list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if len(names) > MOST_FIELDS:
        raise BadFilter(_("At most %(limit)s fields at once.") % {"limit": MOST_FIELDS})
    offered = readable(known, user)
    for name in names:
        if name not in ALWAYS:
            chosen(offered, name)
    return [name for name in names if name not in ALWAYS]


def read_rows(
    known: RecordType, ids: Sequence[int], names: Sequence[str], user: User, currency: str
) -> list[dict[str, Any]]:
    """Some records as JSON, in the order of their ids; that they may be seen is what the caller has made sure of.

    Args:
        known: The record type.
        ids: Which.
        names: Fields, from `usual` or `names_in`.
        user: Who reads.
        currency: The reporting currency.
    """
    if not ids:
        return []
    fields = readable(known, user)
    plain = [name for name in names if fields[name].kind is not Kind.TAGS]
    readers = [*_always(known), *(_reader(fields[name], currency) for name in plain)]
    found = rows(known.model, ids, *(path for reader in readers for path in reader.paths))
    made = _by_columns(readers, found)
    if len(plain) < len(names):
        words = words_on(known.model, ids)
        for row in made:
            row |= {name: words.get(row["id"], []) for name in names if fields[name].kind is Kind.TAGS}
    return made


def _by_columns(readers: Sequence[Reader], found: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """Objects from tuples: each column is read for all rows at once."""
    columns = list(zip(*found, strict=True)) if found else []
    made: list[tuple[str, Sequence[Any]]] = [("id", columns[0])] if found else []
    start = 1
    for reader in readers:
        end = start + len(reader.paths)
        if found:
            part = columns[start:end]
            values = part[0] if reader.load is None else [reader.load(v) for v in zip(*part, strict=True)]
            made.append((reader.name, values))
        start = end
    names = [name for name, _values in made]
    return [dict(zip(names, values, strict=True)) for values in zip(*(v for _n, v in made), strict=True)]


def _always(known: RecordType) -> list[Reader]:
    """What every record has; what it is a part of, or hangs on."""
    found = [Reader(name, (name,)) for name in ALWAYS[1:] if name not in known.fields or name == "version"]
    if known.within:
        found.append(Reader(known.within, (f"{known.within}_id",), lambda v: {"id": v[0]}))
    if issubclass(known.model, Hanger):
        found += [Reader(name, (name,)) for name in ("subject_type", "subject_id")]
    return found


def _reader(field: Field, currency: str) -> Reader:
    return Reader(field.name, paths_of(field), _load(field, currency))


def _load(field: Field, currency: str) -> Load | None:
    """How the value of a field comes out of what its paths give."""
    inner: Load | None = None
    if field.kind is Kind.REF:
        inner = _reference
    elif field.kind is Kind.MONEY:
        inner = _money if field.currency else partial(_own_money, field.currency_code or currency)
    if field.json_key:
        return partial(_from_json, field, inner)
    return inner


def _from_json(field: Field, inner: Load | None, values: Sequence[Any]) -> Any:
    value = jsonvalues.loaded(field, values[0])
    return inner((value, *values[1:])) if inner else value


def _reference(values: Sequence[Any]) -> Mapping[str, Any] | None:
    return None if values[0] is None else {"id": values[0], "label": "" if values[1] is None else str(values[1])}


def _money(values: Sequence[Any]) -> Mapping[str, Any] | None:
    return None if values[0] is None else {"amount": values[0], "currency": values[1]}


def _own_money(currency: str, values: Sequence[Any]) -> Mapping[str, Any] | None:
    return None if values[0] is None else {"amount": values[0], "currency": currency}
