"""Which rows of a model a change set wrote, as a condition: a list narrows itself to an import or a bulk edit by it."""

import zlib
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, Sum

from coordina.core.actors import Actor
from coordina.ledger.entries import type_id
from coordina.ledger.models.changes import Batch, BatchEntry, Change, ChangeSet
from coordina.ledger.undo import UNDO_ANY

FEW = 1000
"""Rows of a change set whose ids are handed to the database; of more, each row of a list is looked up in the index."""
ANY, CREATED, UPDATED = "", "c", "u"


def find_seen(user: Actor, pk: int) -> ChangeSet | None:
    """A change set that a person may look at: their own, or any with the permission to undo what others did."""
    found = ChangeSet.objects.filter(pk=pk).first()
    return found if found is not None and (found.by_id == user.pk or user.may(UNDO_ANY)) else None


def touched(model: type[Model], change_set: ChangeSet, kind: str = ANY) -> Q:
    """Rows of a model that a change set wrote. It does not narrow to what somebody sees: that is `visible_to`.

    Args:
        kind: `CREATED`, `UPDATED` (what was there before), or `ANY` of the two.
    """
    label = model._meta.label
    batches = Batch.objects.filter(change_set=change_set, model=label)
    plain = Change.objects.filter(change_set=change_set, model=label)
    size = int(batches.aggregate(n=Sum("size"))["n"] or 0) + plain.count()
    if size > FEW:
        keys = list(batches.values_list("pk", flat=True))
        thin = BatchEntry.objects.filter(type_id=type_id(label), object_id=OuterRef("pk"), batch_id__among=keys)
        return _wanted(lambda one: Q(Exists(thin.filter(kind=one))) | Q(Exists(_here(plain).filter(kind=one))), kind)
    ids: dict[str, set[int]] = {"c": set(), "u": set(), "d": set()}
    for pk, one in plain.values_list("object_id", "kind"):
        ids[one].add(pk)
    for data in batches.values_list("data", flat=True):
        for pk, one in _heads(data):
            ids[one].add(pk)
    return _wanted(lambda one: Q(pk__among=sorted(ids[one])), kind)


def _here(plain: Any) -> Any:
    return plain.filter(object_id=OuterRef("pk"))


def _wanted(wrote: Any, kind: str) -> Q:
    """The condition for one kind, from that for each kind of entry."""
    if kind == CREATED:
        return Q(wrote("c"))
    return Q(wrote("u") & ~wrote("c")) if kind == UPDATED else Q(wrote("c") | wrote("u"))


def _heads(data: Any) -> list[tuple[int, str]]:
    """Id and kind of each entry of a batch; what was written is not even read as JSON."""
    found = []
    for line in zlib.decompress(bytes(data)).split(b"\n"):
        pk, kind, _rest = line[1:].split(b",", 2)
        found.append((int(pk), kind.strip(b'"').decode()))
    return found


def models_of(change_set: ChangeSet) -> set[str]:
    """Labels of the models a change set wrote."""
    found = set(Batch.objects.filter(change_set=change_set).values_list("model", flat=True).distinct())
    return found | set(Change.objects.filter(change_set=change_set).values_list("model", flat=True).distinct())
