"""What an undo must leave: rows on which others have built, and what belongs together with them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import batched
from typing import Any

from django.apps import apps
from django.db.models import Q, UniqueConstraint

from coordina.core.images import encode, image
from coordina.core.records import HANGERS, Record
from coordina.ledger.entries import Written, read
from coordina.ledger.history import touched
from coordina.ledger.models.changes import ChangeSet
from coordina.ledger.standing import Standing

SKIPPED = frozenset({"version", "changed_at", "created_at"})
CHUNK = 1000
"""Rows that are looked at together."""

type Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Held:
    """A row that was left as it is.

    Attributes:
        reason: `changed` (columns in `names` hold something newer), `held` (records of the models in `names` refer to
            it), `gone`, `exists`, `missing` (a deleted row cannot return: what it belonged to is not there), `erased`
            (what it held was erased for good), `taken` (another row has what must be there once only, such as its
            name), or `beyond` (the person may not write it any more).
    """

    model: str
    pk: int
    reason: str
    names: tuple[str, ...] = ()


def runs_of(chunk: Iterable[Written]) -> list[tuple[type[Record], str, list[Written]]]:
    """Neighbouring entries of one model and kind; a row that comes twice begins a new run."""
    runs: list[tuple[type[Record], str, list[Written]]] = []
    seen: set[int] = set()
    label = ""
    model: Any = None
    for entry in chunk:
        if entry.model != label:
            label, model = entry.model, apps.get_model(entry.model)
        if not runs or runs[-1][0] is not model or runs[-1][1] != entry.kind or entry.pk in seen:
            runs.append((model, entry.kind, []))
            seen = set()
        runs[-1][2].append(entry)
        seen.add(entry.pk)
    return runs


def kept_rows(change_set: ChangeSet, own: ChangeSet | None = None) -> dict[Key, Held]:
    """Made records that others have changed or built on since; their contents are compared, their referrers asked.

    Args:
        change_set: What is to be taken back.
        own: The undo that is continued after it was killed: what that wrote already is no change of others.
    """
    expected: dict[str, dict[int, dict[str, Any]]] = defaultdict(dict)
    kept: dict[Key, Held] = {}
    made: dict[type[Record], dict[int, dict[str, Any]]] = defaultdict(dict)
    for chunk in read(change_set):
        for model, kind, part in runs_of(chunk):
            rows, waiting = expected[model._meta.label], made[model]
            if kind == "c":
                waiting |= {entry.pk: dict(entry.delta) for entry in part}
                if len(waiting) >= CHUNK:  # many small writes are asked about together
                    _note_suspects(model, made.pop(model), rows, kept, change_set)
            elif kind == "u":
                for entry in part:
                    for known in (rows, waiting):
                        if entry.pk in known:
                            known[entry.pk] |= {k: pair[1] for k, pair in entry.delta.items()}
    for model, waiting in made.items():
        _note_suspects(model, waiting, expected[model._meta.label], kept, change_set)
    for label, rows in expected.items():
        for obj in _others(label, rows, own):
            now, values = image(obj), rows[obj.pk]
            newer = tuple(k for k, v in values.items() if k not in SKIPPED and k in now and now[k] != v)
            if newer and obj.version != values["version"]:
                kept.setdefault((label, obj.pk), Held(label, obj.pk, "changed", newer))
    return _with_parents(kept)


def _others(label: str, keys: Iterable[int], own: ChangeSet | None) -> Iterator[Record]:
    """Rows as they are now, without those that the undo itself has written already."""
    model: Any = apps.get_model(label)
    for part in batched(keys, CHUNK):
        mine = touched(own, label, part) if own is not None else set()
        yield from model._base_manager.filter(pk__among=[pk for pk in part if pk not in mine]).order_by("pk")


def _note_suspects(
    model: type[Record],
    made: dict[int, dict[str, Any]],
    expected: dict[int, dict[str, Any]],
    kept: dict[Key, Held],
    change_set: ChangeSet,
) -> None:
    """Rows that are no longer as they were made are suspects; rows that strangers refer to are kept.

    Args:
        made: What the change set made and last wrote, by id.
    """
    label = model._meta.label
    rows: Any = model._base_manager
    now = dict(rows.filter(pk__among=list(made)).values_list("pk", "version"))
    for pk, version in now.items():
        if version != made[pk]["version"]:
            expected[pk] = dict(made[pk])
    for referrer, pairs in referrers(model, set(now)):
        ours = touched(change_set, referrer._meta.label, [pk for pk, _target in pairs])  # it goes back itself
        for pk, target in pairs:
            if pk not in ours:
                known = kept.get((label, target))
                names = {*(known.names if known else ()), referrer._meta.label}
                kept[label, target] = Held(label, target, "held", tuple(sorted(names)))


def _with_parents(kept: dict[Key, Held]) -> dict[Key, Held]:
    """Whoever changed a part of a record has built on the record."""
    by_model: dict[str, list[int]] = defaultdict(list)
    for label, pk in kept:
        by_model[label].append(pk)
    for label, keys in by_model.items():
        model: Any = apps.get_model(label)
        if not model.scope_parent:
            continue
        parent = model._meta.get_field(model.scope_parent)
        for part in batched(keys, CHUNK):
            for pk, owner in model._base_manager.filter(pk__among=part).values_list("pk", parent.attname):
                if owner is not None:
                    key = (parent.related_model._meta.label, owner)
                    kept.setdefault(key, Held(*key, "held", (label, *kept[label, pk].names)))
    return kept


def referrers(model: type[Record], keys: set[int]) -> Iterable[tuple[type[Record], list[tuple[int, int]]]]:
    """Records that point at these rows: (id of the referrer, id of the row) by model."""
    if not keys:
        return
    for other in apps.get_models():
        if not issubclass(other, Record):
            continue
        for column in other._meta.concrete_fields:
            if column.related_model is model and column.remote_field is not None:
                rows = other._base_manager.filter(**{f"{column.name}__among": keys})
                pairs = [
                    p
                    for p in rows.order_by("pk").values_list("pk", column.attname)
                    if p[0] != p[1] or other is not model
                ]
                if pairs:
                    yield other, pairs
    for hanger in HANGERS:
        manager: Any = hanger._base_manager
        rows = manager.filter(subject_type=model._meta.label, subject_id__among=keys)
        pairs = list(rows.order_by("pk").values_list("pk", "subject_id"))
        if pairs:
            yield hanger, pairs


def holders_of(model: type[Record], keys: set[int]) -> dict[int, set[str]]:
    """Which rows cannot go because others point at them, except what goes along with them anyway."""
    found: dict[int, set[str]] = {}
    for referrer, pairs in referrers(model, keys):
        if referrer is model:
            pairs = [p for p in pairs if p[0] not in keys]
        for _pk, target in pairs:
            found.setdefault(target, set()).add(referrer._meta.label)
    return found


def fixed_columns(change_set: ChangeSet, own: ChangeSet | None = None) -> dict[Key, set[str]]:
    """Columns of groups that cannot go back, by record: rows that tell the same of it stay as they are too.

    Args:
        change_set: What is to be taken back.
        own: As of `kept_rows`.
    """
    written: dict[str, dict[int, dict[str, Any]]] = defaultdict(dict)
    fixed: dict[Key, set[str]] = {}
    for chunk in read(change_set):
        for model, kind, part in runs_of(chunk):
            if kind == "d" and model.undo_with_parent:
                for key in _parents_gone_on(model, part, change_set):
                    far: Any = apps.get_model(key[0])
                    fixed[key] = set().union(*(g for g in far.undo_together if model.undo_with_parent in g))
            if kind == "u" and model.undo_together:
                columns = frozenset().union(*model.undo_together)
                for entry in part:
                    told = {name: entry.delta[name][1] for name in columns & entry.delta.keys()}
                    if told:
                        written[model._meta.label].setdefault(entry.pk, {}).update(told)
    for label, rows in written.items():
        for obj in _others(label, rows, own):
            newer = {k for k, v in rows[obj.pk].items() if encode(getattr(obj, k)) != v}
            if newer:
                fixed.setdefault((label, obj.pk), set()).update(*(g for g in obj.undo_together if g & newer))
    return fixed


def _parents_gone_on(model: type[Record], part: list[Written], change_set: ChangeSet) -> set[Key]:
    """Records whose deleted child rows cannot return, because others have their places by now."""
    parent: Any = model._meta.get_field(model.scope_parent)
    far: Any = parent.related_model
    rows: Any = model._base_manager
    gone_on: set[Key] = set()
    for constraint in model._meta.constraints:
        if not isinstance(constraint, UniqueConstraint) or not constraint.fields:
            continue
        columns: list[Any] = [model._meta.get_field(name) for name in constraint.fields]
        where = constraint.condition or Q()
        for entry in part:
            place = {column.name: entry.delta.get(column.attname) for column in columns}
            if not where.check(dict(entry.delta)):
                continue
            there = list(rows.filter(where, **place).exclude(pk=entry.pk).values_list("pk", flat=True))
            if set(there) - touched(change_set, model._meta.label, there):  # its own rows make room themselves
                gone_on.add((far._meta.label, entry.delta[parent.attname]))
    return gone_on


def loose_entries(
    model: type[Record], part: list[Written], fixed: dict[Key, set[str]], kept: dict[Key, Held]
) -> list[Written]:
    """Entries without those of child rows that stay because a group of their parent does, which is listed itself."""
    if not model.undo_with_parent or not (fixed or kept):
        return part
    parent = model._meta.get_field(model.scope_parent)
    far: Any = parent.related_model
    column = str(getattr(parent, "attname", ""))
    rows: Any = model._base_manager
    now: dict[int, int] = dict(rows.filter(pk__among=[e.pk for e in part]).values_list("pk", column))
    keys: list[Any] = [(far._meta.label, now.get(entry.pk, entry.delta.get(column))) for entry in part]
    return [
        entry
        for entry, key in zip(part, keys, strict=True)
        if key not in kept and model.undo_with_parent not in fixed.get(key, ())
    ]


def spare(change_set: ChangeSet, standing: Standing, kept: dict[Key, Held]) -> None:
    """Nobody removes by force what others built on where it is out of their own reach."""
    for (label, pk), held in kept_rows(change_set).items():
        model: Any = apps.get_model(label)
        if standing.beyond(model, "c", [Written(label, pk, "c", {})]):
            kept[label, pk] = held
