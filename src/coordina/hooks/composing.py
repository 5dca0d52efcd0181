"""What a receiver is told: written at the moment it is sent, as the owner of the webhook may see it then.

A record that the owner does not see any more is not told of; a hidden field is not there, nor what it held before; a
change of nothing but hidden fields is no change. Of a deleted record the columns it had say who might see it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from coordina.accounts.models import User
from coordina.accounts.rates import reporting_currency
from coordina.activity.news import zone_of
from coordina.activity.seeing import seen_of
from coordina.api.reading import read_rows, usual
from coordina.core import jsonvalues
from coordina.core.actors import Reach
from coordina.core.filters import Asker, BadFilter, compile_filter, parse
from coordina.core.images import decode
from coordina.core.records import Record
from coordina.core.types import Field, Kind, RecordType
from coordina.core.visibility import within_scope
from coordina.hooks.gathering import QUIET
from coordina.hooks.models import Delivery, Webhook
from coordina.hooks.names import CHANGED, DELETED, happenings
from coordina.ledger.entries import type_id, unpack_some
from coordina.ledger.history import unfolded
from coordina.ledger.models.changes import Batch, BatchEntry, Change, ChangeSet
from coordina.records.models import Hanger
from coordina.records.vocabularies import vocabulary_of

type Item = dict[str, Any]
type Deltas = dict[int, dict[str, list[Any]]]
"""By id: columns with what they held before and after one change set."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What the items of one delivery have in common."""

    event: str
    known: RecordType
    row: ChangeSet | None
    at: datetime

    def item(self, pk: int, record: Item | None, previous: Item, reference: str) -> Item:
        """One event as it is told."""
        row = self.row
        return {
            "id": f"{row.pk if row else 'sample'}-{self.event}-{pk}",
            "event": self.event,
            "at": self.at,
            "who": {"id": row.by_id, "name": row.by.name} if row is not None and row.by is not None else None,
            "via": row.via if row is not None else "",
            "action": row.action if row is not None else "",
            "type": self.known.name,
            "record_id": pk,
            "reference": reference,
            "record": record,
            "previous": previous,
        }


def items_of(delivery: Delivery, hook: Webhook, owner: User, known: RecordType) -> list[Item]:
    """The events of a delivery that may be told now; none where there is nothing left.

    Args:
        delivery: What is to be sent.
        hook: To whom.
        owner: With whose eyes; read just now.
        known: The record type.
    """
    row = ChangeSet.objects.select_related("by").filter(pk=delivery.change_set_id or 0).first()
    if row is None or not owner.may(known.model.view_permission()):
        return []
    cause = Cause(delivery.event, known, row, row.at)
    if delivery.event == f"{known.name}.{DELETED}":
        return _gone(cause, delivery.ids, owner) if not hook.filter else []
    happening = next((each for each in happenings(known) if each.name == delivery.event), None)
    fields = known.known_to(owner)
    if happening is None or (happening.field and happening.field not in fields):
        return []
    keys = list(seen_rows(hook, owner, known).filter(pk__in=delivery.ids).order_by("pk").values_list("pk", flat=True))
    before = _told_before(known, deltas_of(row, known, keys), owner)
    if happening.last == CHANGED:
        keys = [pk for pk in keys if before.get(pk)]
    return [
        cause.item(r["id"], r, before.get(r["id"], {}), r.get("reference", "")) for r in _records(known, keys, owner)
    ]


def samples(hook: Webhook, owner: User, known: RecordType, event: str, most: int) -> list[Item]:
    """Events as they would be told of the newest records that the owner sees."""
    if not owner.may(known.model.view_permission()):
        return []
    keys = list(seen_rows(hook, owner, known).order_by("-pk").values_list("pk", flat=True)[:most])
    cause = Cause(event, known, None, timezone.now())
    rows = _records(known, keys, owner)
    if event == f"{known.name}.{DELETED}":
        return [cause.item(row["id"], None, {}, row.get("reference", "")) for row in rows]
    return [cause.item(row["id"], row, {}, row.get("reference", "")) for row in rows]


def seen_rows(hook: Webhook, owner: User, known: RecordType) -> QuerySet[Any]:
    """The records of a type that a webhook may tell of now; none where its filter cannot be read any more."""
    model: Any = known.model
    seen: QuerySet[Any] = model.objects.visible_to(owner)
    if not hook.filter:
        return seen
    asker = Asker(user=owner, now=timezone.now(), time_zone=zone_of(owner))
    try:
        return seen.filter(compile_filter(parse(hook.filter), vocabulary_of(known), asker))
    except BadFilter:
        return seen.none()


def _records(known: RecordType, keys: Sequence[int], owner: User) -> list[Item]:
    return read_rows(known, keys, usual(known, owner), owner, reporting_currency())


# What it was before ---------------------------------------------------------------------------------------------------


def deltas_of(row: ChangeSet, known: RecordType, ids: Iterable[int]) -> Deltas:
    """What a change set did to the columns of some records; of deleted ones every column, with nothing after."""
    label = known.model._meta.label
    found: Deltas = {}
    for pk, kind, delta in _written(row, label, list(ids)):
        if kind == "c":
            continue
        pairs = {n: [v, None] for n, v in delta.items()} if kind == "d" else delta
        kept = found.setdefault(pk, {})
        for name, (old, new) in unfolded(label, "u", pairs).items():
            kept[name] = [kept[name][0] if name in kept else old, new]
    return found


def _written(row: ChangeSet, label: str, keys: list[int]) -> list[tuple[int, str, dict[str, Any]]]:
    """Id, kind and delta of what a change set wrote of some records, the oldest first."""
    plain = Change.objects.filter(change_set=row, model=label, object_id__in=keys).order_by("pk")
    found = [(pk, kind, json.loads(delta)) for pk, kind, delta in plain.values_list("object_id", "kind", "delta")]
    batches = BatchEntry.objects.filter(type_id=type_id(label), object_id__in=keys, batch__change_set=row)
    for batch in Batch.objects.filter(pk__in=set(batches.values_list("batch_id", flat=True))).order_by("pk"):
        found += [(each.pk, each.kind, each.delta) for each in unpack_some(batch, keys)]
    return found


def _told_before(known: RecordType, deltas: Deltas, owner: User) -> dict[int, Item]:
    """What fields held before, as the REST interface would show it; only fields that the owner may see."""
    columns = {c.name: c.attname for c in known.model._meta.concrete_fields}
    plain = [f for f in known.known_to(owner).values() if not f.far and not f.virtual and f.kind is not Kind.TAGS]
    held = {f.name: f.json_key or columns.get(f.path, "") for f in plain}
    titles = _titles((f, pairs.get(held[f.name])) for f in plain if f.kind is Kind.REF for pairs in deltas.values())
    codes = _currencies(known, {f.currency for f in plain if f.currency and f.kind is Kind.MONEY}, deltas)
    found: dict[int, Item] = {}
    for pk, pairs in deltas.items():
        told = {}
        for field in plain:
            pair = pairs.get(held[field.name])
            if pair is not None and pair[0] != pair[1] and held[field.name] not in QUIET:
                told[field.name] = _value(known, field, pair[0], pairs, titles, codes.get(pk, {}))
        found[pk] = told
    return found


def _currencies(known: RecordType, paths: set[str], keys: Iterable[int]) -> dict[int, dict[str, str]]:
    """Currencies of records as they are, for amounts whose currency did not change along."""
    if not paths:
        return {}
    names = sorted(paths)
    rows = known.model._base_manager.filter(pk__in=list(keys)).values_list("pk", *names)
    return {pk: dict(zip(names, codes, strict=True)) for pk, *codes in rows}


def _titles(pairs: Iterable[tuple[Field, list[Any] | None]]) -> dict[tuple[type[Record], int], str]:
    """Titles of the records that references named before: who sees a record reads what it refers to."""
    wanted: dict[type[Record], set[int]] = {}
    for field, pair in pairs:
        if pair is not None and pair[0] is not None and field.to is not None:
            wanted.setdefault(field.to, set()).add(int(pair[0]))
    found: dict[tuple[type[Record], int], str] = {}
    for model, keys in wanted.items():
        rows = model._base_manager.filter(pk__in=keys).values_list("pk", model.title_column)
        found |= {(model, pk): str(title) for pk, title in rows}
    return found


def _value(
    known: RecordType,
    field: Field,
    value: Any,
    pairs: Mapping[str, list[Any]],
    titles: Mapping[tuple[type[Record], int], str],
    codes: Mapping[str, str],
) -> Any:
    """A value that the ledger kept, in the shape of the REST interface."""
    if value is None:
        return None
    if field.kind is Kind.REF and field.to is not None:
        return {"id": int(value), "label": titles.get((field.to, int(value)), "")}
    column: Any = None if field.json_key else known.model._meta.get_field(field.path)
    found = jsonvalues.loaded(field, value) if column is None else decode(column, value)
    if field.kind is Kind.MONEY:
        own = pairs[field.currency][0] if field.currency in pairs else codes.get(field.currency)
        return {"amount": found, "currency": own if field.currency else field.currency_code or reporting_currency()}
    return found


# Deleted records ------------------------------------------------------------------------------------------------------


def _gone(cause: Cause, ids: Sequence[int], owner: User) -> list[Item]:
    """Of deleted records the id and the last values, for whom it was in sight."""
    assert cause.row is not None
    deltas = deltas_of(cause.row, cause.known, ids)
    held = {pk: {name: pair[0] for name, pair in pairs.items()} for pk, pairs in deltas.items()}
    keys = [pk for pk in ids if pk in held and could_see(cause.known, owner, held[pk])]
    before = _told_before(cause.known, {pk: deltas[pk] for pk in keys}, owner)
    return [cause.item(pk, None, before[pk], str(held[pk].get("reference") or "")) for pk in keys]


def could_see(known: RecordType, user: User, held: Mapping[str, Any]) -> bool:
    """Whether somebody would see a record with these columns, as far as they say it; else not.

    Args:
        known: Its type.
        user: Who.
        held: Columns by attribute name, as the ledger kept them.
    """
    model: Any = known.model
    if model.scope_parent:
        whole: Any = model._meta.get_field(model.scope_parent).related_model
        return bool(seen_of(user, whole._meta.label, [held.get(f"{model.scope_parent}_id") or 0]))
    scope, mine = user.scope(model.view_permission()), held.get("owner_id") == user.pk
    if scope is None:
        return False
    if issubclass(model, Hanger):
        shared = "condition" not in vars(model)  # else it is a matter of some people only
        label = str(held.get("subject_type") or "")
        return (shared or mine) and bool(seen_of(user, label, [held.get("subject_id") or 0]))
    if hasattr(model, "condition"):
        return mine
    if scope.reach is Reach.ALL or not (model.scope_owner or model.scope_team):
        return True
    owner, team = held.get(f"{model.scope_owner}_id"), held.get(f"{model.scope_team}_id")
    return within_scope(scope, owner, team)
