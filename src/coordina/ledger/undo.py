"""Taking a change set back: field by field, keeping what others have built on it and saying so.

Undo is a change set itself, so redo is to undo it. A column goes back only if it still holds what was written. A made
record on which others have built is not removed but listed with what holds it; `force` removes these too.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from coordina.accounts.models import User
from coordina.core.actions import ACTIONS
from coordina.core.images import decode, encode, image
from coordina.core.records import HANGERS, Record
from coordina.core.refusals import Forbidden, Refusal
from coordina.core.registry import Registry
from coordina.ledger.change_sets import change_set as open_change_set
from coordina.ledger.change_sets import opened_change_set
from coordina.ledger.entries import Written, read
from coordina.ledger.history import last_versions, touched
from coordina.ledger.models.changes import Batch, Change, ChangeSet, State
from coordina.ledger.outbox import withdraw
from coordina.ledger.standing import Standing

UNDO_ANY = "ledger.undo_changeset"
AT_ONCE = 1000
"""Entries that are taken back in one transaction."""
SKIPPED = frozenset({"version", "changed_at", "created_at"})

type Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Held:
    """A row that was left as it is.

    Attributes:
        reason: `changed` (columns in `names` hold something newer), `held` (records of the models in `names` refer to
            it), `gone`, `exists`, `missing` (a deleted row cannot return: what it belonged to is not there), or
            `beyond` (the person may not write it any more).
    """

    model: str
    pk: int
    reason: str
    names: tuple[str, ...] = ()


@dataclass(slots=True)
class UndoReport:
    """What an undo did and what it left.

    Attributes:
        change_set: The change set of the undo itself; None when nothing was written.
        undone: How many rows went back.
        held: Rows that were left, with the reason.
        outside: What had left Coordina by then, in words: an undo cannot call it back.
    """

    change_set: ChangeSet | None = None
    undone: int = 0
    held: list[Held] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What a room did about a change set outside of the ledger, such as mails.

    Attributes:
        recall: Takes back what has not left; called in the undo's transaction with the id of the change set.
        left: Says what has left, in words.
    """

    recall: Callable[[int], None]
    left: Callable[[int], list[str]]


AFTERMATHS: Registry[str, Aftermath] = Registry("aftermath")


def left_outside(change_set: ChangeSet) -> list[str]:
    """What of a change set has left Coordina, in words."""
    return [text for each in AFTERMATHS for text in each.left(change_set.pk)]


def may_undo(change_set: ChangeSet, by: User) -> bool:
    """Whether a person may take a change set back: their own, or with the permission to undo any."""
    needed = ACTIONS.get(change_set.action)
    if needed is not None and not by.may(needed.permission):
        return False
    return change_set.undoable and (change_set.by_id == by.pk or by.may(UNDO_ANY))


def undo(
    change_set: ChangeSet,
    *,
    by: User,
    at: datetime,
    force: bool = False,
    progress: Callable[[int], None] = lambda rows: None,
) -> UndoReport:
    """Take a change set back, write by write from the last to the first; one of up to a thousand rows as a whole.

    Args:
        change_set: What to take back; one that was partly undone may be finished.
        by: Who asks; an import or bulk edit of somebody else needs `ledger.undo_changeset`.
        at: When.
        force: Remove made records even when others have changed or built on them since.
        progress: Told how many entries are behind.

    Raises:
        Forbidden: When it is not this person's to undo.
        Refusal: When it was undone already or cannot be.
    """
    if _size(change_set) > AT_ONCE:
        return _taken_back(change_set, by, at, force, progress)
    with transaction.atomic():  # a small one as a whole or not at all, and by one person only
        now = ChangeSet.objects.select_for_update().only("state").get(pk=change_set.pk)
        change_set.state = now.state
        return _taken_back(change_set, by, at, force, progress)


def _size(change_set: ChangeSet) -> int:
    batched = Batch.objects.filter(change_set=change_set).aggregate(rows=Sum("size"))["rows"] or 0
    return Change.objects.filter(change_set=change_set).count() + int(batched)


def _taken_back(
    change_set: ChangeSet, by: User, at: datetime, force: bool, progress: Callable[[int], None]
) -> UndoReport:
    standing = Standing(change_set, by)
    if not may_undo(change_set, by) or not standing.allowed:
        raise Forbidden
    if change_set.state == State.UNDONE:
        raise Refusal("undone", _("This was undone already."), status=409)
    report = UndoReport()
    kept = {} if force else _kept(change_set)
    fixed = _fixed(change_set)
    if force:
        _spare(change_set, standing, kept)
    for chunk in read(change_set):
        for model, kind, part in _runs(chunk):
            standing.learn(model, kind, part)
    behind = 0
    for chunk in read(change_set, reverse=True):
        with open_change_set(
            by=by, at=at, via="undo", action="ledger.undo", resume=report.change_set, undo_of=change_set
        ) as journal:
            for model, kind, part in _runs(chunk):
                loose = _within(standing, model, kind, _loose(model, part, fixed, kept), report)
                _undo_run(model, kind, loose, report, kept, force)
            row: ChangeSet = journal.context["change_set"]
        report.change_set = row if row.pk is not None else None
        behind += len(chunk)
        progress(behind)
    report.held.extend(kept.values())
    with transaction.atomic():
        change_set.state = State.PARTLY if any(h.reason != "gone" for h in report.held) else State.UNDONE
        change_set.save(update_fields=["state"])
        withdraw(change_set.pk)
        for each in AFTERMATHS:
            each.recall(change_set.pk)
        if change_set.undo_of_id is not None and change_set.state == State.UNDONE:  # a redo: it holds again
            ChangeSet.objects.filter(pk=change_set.undo_of_id).update(state=State.DONE)
    report.outside = left_outside(change_set)
    return report


def _runs(chunk: Iterable[Written]) -> list[tuple[type[Record], str, list[Written]]]:
    """Neighbouring entries of one model and kind; a row that comes twice begins a new run."""
    runs: list[tuple[type[Record], str, list[Written]]] = []
    seen: set[int] = set()
    for entry in chunk:
        model: Any = apps.get_model(entry.model)
        if not runs or runs[-1][0] is not model or runs[-1][1] != entry.kind or entry.pk in seen:
            runs.append((model, entry.kind, []))
            seen = set()
        runs[-1][2].append(entry)
        seen.add(entry.pk)
    return runs


def _within(
    standing: Standing, model: type[Record], kind: str, part: list[Written], report: UndoReport
) -> list[Written]:
    """Entries without those of rows that the person may not write any more; what they made they may remove."""
    if kind == "c":
        return part
    beyond = standing.beyond(model, kind, part)
    report.held.extend(Held(model._meta.label, pk, "beyond") for pk in sorted(beyond))
    return [entry for entry in part if entry.pk not in beyond]


def _spare(change_set: ChangeSet, standing: Standing, kept: dict[Key, Held]) -> None:
    """Nobody removes by force what others built on where it is out of their own reach."""
    for (label, pk), held in _kept(change_set).items():
        model: Any = apps.get_model(label)
        if standing.beyond(model, "c", [Written(label, pk, "c", {})]):
            kept[label, pk] = held


def _undo_run(
    model: type[Record], kind: str, part: list[Written], report: UndoReport, kept: dict[Key, Held], force: bool
) -> None:
    if kind == "d":
        _bring_back(model, part, report)
    elif kind == "c":
        _remove(model, part, report, kept, force)
    else:
        _put_back(model, part, report, kept)


def _bring_back(model: type[Record], part: list[Written], report: UndoReport) -> None:
    """Deleted rows return with their ids, one version after the last they ever had."""
    label = model._meta.label
    last = last_versions(label, [e.pk for e in part])
    taken = set(model._base_manager.filter(pk__in=[e.pk for e in part]).values_list("pk", flat=True))
    columns = {c.attname: c for c in model._meta.concrete_fields}
    rows = []
    for entry in part:
        if entry.pk in taken or not _references_stand(model, entry.delta, {e.pk for e in part}):
            report.held.append(Held(label, entry.pk, "exists" if entry.pk in taken else "missing"))
            continue
        values = {k: decode(columns[k], v) for k, v in entry.delta.items() if k in columns}
        values["version"] = max(entry.delta["version"], last.get(entry.pk, 0)) + 1
        rows.append(model(**values))
    model._base_manager.bulk_create(rows, batch_size=500)
    report.undone += len(rows)


def _references_stand(model: type[Record], values: dict[str, Any], returning: set[int]) -> bool:
    """Whether the records a deleted row belonged to are still there, or come back along with it."""
    for column in model._meta.concrete_fields:
        far: Any = column.related_model
        key = values.get(column.attname)
        if far is model and key in returning:
            continue
        if far is not None and key is not None and issubclass(far, Record):
            rows: Any = far._base_manager
            if not rows.filter(pk=key).exists():
                return False
    return True


def _remove(model: type[Record], part: list[Written], report: UndoReport, kept: dict[Key, Held], force: bool) -> None:
    """Made rows go, unless others have built on them; what belongs to a kept record stays with it."""
    label = model._meta.label
    keys = [e.pk for e in part if (label, e.pk) not in kept]
    if model.scope_parent and kept:
        parent = model._meta.get_field(model.scope_parent)
        far: Any = parent.related_model
        column = parent.attname  # type: ignore[union-attr]  # a foreign key has one
        rows = model._base_manager.filter(pk__in=keys).values_list("pk", column)
        keys = [pk for pk, owner in rows if (far._meta.label, owner) not in kept]
    gone = set(model._base_manager.filter(pk__in=keys).values_list("pk", flat=True))
    holders = _holders(model, gone)
    free = gone - set(holders)
    if force:
        _remove_holders(model, set(holders))
        free = gone
    else:
        for pk, names in holders.items():
            kept.setdefault((label, pk), Held(label, pk, "held", tuple(sorted(names))))
    model._base_manager.filter(pk__in=free).delete()
    report.undone += len(free)


def _put_back(model: type[Record], part: list[Written], report: UndoReport, kept: dict[Key, Held]) -> None:
    """Changed columns go back where they still hold what was written."""
    label = model._meta.label
    columns = {c.attname: c for c in model._meta.concrete_fields}
    skipped = SKIPPED | model.worked_out
    rows: Any = model._base_manager
    here = {o.pk: o for o in rows.filter(pk__in=[e.pk for e in part]).locked()}
    dirty: list[Record] = []
    names: set[str] = set()
    for entry in part:
        obj = here.get(entry.pk)
        if obj is None:
            report.held.append(Held(label, entry.pk, "gone"))
            continue
        if (label, entry.pk) in kept:
            continue
        pairs = {k: pair for k, pair in entry.delta.items() if k not in skipped and k in columns}
        newer = _newer(model, obj, pairs)
        if newer:
            report.held.append(Held(label, entry.pk, "changed", newer))
        for name, (old, _new) in pairs.items():
            if name not in newer:
                setattr(obj, name, decode(columns[name], old))
                names.add(columns[name].name)
        if len(newer) < len(pairs) or model.worked_out & entry.delta.keys():
            names |= obj.work_out()
            dirty.append(obj)
    if dirty:
        model._base_manager.bulk_update(dirty, sorted(names))
    report.undone += len(dirty)


def _newer(model: type[Record], obj: Record, pairs: dict[str, Any]) -> tuple[str, ...]:
    """Columns that hold something newer than what was written, with those that go back together with them.

    A column that holds what it held before is no conflict: an undo that was killed goes over it again.
    """
    newer = {k for k, pair in pairs.items() if encode(getattr(obj, k)) not in pair}
    for group in model.undo_together:
        if newer & group:
            newer |= group & pairs.keys()
    return tuple(k for k in pairs if k in newer)


def _fixed(change_set: ChangeSet) -> dict[Key, set[str]]:
    """Columns of groups that cannot go back, by record: rows that tell the same of it stay as they are too."""
    final: dict[Key, dict[str, Any]] = {}
    for chunk in read(change_set):
        for model, kind, part in _runs(chunk):
            if kind != "u" or not model.undo_together:
                continue
            label, columns = model._meta.label, frozenset().union(*model.undo_together)
            here = {o.pk: o for o in model._base_manager.filter(pk__in=[e.pk for e in part])}
            for entry in part:
                written = {k: pair[1] for k, pair in entry.delta.items() if k in columns}
                obj, key = here.get(entry.pk), (label, entry.pk)
                if key in final or (obj is not None and any(encode(getattr(obj, k)) != v for k, v in written.items())):
                    final[key] = final.get(key, {}) | written
    fixed: dict[Key, set[str]] = {}
    for (label, pk), written in final.items():
        model_: Any = apps.get_model(label)
        obj = model_._base_manager.filter(pk=pk).first()
        newer = {k for k, v in written.items() if obj is not None and encode(getattr(obj, k)) != v}
        if newer:
            fixed[label, pk] = set().union(*(group for group in model_.undo_together if group & newer))
    return fixed


def _loose(
    model: type[Record], part: list[Written], fixed: dict[Key, set[str]], kept: dict[Key, Held]
) -> list[Written]:
    """Entries without those of child rows that stay because a group of their parent does, which is listed itself."""
    if not model.undo_with_parent or not (fixed or kept):
        return part
    parent = model._meta.get_field(model.scope_parent)
    far: Any = parent.related_model
    column = str(getattr(parent, "attname", ""))
    rows: Any = model._base_manager
    now: dict[int, int] = dict(rows.filter(pk__in=[e.pk for e in part]).values_list("pk", column))
    keys: list[Any] = [(far._meta.label, now.get(entry.pk, entry.delta.get(column))) for entry in part]
    return [
        entry
        for entry, key in zip(part, keys, strict=True)
        if key not in kept and model.undo_with_parent not in fixed.get(key, ())
    ]


def _kept(change_set: ChangeSet) -> dict[Key, Held]:
    """Made records that others have changed or built on since; their contents are compared, their referrers asked."""
    expected: dict[Key, dict[str, Any]] = {}
    kept: dict[Key, Held] = {}
    for chunk in read(change_set):
        for model, kind, part in _runs(chunk):
            label = model._meta.label
            if kind == "c":
                _note_suspects(model, part, expected, kept, change_set)
            elif kind == "u":
                for entry in part:
                    if (label, entry.pk) in expected:
                        expected[label, entry.pk] |= {k: pair[1] for k, pair in entry.delta.items()}
    for (label, pk), values in expected.items():
        model_: Any = apps.get_model(label)
        obj = model_._base_manager.filter(pk=pk).first()
        if obj is None or obj.version == values["version"]:
            continue
        now = image(obj)
        newer = tuple(k for k, v in values.items() if k not in SKIPPED and k in now and now[k] != v)
        if newer:
            kept.setdefault((label, pk), Held(label, pk, "changed", newer))
    return _with_parents(kept)


def _note_suspects(
    model: type[Record],
    part: list[Written],
    expected: dict[Key, dict[str, Any]],
    kept: dict[Key, Held],
    change_set: ChangeSet,
) -> None:
    """Rows that are no longer as they were made are suspects; rows that strangers refer to are kept."""
    label = model._meta.label
    made = {e.pk: e.delta for e in part}
    rows: Any = model._base_manager
    now = dict(rows.filter(pk__in=list(made)).values_list("pk", "version"))
    expected.update({(label, pk): dict(made[pk]) for pk, version in now.items() if version != made[pk]["version"]})
    for referrer, pairs in _referrers(model, set(now)):
        ours = touched(change_set, referrer._meta.label, [pk for pk, _target in pairs])  # it goes back itself
        for pk, target in pairs:
            if pk not in ours:
                known = kept.get((label, target))
                names = {*(known.names if known else ()), referrer._meta.label}
                kept[label, target] = Held(label, target, "held", tuple(sorted(names)))


def _with_parents(kept: dict[Key, Held]) -> dict[Key, Held]:
    """Whoever changed a part of a record has built on the record."""
    for (label, pk), held in list(kept.items()):
        model: Any = apps.get_model(label)
        if model.scope_parent:
            parent = model._meta.get_field(model.scope_parent)
            owner = model._base_manager.filter(pk=pk).values_list(parent.attname, flat=True).first()
            if owner is not None:
                key = (parent.related_model._meta.label, owner)
                kept.setdefault(key, Held(*key, "held", (label, *held.names)))
    return kept


def _referrers(model: type[Record], keys: set[int]) -> Iterable[tuple[type[Record], list[tuple[int, int]]]]:
    """Records that point at these rows: (id of the referrer, id of the row) by model."""
    if not keys:
        return
    for other in apps.get_models():
        if not issubclass(other, Record):
            continue
        for column in other._meta.concrete_fields:
            if column.related_model is model and column.remote_field is not None:
                rows = other._base_manager.filter(**{f"{column.name}__in": keys})
                pairs = [
                    p
                    for p in rows.order_by("pk").values_list("pk", column.attname)
                    if p[0] != p[1] or other is not model
                ]
                if pairs:
                    yield other, pairs
    for hanger in HANGERS:
        manager: Any = hanger._base_manager
        rows = manager.filter(subject_type=model._meta.label, subject_id__in=keys)
        pairs = list(rows.order_by("pk").values_list("pk", "subject_id"))
        if pairs:
            yield hanger, pairs


def _holders(model: type[Record], keys: set[int]) -> dict[int, set[str]]:
    """Which rows cannot go because others point at them, except what goes along with them anyway."""
    found: dict[int, set[str]] = {}
    for referrer, pairs in _referrers(model, keys):
        if referrer is model:
            pairs = [p for p in pairs if p[0] not in keys]
        for _pk, target in pairs:
            found.setdefault(target, set()).add(referrer._meta.label)
    return found


def _remove_holders(model: type[Record], keys: set[int]) -> None:
    """Remove what belongs to rows that must go; what merely refers to them makes the undo refuse.

    Raises:
        Refusal: When a record of its own right refers to one of the rows.
    """
    for referrer, pairs in _referrers(model, keys):
        if referrer is model or referrer in HANGERS or referrer.scope_parent:
            continue
        raise Refusal(
            "held",
            _("%(count)s records of another kind still refer to these. Undo or change them first.")
            % {"count": len(pairs)},
            status=409,
        )


def undoing() -> bool:
    """Whether the open change set is an undo: what follows from actions must not follow again."""
    return opened_change_set().undo_of_id is not None
