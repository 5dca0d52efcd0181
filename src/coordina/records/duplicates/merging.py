"""Merging: one record stays, the others go into it with everything that refers to them.

All of it is recorded writes of one change set, so undo takes it back like anything else: the values of the record that
stayed, the records that went (with their ids), and what referred to them, each column where it still holds what the
merge wrote.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from coordina.accounts.models import User
from coordina.core.actors import Actor
from coordina.core.added import COLUMN
from coordina.core.records import Record
from coordina.core.refusals import Forbidden, NotFound, Refusal
from coordina.core.types import Field, Kind, RecordType, find_type
from coordina.records.duplicates.links import MOVERS, AddedLink, Link, added_links_to, constraints_on, links_to
from coordina.records.models import Merged

MOST = 20
"""Records that are merged into one at a time."""
KEPT_BY_KEY = ("other_data", "custom")
"""Columns of many values: what imported files left over, and fields that people added."""
CHUNK = 1000
"""Rows that are written at a time."""
DEEPEST = 50
"""Records above a record, at most."""

type Taken = Mapping[str, int]
"""By field: id of the record whose value is kept. Fields that are not named keep the value of the one that stays, or
take the first other value where that is empty."""


def merge_into(stays: Record, others: Sequence[int], take: Taken, *, by: User, at: datetime) -> Record:
    """Merge records into one; called inside the change set of an action.

    Args:
        stays: The record that stays, locked and within reach.
        others: Ids of those that go into it.
        take: Whose values are kept.
        by: Who merges: must be allowed to change every one of them.
        at: When.

    Raises:
        NotFound: When one is missing or may not be seen.
        Forbidden: When one may be seen but not changed.
    """
    known = find_type(type(stays))
    assert known is not None
    gone = within_reach(stays, others, by)
    values = chosen(known, stays, gone, take, by)
    extra = {column: joined for column in KEPT_BY_KEY if (joined := joined_data(stays, gone, column)) is not None}
    for loser in gone:
        fold(stays, loser)
    for column, joined in extra.items():
        setattr(stays, column, joined)
    if extra:
        stays.save()
    if values:
        known.writer.edit([(stays, values)], by=by, at=at)
    for loser in gone:
        title = str(getattr(loser, known.model.title_column, "") or loser)
        Merged(
            subject_type=stays._meta.label,
            subject_id=stays.pk,
            gone_id=loser._was,
            name=title[:250],  # type: ignore[attr-defined]  # set by fold
        ).save()
    return stays


def within_reach(stays: Record, others: Sequence[int], by: User) -> list[Any]:
    """The records that go, locked, in the order they were named.

    Raises:
        Refusal: None or too many were named.
        NotFound, Forbidden: As for any record.
    """
    wanted = [pk for pk in dict.fromkeys(others) if pk != stays.pk]
    if not wanted or len(wanted) > MOST:
        raise Refusal("count", _("Choose two to %(most)d records to merge.") % {"most": MOST + 1})
    rows: Any = type(stays).objects
    change, view = stays.permission("change"), stays.view_permission()
    seen = set(rows.within(by, view).filter(pk__in=wanted).values_list("pk", flat=True))
    if len(seen) < len(wanted):
        raise NotFound
    found = {o.pk: o for o in rows.within(by, change).filter(pk__in=wanted).locked()}
    if len(found) < len(wanted):
        raise Forbidden
    return [found[pk] for pk in wanted]


def mergeable(known: RecordType, by: Actor | None = None) -> dict[str, Field]:
    """Fields among whose values somebody chooses: columns of the record. Tags and added fields are joined.

    Args:
        known: The record type.
        by: Who chooses; what they may not write is theirs to keep as it is. None for all fields there are.
    """
    columns = {c.name for c in known.model._meta.concrete_fields}
    fields = known.sight(by).editable if by is not None else known.editable
    strict = known.extra.get("strict", frozenset())  # rooms decide these themselves, by a mover
    plain = {n: x for n, x in fields.items() if x.path in columns and n not in strict}
    return {n: x for n, x in plain.items() if x.kind is not Kind.TAGS and not x.json_key}


def chosen(known: RecordType, stays: Record, gone: Sequence[Any], take: Taken, by: Actor) -> dict[str, Any]:
    """Values that the record that stays takes over, by field name.

    Raises:
        Refusal: When a field or a record is named that is not among them.
    """
    fields, by_key = mergeable(known), {o.pk: o for o in gone}
    open_to = mergeable(known, by)
    values: dict[str, Any] = {}
    for name in take:
        if name not in open_to or take[name] not in {stays.pk, *by_key}:
            raise Refusal("unknown", _("This cannot be chosen."), field=name)
    for name, field in fields.items():
        column = field.path
        now = getattr(stays, _attname(known, column))
        source = take.get(name)
        if source is None and now in (None, ""):
            source = next((o.pk for o in gone if getattr(o, _attname(known, column)) not in (None, "")), None)
        if source in (None, stays.pk):
            continue
        new = getattr(by_key[source], column)
        if getattr(new, "pk", new) == now:
            continue
        if known.model is type(new) and _leads_to(new, _attname(known, column), {stays.pk, *by_key}):
            continue  # it would stand under itself
        values[name] = new
    return values


def _attname(known: RecordType, column: str) -> str:
    return str(getattr(known.model._meta.get_field(column), "attname", column))


def _leads_to(start: Any, column: str, wanted: set[int]) -> bool:
    """Whether one of some records is met on the way up from a record."""
    rows: Any = type(start)._base_manager
    key: int | None = start.pk
    for _step in range(DEEPEST):
        if key is None or key in wanted:
            return key is not None
        key = rows.filter(pk=key).values_list(column, flat=True).first()
    return True


def joined_data(stays: Record, gone: Sequence[Any], column: str) -> dict[str, Any] | None:
    """What a column holds by key in all of them, that of the record that stays first; None where nothing is added."""
    mine: dict[str, Any] = getattr(stays, column, None) or {}
    together: dict[str, Any] = {}
    for one in reversed(gone):
        together |= {k: v for k, v in (getattr(one, column, None) or {}).items() if v not in (None, "", [])}
    together |= {k: v for k, v in mine.items() if v not in (None, "", []) or k not in together}
    return together if together != mine else None


def fold(stays: Any, gone: Any) -> None:
    """Let everything that refers to one record refer to another, then remove the first."""
    gone._was = gone.pk
    model: type[Record] = type(stays)
    for move in MOVERS.get(model._meta.label, ()):
        move(stays, gone)
    for link in links_to(model):
        if link.model is model and not link.label:
            _move_own(link, stays, gone)
        else:
            _move(link, stays, gone)
    for added in added_links_to(model):
        _move_added(added, stays, gone)
    gone.delete()


def _move_added(link: AddedLink, stays: Any, gone: Any) -> None:
    """Move the rows of a field that people added; each is a recorded write of this one value of the column."""
    moved = list(link.rows([gone.pk]).order_by("pk"))
    for row in moved:
        setattr(row, COLUMN, getattr(row, COLUMN) | {link.slug: stays.pk})
    for start in range(0, len(moved), CHUNK):
        link.model._base_manager.bulk_update(moved[start : start + CHUNK], [COLUMN])


def _move(link: Link, stays: Any, gone: Any) -> None:
    """Move the rows of one link; where the record that stays has the same already, the two rows become one."""
    for twin, row in _clashing(link, stays, gone):
        fold(twin, row)
    link.rows([gone.pk]).update(**{link.column: stays.pk})


def _move_own(link: Link, stays: Any, gone: Any) -> None:
    """Move a reference among records of the same kind; none may come to stand under itself."""
    own = getattr(stays, link.column)
    if own == gone.pk:
        above = getattr(gone, link.column)
        setattr(stays, link.column, None if above in (stays.pk, gone.pk) else above)
        stays.save()
    if getattr(gone, link.column) in (stays.pk, gone.pk):
        setattr(gone, link.column, None)
        gone.save()
    link.rows([gone.pk]).exclude(pk__in=[stays.pk, gone.pk]).update(**{link.column: stays.pk})
    above = type(stays)._base_manager.filter(pk=getattr(stays, link.column)).first()
    if above is not None and _leads_to(above, link.column, {stays.pk}):
        setattr(stays, link.column, None)
        stays.save()


def _clashing(link: Link, stays: Any, gone: Any) -> list[tuple[Any, Any]]:
    """Rows of both that must not be there twice: the one that stays, and the one that goes into it."""
    found: dict[int, tuple[Any, Any]] = {}
    for columns, condition in constraints_on(link.model, link.column):
        mine, theirs = link.rows([stays.pk]), link.rows([gone.pk])
        if condition is not None:
            mine, theirs = mine.filter(condition), theirs.filter(condition)
        if not theirs.exists():
            continue
        columns = tuple(c for c in columns if not (link.label and c == "subject_type"))
        wanted = [tuple(getattr(r, c) for c in columns) for r in theirs]
        if any(None not in w for w in wanted):
            here = {tuple(getattr(r, c) for c in columns): r for r in mine}
            for row, key in zip(theirs, wanted, strict=True):
                if key in here and row.pk not in found and None not in key:
                    found[row.pk] = (here[key], row)
    return list(found.values())
