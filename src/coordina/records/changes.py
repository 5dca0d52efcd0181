"""Changes of a record in sentences, from the ledger: «Bruno changed Amount from 1,200 € to 1,500 €»."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordina.core.contact import countries, format_phone
from coordina.core.formats import Formats
from coordina.core.parsing.ids import parse_id
from coordina.core.records import Record
from coordina.core.timeline import TIMELINE, Look, Moment, Source
from coordina.core.types import TYPES, Field, Kind, RecordType, find_type
from coordina.ledger.history import Event, history
from coordina.records.models import Merged
from coordina.records.sources import who

PARTS = 50
"""Rows of a part whose changes stand in the timeline of the whole."""
LONG = 80
"""Letters of a text that a sentence shows."""

type Titles = Mapping[tuple[type[Record], int], str]


@dataclass(frozen=True, slots=True)
class Reading:
    """What is needed to say changes: who reads, how they write, and the names of what changes refer to."""

    user: Any
    formats: Formats
    titles: Titles
    record: Record


def read_changes(look: Look) -> Sequence[Moment]:
    """What was changed on a record and on its parts."""
    known = find_type(type(look.record))
    if known is None:
        return ()
    before = parse_id(look.after)
    events = history(subjects_of(look.record), limit=look.limit * 2, before=before)
    moments: list[Moment] = []
    runs = [list(part) for _key, part in groupby(events, key=lambda e: e.change_set.pk)]
    if len(events) >= look.limit * 2 and len(runs) > 1:
        runs.pop()  # the last change set may go on beyond what was read
    reading = Reading(look.user, look.formats, titles_of(events, look.user), look.record)
    for run in runs:
        lines = tuple(line for event in run for line in sentences(event, reading))
        if lines:
            moments.append(_moment(run[0], lines))
    return moments[: look.limit]


def subjects_of(record: Record) -> list[tuple[str, int]]:
    """The record and the parts it has now."""
    label = record._meta.label
    found = [(label, int(record.pk))]
    found += [(label, pk) for pk in Merged.of(record).order_by("-pk").values_list("gone_id", flat=True)[:PARTS]]
    for child in TYPES:
        if child.within and child.model._meta.get_field(child.within).related_model is type(record):
            keys = child.model._base_manager.filter(**{child.within: record.pk}).order_by("-pk")
            found += [(child.model._meta.label, pk) for pk in keys.values_list("pk", flat=True)[:PARTS]]
    return found


def _moment(event: Event, lines: tuple[SafeString, ...]) -> Moment:
    change = event.change_set
    doors = {"import": _("by an import"), "undo": _("by undoing"), "rest": _("by another program")}
    doors |= {"form": _("by a web form"), "mcp": _("by an assistant"), "link": _("by the customer’s link")}
    facts = doors.get("undo" if change.undo_of_id else change.via, "")
    return Moment(
        source="changes",
        mark=str(change.pk),
        by=change.by_id,
        at=change.at,
        title=SafeString(""),
        lines=lines,
        facts=(facts,) if facts else (),
    )


def sentences(event: Event, reading: Reading) -> list[SafeString]:
    """What one write changed, as far as the reader may see it; nothing where it is only bookkeeping."""
    known = next((t for t in TYPES if t.model._meta.label == event.model), None)
    if known is None:
        return []
    actor = who(event.change_set.by.name if event.change_set.by else "Coordina")
    part = known.model is not type(reading.record)
    if not part and event.pk != reading.record.pk and event.kind != "u":
        return []  # of a record that was merged into this one; the merge itself is told as such
    if event.kind != "u":
        return [_made_or_gone(event, known, actor, reading, part=part)]
    columns = columns_of(known, reading.user)
    said: list[SafeString] = []
    for column, pair in event.delta.items():
        field = columns.get(column)
        if field is not None and pair[0] != pair[1] and not (pair[0] in ("", None) and pair[1] in ("", None)):
            said.append(_changed(actor, field, pair, reading, event.delta))
    return said


def columns_of(known: RecordType, user: Any) -> dict[str, Field]:
    """Fields by the column that holds them: those that people write and this reader may see."""
    columns = {c.name: c.attname for c in known.model._meta.concrete_fields}
    told = known.told_to(user).values()
    return {f.json_key or columns[f.path]: f for f in told if f.path in columns and f.editable and not f.far}


def _made_or_gone(event: Event, known: RecordType, actor: Any, reading: Reading, *, part: bool) -> SafeString:
    values = {"who": actor, "noun": known.label, "title": _part_title(event, known, reading) if part else ""}
    if not part:
        return format_html(_("{who} created this record"), **values)
    if event.kind == "c":
        return format_html(_("{who} added {noun}: {title}"), **values)
    return format_html(_("{who} removed {noun}: {title}"), **values)


def _part_title(event: Event, known: RecordType, reading: Reading) -> SafeString:
    """What a part is called: its own name, or that of what it refers to first."""
    for column, field in columns_of(known, reading.user).items():
        value = event.delta.get(column)
        if value not in (None, "") and field.kind in (Kind.REF, Kind.TEXT):
            return format_html('<b class="strong">{}</b>', shown(field, value, reading, event.delta))
    return SafeString("—")


def _changed(actor: Any, field: Field, pair: Sequence[Any], reading: Reading, delta: Mapping[str, Any]) -> SafeString:
    label = str(field.label)
    old, new = (shown(field, value, reading, delta) for value in pair)
    values = {
        "who": actor,
        "field": label[:1].upper() + label[1:],
        "old": format_html('<span class="was">{}</span>', old),
        "new": format_html('<b class="strong">{}</b>', new),
    }
    if field.kind is Kind.LONG_TEXT:
        return format_html(_("{who} changed {field}"), **values)
    if old and new:
        return format_html(_("{who} changed {field} from {old} to {new}"), **values)
    if new:
        return format_html(_("{who} set {field} to {new}"), **values)
    return format_html(_("{who} cleared {field}, which was {old}"), **values)


def titles_of(events: Iterable[Event], user: Any) -> Titles:
    """Names of the records that changes refer to, as far as the reader may see them: one query a noun."""
    wanted: dict[type[Record], set[int]] = {}
    for event in events:
        known = next((t for t in TYPES if t.model._meta.label == event.model), None)
        for column, field in columns_of(known, user).items() if known else ():
            if field.kind is Kind.REF and field.to is not None and column in event.delta:
                given = event.delta[column]
                keys = given if event.kind == "u" else [given]
                wanted.setdefault(field.to, set()).update(k for k in keys if isinstance(k, int))
    found: dict[tuple[type[Record], int], str] = {}
    for model, keys in wanted.items():
        rows: Any = model.objects
        pairs = rows.visible_to(user).filter(pk__in=keys).values_list("pk", model.title_column)
        found |= {(model, pk): str(title) for pk, title in pairs}
    return found


def shown(field: Field, value: Any, reading: Reading, delta: Mapping[str, Any]) -> str:
    """One value as the reader writes it; empty for nothing."""
    if value in (None, ""):
        return ""
    formats = reading.formats
    match field.kind:
        case Kind.REF:
            assert field.to is not None
            return reading.titles.get((field.to, int(value)), _("something you cannot see"))
        case Kind.BOOL:
            return _("Yes") if value else _("No")
        case Kind.CHOICE:
            return str(field.label_of(value))
        case Kind.CHOICES:
            return ", ".join(str(field.label_of(key)) for key in value)
        case Kind.MONEY:
            amount = Decimal(str(value))
            return formats.money(amount, _currency(field, reading, delta), cents=amount % 1 != 0)
        case Kind.DECIMAL:
            return formats.decimal(Decimal(str(value)))
        case Kind.PERCENT:
            return formats.percent(Decimal(str(value)))
        case Kind.DATE:
            return formats.date_full(dt.date.fromisoformat(str(value)[:10]))
        case Kind.DATETIME:
            return formats.exact(dt.datetime.fromisoformat(str(value)))
        case Kind.PHONE:
            return format_phone(str(value))
        case Kind.COUNTRY:
            return countries(formats.locale).get(str(value), str(value))
    text = str(value)
    return text if len(text) <= LONG else f"{text[:LONG]}…"


def _currency(field: Field, reading: Reading, delta: Mapping[str, Any]) -> str | None:
    """The currency beside an amount: as of the change where it says so, else as of now."""
    if not field.currency:
        return field.currency_code or None
    given = delta.get(field.currency)
    found = given[1] if isinstance(given, list) else given
    return found or getattr(reading.record, field.currency.rpartition("__")[2], None) or None


TIMELINE.add("changes", Source(gettext_lazy("Changes"), read_changes, order=90))
