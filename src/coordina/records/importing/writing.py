"""Writing judged rows: what they refer to, then the rows, in as few statements as their writers need."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from coordina.core.changes import Values
from coordina.core.images import encode
from coordina.core.instances import loaded
from coordina.core.records import Record
from coordina.core.refusals import Refusal
from coordina.records.importing.judged import Judged
from coordina.records.importing.judging import Judge
from coordina.records.importing.references import Resolver
from coordina.records.importing.resolvers import HeadResolver
from coordina.records.imports.folding import folded
from coordina.records.models import Extensible, ExternalId, Note

KEPT = 4000
"""Records of one reference that are kept from chunk to chunk."""


class Spoilt(Exception):
    """A row was refused while its chunk was written without a net: the chunk has to be written again with one."""


type Work = tuple[Judged, Record | None, Values]
"""A row, the record it changes (None for a new one) and its values as the writer takes them."""


def write(judge: Judge, wave: Sequence[Judged], at: datetime) -> Counter[str]:
    """Write rows that do not speak of the same record; rows that are refused carry their errors afterwards.

    Returns:
        How many are `new`, `update`, `same` and `error`, and `made:<field>` for records made for references.
    """
    counts = _make_pending(judge, wave, at)
    far = far_of(judge, wave)
    here = _locked(judge, [one.found for one in wave if one.found is not None and not one.errors])
    work: list[Work] = []
    same: list[tuple[Judged, int]] = []
    for one in wave:
        prepared = _prepared(judge, one, here, far)
        if prepared is None:
            continue
        if prepared[1] is not None and not prepared[2]:
            same.append((one, prepared[1].pk))
        else:
            work.append(prepared)
    new = _created(judge, [w for w in work if w[1] is None], at)
    changed = _changed(judge, [w for w in work if w[1] is not None], far, at)
    _link(judge, [*new, *changed, *same])
    if judge.identity is not None:
        judge.identity.learn([*new, *changed])
    _keep_other(judge, [*new, *changed])
    counts["new"] += len(new) + sum(one.again for one, _pk in [*changed, *same])
    counts["update"] += sum(not one.again for one, _pk in changed)
    counts["same"] += sum(not one.again for one, _pk in same)
    counts["error"] += sum(bool(one.errors) for one in wave)
    if new and judge.plan.own:
        for name in judge.plan.own:
            judge.references[name].forget()
    return counts


def _prepared(judge: Judge, one: Judged, here: dict[int, Record], far: dict[str, dict[int, Record]]) -> Work | None:
    """A row as its writer takes it; None where it is refused."""
    if one.errors:
        return None
    obj = here.get(one.found) if one.found is not None else None
    if one.found is not None and obj is None:
        one.errors.append(("", _("You cannot change the record that this row is about.")))
    judge.allowed(one)
    values = None if one.errors else judge.clean(one, obj, far)
    if values is None:
        return None
    values = with_other(judge, one, obj, values)
    return one, obj, differing(obj, values) if obj is not None else values


def with_other(judge: Judge, one: Judged, obj: Record | None, values: Values) -> Values:
    """The values with the cells that no field holds, where the type has room for them."""
    if not one.other or not issubclass(judge.plan.type.model, Extensible):
        return values
    return values | {"other_data": (getattr(obj, "other_data", None) or {}) | one.other}


def _locked(judge: Judge, keys: Sequence[int]) -> dict[int, Record]:
    """The records that rows update, as far as this person may change them."""
    if not keys:
        return {}
    rows: Any = judge.plan.type.model.objects
    if judge.edit:
        return {o.pk: o for o in rows.within(judge.by, judge.edit).locked().filter(pk__in=keys)}
    made = set(judge.made) & set(keys)
    return {o.pk: o for o in rows.locked().filter(pk__in=made)}


def differing(obj: Record, values: Values) -> Values:
    """Only what is not so already; values that are no columns are always written."""
    columns = {f.name: f for f in obj._meta.concrete_fields}
    return {
        n: v
        for n, v in values.items()
        if n not in columns or encode(getattr(obj, columns[n].attname)) != encode(v.pk if isinstance(v, Model) else v)
    }


def _written(judge: Judge, work: list[Work], do: Callable[[list[Work]], list[tuple[Judged, int]]]) -> Any:
    """Write many rows at once; with a net only the bad ones are left out, without one nothing may be refused.

    Raises:
        Spoilt: Without a net, when a row is refused.
    """
    if judge.net or not work:
        return _bisected(work, do, judge.refuse)
    try:
        return do(work)
    except (Refusal, DatabaseError) as error:
        raise Spoilt from error


def _bisected(work: list[Work], do: Callable[[list[Work]], list[tuple[Judged, int]]], refuse: Any) -> Any:
    """Write many rows at once; when they are refused, halves of them, so that only the bad ones are left out."""
    if not work:
        return []
    try:
        with transaction.atomic():
            return do(work)
    except (Refusal, DatabaseError) as error:
        if len(work) == 1:
            if isinstance(error, Refusal):
                refuse(work[0][0], error.errors)
            else:
                refuse(work[0][0], {"": [_("The database does not take this row. Look at long or strange texts.")]})
            return []
    _refresh(work)
    half = len(work) // 2
    return _bisected(work[:half], do, refuse) + _bisected(work[half:], do, refuse)


def _refresh(work: list[Work]) -> None:
    """Read records again that a writer may have changed before what it wrote was rolled back."""
    for far in {id(v): v for _one, _obj, values in work for v in values.values() if isinstance(v, Record)}.values():
        far.refresh_from_db()


def _created(judge: Judge, work: list[Work], at: datetime) -> list[tuple[Judged, int]]:
    writer = judge.plan.type.writer

    def create(part: list[Work]) -> list[tuple[Judged, int]]:
        made = writer.create([dict(values) for _one, _obj, values in part], by=judge.by, at=at)
        return [(w[0], obj.pk) for w, obj in zip(part, made, strict=True)]

    return list(_written(judge, work, create))


def _changed(
    judge: Judge, work: list[Work], far: dict[str, dict[int, Record]], at: datetime
) -> list[tuple[Judged, int]]:
    writer = judge.plan.type.writer
    first = True

    def edit(part: list[Work]) -> list[tuple[Judged, int]]:
        nonlocal first
        if not first:  # another row of this wave may have written the record: look at it again
            here = _locked(judge, [w[1].pk for w in part if w[1] is not None])
            part = [p for w in part if (p := _prepared(judge, w[0], here, far)) is not None]
        first = False
        writer.edit([(obj, values) for _one, obj, values in part if obj is not None], by=judge.by, at=at)
        return [(one, obj.pk) for one, obj, _values in part if obj is not None]

    return list(_written(judge, work, edit))


def _make_pending(judge: Judge, wave: Sequence[Judged], at: datetime) -> Counter[str]:
    """Make the records that rows refer to and that do not exist."""
    counts: Counter[str] = Counter()
    for name, resolver in judge.references.items():
        waiting = [one for one in wave if name in one.pending and not one.errors]
        if not waiting:
            continue
        resolver.prepare(waiting)
        known = resolver.find(one.pending[name] for one in waiting)
        left = sorted({text for text, pk in known.items() if pk is None})
        made = resolver.created(left, at=at)
        if resolver is judge.head and not judge.head.named:
            _keep_numbers(judge.head, made)
        counts[f"made:{name}"] += len(set(made.values()))
        if name in judge.plan.own:
            counts[f"made:{name}"] -= _stubbed(judge, wave, made)
        for one in waiting:
            text = one.pending.pop(name)
            key = known[text] or made.get(text)
            if key is not None:
                one.values[resolver.fills] = key
            else:
                one.errors.append((str(resolver.field.label), resolver.refused.get(text) or _("It could not be made.")))
    return counts


def _keep_numbers(head: HeadResolver, made: Mapping[str, int]) -> None:
    """Remember the numbers under which the other system knows what lines are of."""
    label = head.model._meta.label
    ids = [ExternalId(subject_type=label, subject_id=pk, system=head.system, value=text) for text, pk in made.items()]
    ExternalId.objects.bulk_create(ids)


def _stubbed(judge: Judge, wave: Sequence[Judged], made: dict[str, int]) -> int:
    """Remember records made before their own rows came; rows of this wave are about them at once.

    Returns:
        How many of them got their row already.
    """
    judge.stubs |= {folded(text): pk for text, pk in made.items()}
    judge.made |= set(made.values())
    before = len(judge.stubs)
    for one in wave:
        if one.found is None and not one.errors:
            judge.match_stub(one)
        if one.again:
            judge.stubs.pop(judge.name_of(one), None)
    return before - len(judge.stubs)


def far_of(judge: Judge, wave: Sequence[Judged]) -> dict[str, dict[int, Record]]:
    """The records that values refer to; those of earlier chunks are used again while nobody wrote them."""
    found: dict[str, dict[int, Record]] = {}
    fields = judge.plan.type.fields
    models: dict[str, Any] = {resolver.fills: resolver.model for resolver in judge.references.values()}
    given = (*judge.plan.constants, *judge.fallbacks)
    models |= {name: fields[name].to for name in given if name in fields and fields[name].to}
    for name, model in models.items():
        keys = {one.values[name] for one in wave if isinstance(one.values.get(name), int)}
        kept = judge.far.setdefault(name, {})
        if len(kept) > KEPT:
            kept.clear()
        versions = dict(model.objects.filter(pk__in=keys & kept.keys()).values_list("pk", "version")) if kept else {}
        stale = {pk for pk in keys if pk not in kept or versions.get(pk) != kept[pk].version}
        if stale:
            for pk in stale:
                kept.pop(pk, None)
            kept |= loaded(model, stale)
        found[name] = kept
    return found


def _link(judge: Judge, linked: Sequence[tuple[Judged, int]]) -> None:
    """Remember the ids of the other system."""
    wanted = {one.external: pk for one, pk in linked if one.external}
    if not wanted:
        return
    label, system = judge.plan.type.model._meta.label, judge.plan.system
    rows = ExternalId.objects.filter(subject_type=label, system=system, value__in=list(wanted))
    known = set(rows.values_list("value", flat=True))
    ExternalId.objects.bulk_create(
        [
            ExternalId(subject_type=label, subject_id=pk, system=system, value=value)
            for value, pk in wanted.items()
            if value not in known
        ]
    )


def _keep_other(judge: Judge, linked: Sequence[tuple[Judged, int]]) -> None:
    """Keep the cells that no field holds in a note, where the type has no room for other data."""
    model = judge.plan.type.model
    left = [(one, pk) for one, pk in linked if one.other]
    if not left or issubclass(model, Extensible) or not judge.plan.type.extra.get("keeps_other", True):
        return
    label = judge.head.model._meta.label if judge.head is not None else model._meta.label
    said: dict[int, list[str]] = {}
    for one, pk in left:  # of a line it is kept with what the line is of
        about = one.values.get(judge.head.fills, pk) if judge.head is not None else pk
        said.setdefault(about, []).append("\n".join(f"{header}: {text}" for header, text in one.other.items()))
    texts = {pk: "\n\n".join(parts)[:20_000] for pk, parts in said.items()}
    rows = Note.objects.filter(subject_type=label, subject_id__in=list(texts)).values_list("subject_id", "text")
    have = set(rows)
    Note.objects.bulk_create(
        [
            Note(subject_type=label, subject_id=pk, text=text, owner=judge.by)
            for pk, text in texts.items()
            if (pk, text) not in have
        ]
    )


def forget(references: dict[str, Resolver]) -> None:
    """Drop what was remembered about records that a rolled back transaction made."""
    for resolver in references.values():
        resolver.forget()
