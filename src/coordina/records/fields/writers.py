"""Conversions over all records of a type: looked at first, then written in chunks, one change set that can be undone.

A killed conversion goes on behind its last committed chunk. What does not fit stays as it was and is listed.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils import timezone

from coordina.core.added import COLUMN, checked
from coordina.core.bulk import bulk_save
from coordina.core.refusals import Refusal
from coordina.core.types import TYPES, Field, Kind
from coordina.ledger.change_sets import change_set
from coordina.ledger.models.changes import ChangeSet, State
from coordina.ledger.queue import progress as job
from coordina.records.fields.actions import MOST_CHOICES, with_keys
from coordina.records.fields.building import field_of
from coordina.records.fields.converting import TEXTS, Unfit, converter
from coordina.records.fields.guessing import cells_of, facts_of, told
from coordina.records.importing.cells import Problem
from coordina.records.models import CustomField, FieldWork, WorkState

CHUNK = 500
SHOWN = 200
"""Records whose value did not fit that are listed."""
ACTION = "records.convert_field"


def rows_with(row: CustomField, column: str, key: str) -> Any:
    """Records of the type that hold something under a key of a JSON column."""
    rows: Any = TYPES[row.noun].model._base_manager
    return rows.filter(**{f"{column}__has_key": key})


def values_of(row: CustomField, column: str, key: str) -> Iterator[tuple[int, Any]]:
    """Ids and values, chunk by chunk, so that a job can be stopped."""
    behind = 0
    while True:
        part = list(rows_with(row, column, key).filter(pk__gt=behind).order_by("pk").values_list("pk", column)[:CHUNK])
        job.check()
        for pk, held in part:
            if held.get(key) is not None:
                yield pk, held[key]
        if len(part) < CHUNK:
            return
        behind = part[-1][0]


def definition(row: CustomField, **said: Any) -> Field:
    """The field as it would be with some of its attributes said differently."""
    draft = CustomField(**{f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields})
    for name, value in said.items():
        setattr(draft, name, value)
    return field_of(TYPES[row.noun], draft, "")


def look(work: FieldWork) -> None:
    """See which values of a field the new kind can hold; nothing is written but the answer."""
    row, given = work.field, dict(work.given)
    kind = Kind(given["kind"])
    old = definition(row)
    if old.kind in TEXTS:
        facts = facts_of(str(value) for _pk, value in values_of(row, COLUMN, row.slug))
        given |= told(facts)
    choices = choices_for(row, kind, given)
    convert = converter(old, definition(row, kind=kind.value, choices=choices), given)
    fits = 0
    left: list[list[Any]] = []
    left_count = 0
    for pk, value in values_of(row, COLUMN, row.slug):
        try:
            convert(value)
            fits += 1
        except Unfit:
            left_count += 1
            if len(left) < SHOWN:
                left.append([pk, str(value)[:120]])
        if not (fits + left_count) % CHUNK:
            job.report(fits + left_count)
    state = WorkState.REFUSED if left_count else WorkState.CHECKED
    _say(work, state=state, given=given | {"choices": choices}, done=fits, left_count=left_count, left=left)


def choices_for(row: CustomField, kind: Kind, given: dict[str, Any]) -> list[dict[str, Any]]:
    """The options of a list that texts become: those they had, else one for each different text."""
    if kind not in (Kind.CHOICE, Kind.CHOICES) or row.choices:
        return list(row.choices)
    texts = [str(v).strip()[:80] for v in dict.fromkeys(v for _pk, v in values_of(row, COLUMN, row.slug))]
    return with_keys(list(dict.fromkeys(texts))[:MOST_CHOICES], [])


def convert_kind(work: FieldWork) -> None:
    """Give a field its new kind and bring its values into it; the definition goes first, so undo puts it back last."""
    row, given = work.field, work.given
    kind = Kind(given["kind"])
    old = definition(row) if row.kind != kind else definition(row, kind=given["was"], choices=given["choices_were"])
    new = definition(row, kind=kind.value, choices=given["choices"])
    if row.kind != kind:
        was = {"was": row.kind, "choices_were": row.choices}
        with _set_of(work):
            fresh = CustomField.objects.locked().get(pk=row.pk)
            fresh.kind, fresh.choices, fresh.default = kind.value, given["choices"], None
            fresh.save()
            _say(work, given=given | was)
    _walk(work, COLUMN, row.slug, lambda obj: _converted(obj, row.slug, converter(old, new, given)))


def _converted(obj: Any, slug: str, convert: Callable[[Any], Any]) -> str | None:
    """Bring the value of one record into the new kind; the text of what does not fit, None where it does."""
    value = obj.custom[slug]
    try:
        obj.custom = obj.custom | {slug: convert(value)}
    except Unfit:
        return str(value)
    return None


def adopt_other(work: FieldWork) -> None:
    """Move what imported files left under a heading into a field; a record that has a value keeps both."""
    row, key = work.field, str(work.given["key"])
    field = definition(row)
    read = cells_of(field, work.given)

    def take(obj: Any) -> str | None:
        text = str(obj.other_data[key])
        found = read(text)
        if isinstance(found, Problem) or found is None or row.slug in obj.custom:
            return text
        try:
            kept = checked(field, found, None)
        except Refusal:
            return text
        obj.custom = obj.custom | {row.slug: kept}
        obj.other_data = {k: v for k, v in obj.other_data.items() if k != key}
        return None

    _walk(work, "other_data", key, take)


def replace_choice(work: FieldWork) -> None:
    """Give every record that has one option another one instead."""
    row, old, new = work.field, work.given["old"], work.given["new"]

    def swap(obj: Any) -> str | None:
        value = obj.custom[row.slug]
        if isinstance(value, list):
            value = list(dict.fromkeys(new if key == old else key for key in value))
        obj.custom = obj.custom | {row.slug: new if value == old else value}
        return None

    _walk(work, COLUMN, row.slug, swap)


def _walk(work: FieldWork, column: str, key: str, change: Callable[[Any], str | None]) -> None:
    """Go over the records that hold something under a key, chunk by chunk, each chunk committed with how far it is."""
    model = TYPES[work.field.noun].model
    total = work.done + work.left_count if work.what == "kind" else None
    _say(work, state=WorkState.RUNNING, done=0 if not work.behind else work.done)
    work.done, work.left, work.left_count = (work.done, work.left, work.left_count) if work.behind else (0, [], 0)
    while True:
        job.check()
        with _set_of(work):
            rows = rows_with(work.field, column, key).filter(pk__gt=work.behind).order_by("pk").locked()[:CHUNK]
            objs = list(rows)
            for obj in objs:
                held = getattr(obj, column).get(key)
                text = change(obj) if held is not None else None
                if text is not None:
                    work.left_count += 1
                    work.left = [*work.left, [obj.pk, text[:120]]] if len(work.left) < SHOWN else work.left
                else:
                    work.done += 1
            if objs:
                bulk_save(model, objs, ["custom", "other_data"])
                work.behind = objs[-1].pk
            _say(work, behind=work.behind, done=work.done, left=work.left, left_count=work.left_count)
        job.report(work.done + work.left_count, total)
        if len(objs) < CHUNK:
            break
    if work.change_set is not None:
        ChangeSet.objects.filter(pk=work.change_set.pk, state=State.OPEN).update(state=State.DONE)
    _say(work, state=WorkState.DONE)


@contextmanager
def _set_of(work: FieldWork) -> Iterator[None]:
    """A transaction of the one change set that the conversion is."""
    with change_set(
        by=work.by, at=timezone.now(), via="bulk", action=ACTION, resume=work.change_set, state=State.OPEN
    ) as journal:
        job.fence()
        row: ChangeSet = journal.context["change_set"]
        if row.pk is None:
            row.save()
        work.change_set = row
        FieldWork.objects.filter(pk=work.pk).update(change_set=row)
        yield


def _say(work: FieldWork, **said: Any) -> None:
    with transaction.atomic():
        FieldWork.objects.filter(pk=work.pk).update(**said)
    for name, value in said.items():
        setattr(work, name, value)
