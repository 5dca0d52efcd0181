"""What a partly undone change set left, worked out from the rows as they are now."""

from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError

from coordina.accounts.models import User
from coordina.core.images import decode, encode
from coordina.core.records import Record
from coordina.core.sight import hidden_columns
from coordina.core.types import find_type
from coordina.ledger.entries import Written, read
from coordina.ledger.history import last_versions
from coordina.ledger.models import ChangeSet
from coordina.ledger.standing import Standing
from coordina.ledger.undo import SKIPPED, homeless
from coordina.web.undoing import TOLD


def left_by(change_set: ChangeSet, reader: User) -> list[list[Any]]:
    """Rows that do not stand as they stood before the change set: `[model, id, reason, names]`, at most `TOLD`.

    A row it made is left while it exists; one it changed, where a column holds neither what was there before nor what
    was written; one it deleted, while it has not come back. Newest writes first, so the oldest `before` of a column
    counts.

    Args:
        change_set: What was partly undone.
        reader: Who is told: `names` of a deleted row is what it was called, where they might see it.
    """
    made: dict[tuple[str, int], int] = {}
    olds: dict[tuple[str, int], dict[str, Any]] = {}
    gone: dict[tuple[str, int], Written] = {}
    for chunk in read(change_set, reverse=True):
        for entry in chunk:
            key = (entry.model, entry.pk)
            if entry.kind == "c":
                made[key] = entry.delta.get("version", 1)
                olds.pop(key, None)
                gone.pop(key, None)
            elif entry.kind == "u":
                pairs = {k: pair[0] for k, pair in entry.delta.items() if k not in SKIPPED | entry.erased.keys()}
                olds.setdefault(key, {}).update(pairs)
            else:
                gone.setdefault(key, entry)
    return (_made(made) + _changed(olds) + _deleted(gone, Standing(change_set, reader)))[:TOLD]


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


def _deleted(gone: dict[tuple[str, int], Written], standing: Standing) -> list[list[Any]]:
    """Rows that are still away; one that came back and was deleted again is another matter."""
    found: list[list[Any]] = []
    for label, keys in _by_model(gone).items():
        model: Any = apps.get_model(label)
        last = last_versions(label, keys)
        here = set(model._base_manager.filter(pk__among=keys).values_list("pk", flat=True))
        away = [e for pk in keys if pk not in here and last[pk] == (e := gone[label, pk]).delta.get("version")][:TOLD]
        beyond, lost = standing.beyond(model, "d", away), homeless(model, away)
        for entry in away:
            reason = "erased" if entry.erased else "beyond" if entry.pk in beyond else ""
            names = [] if reason else _title_then(model, entry, standing.by)
            reason = reason or ("missing" if entry.pk in lost else "taken" if _taken(model, entry) else "free")
            found.append([label, entry.pk, reason, names])
    return found


def _title_then(model: type[Record], entry: Written, reader: User) -> list[str]:
    """What a deleted row was called, for who may see such rows and that column."""
    known = find_type(model)
    hidden = known is not None and model.title_column in hidden_columns(known, reader)
    title = entry.delta.get(model.title_column) if reader.may(model.view_permission()) and not hidden else None
    return [str(title)] if title else []


def _taken(model: type[Record], entry: Written) -> bool:
    """Whether another row has what there may be once only."""
    columns = {c.attname: c for c in model._meta.concrete_fields}
    row = model(**{k: decode(columns[k], v) for k, v in entry.delta.items() if k in columns})
    try:
        row.validate_unique()
        row.validate_constraints()
    except ValidationError:
        return True
    return False


def _by_model(keys: Any) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for label, pk in keys:
        found.setdefault(label, []).append(pk)
    return found
