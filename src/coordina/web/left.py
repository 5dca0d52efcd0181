"""What a partly undone change set left, worked out from the rows as they are now."""

from typing import Any

from django.apps import apps

from coordina.core.images import encode
from coordina.ledger.entries import read
from coordina.ledger.models import ChangeSet
from coordina.ledger.undo import SKIPPED
from coordina.web.undoing import TOLD


def left_by(change_set: ChangeSet) -> list[list[Any]]:
    """Rows that do not stand as they stood before the change set: `[model, id, reason, names]`, at most `TOLD`.

    A row it made is left while it exists; one it changed, where a column holds neither what was there before nor what
    was written. Newest writes first, so the oldest `before` of a column counts.
    """
    made: dict[tuple[str, int], int] = {}
    olds: dict[tuple[str, int], dict[str, Any]] = {}
    for chunk in read(change_set, reverse=True):
        for entry in chunk:
            key = (entry.model, entry.pk)
            if entry.kind == "c":
                made[key] = entry.delta.get("version", 1)
                olds.pop(key, None)
            elif entry.kind == "u":
                pairs = {k: pair[0] for k, pair in entry.delta.items() if k not in SKIPPED}
                olds.setdefault(key, {}).update(pairs)
    return (_made(made) + _changed(olds))[:TOLD]


def _made(made: dict[tuple[str, int], int]) -> list[list[Any]]:
    found: list[list[Any]] = []
    for label, keys in _by_model(made).items():
        model: Any = apps.get_model(label)
        if model.scope_parent:
            continue
        for pk, version in model._base_manager.filter(pk__in=keys).order_by("pk").values_list("pk", "version")[:TOLD]:
            found.append([label, pk, "changed" if version != made[label, pk] else "held", []])
    return found


def _changed(olds: dict[tuple[str, int], dict[str, Any]]) -> list[list[Any]]:
    found: list[list[Any]] = []
    for label, keys in _by_model(olds).items():
        model: Any = apps.get_model(label)
        for obj in model._base_manager.filter(pk__in=keys).order_by("pk")[:TOLD]:
            before = olds[label, obj.pk]
            skipped: frozenset[str] = model.worked_out
            newer = [k for k, v in before.items() if k not in skipped and encode(getattr(obj, k, None)) != v]
            if newer:
                found.append([label, obj.pk, "changed", newer])
    return found


def _by_model(keys: Any) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for label, pk in keys:
        found.setdefault(label, []).append(pk)
    return found
