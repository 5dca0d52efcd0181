"""Work on added fields that takes its time: indexes, conversions, counting other data."""

from collections import Counter
from itertools import batched
from typing import Any

from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordina.accounts import definitions
from coordina.core.added import COLUMN
from coordina.core.types import TYPES
from coordina.ledger.queue import Kind, progress, task
from coordina.records.fields import indexing, writers
from coordina.records.fields.guessing import kind_of, told
from coordina.records.imports.profiles import ColumnProfile
from coordina.records.models import CustomField, FieldIndex, FieldWork, IndexState, OtherKey, WorkState
from coordina.records.search.index import renew

CHUNK = 500
COUNTED = 5000
"""Values of a heading that a guess looks at."""
HEADINGS = 300
"""Headings of a record type that are counted."""


@task(kind=Kind.LONG, label=_("Preparing filters"))
def settle_index(field_id: int) -> None:
    """Make, renew or drop the indexes of a field, and say so."""
    row = CustomField.objects.filter(pk=field_id).first()
    if row is None:
        return
    state, built, problem = IndexState.READY, [], ""
    try:
        built = indexing.make(row)
    except DatabaseError as error:
        state, problem = IndexState.FAILED, str(error)[:500]
    with transaction.atomic():
        if built or problem:
            FieldIndex.objects.filter(pk=field_id).update(
                state=state, built=built, problem=problem, changed_at=timezone.now()
            )
        else:
            FieldIndex.objects.filter(pk=field_id).delete()
        definitions.move()


@task(kind=Kind.LONG, label=_("Renewing the search"))
def renew_search(field_id: int) -> None:
    """Put the values of a field into the search or take them out, after it was hidden, shown or archived."""
    row = CustomField.objects.filter(pk=field_id).first()
    if row is None:
        return
    label = TYPES[row.noun].model._meta.label
    for part in batched(writers.values_of(row, COLUMN, row.slug), CHUNK):
        with transaction.atomic():
            renew(label, [pk for pk, _value in part])


@task(kind=Kind.LONG, label=_("Converting values"))
def work_on_field(work_id: int) -> None:
    """Look at the values of a field, or convert them."""
    work = FieldWork.objects.select_related("field", "by__role", "change_set").filter(pk=work_id).first()
    if work is None or work.state not in (WorkState.WAITING, WorkState.RUNNING):
        return
    do: dict[str, Any] = {"other": writers.adopt_other, "choice": writers.replace_choice}
    step = do.get(work.what) or (writers.look if work.state == WorkState.WAITING else writers.convert_kind)
    try:
        step(work)
    except progress.Cancelled:
        FieldWork.objects.filter(pk=work.pk).update(state=WorkState.STOPPED)
        raise


@task(kind=Kind.LONG, label=_("Counting other data"))
def count_other(noun: str) -> None:
    """Count what imported files left in records of a type, heading by heading."""
    rows: Any = TYPES[noun].model._base_manager
    counts: Counter[str] = Counter()
    profiles: dict[str, ColumnProfile] = {}
    samples: dict[str, list[str]] = {}
    found = rows.exclude(other_data={}).order_by("pk").values_list("other_data", flat=True)
    for done, held in enumerate(found.iterator(2000)):
        for key, value in held.items():
            if value in (None, "") or (key not in counts and len(counts) >= HEADINGS):
                continue
            counts[key] += 1
            if counts[key] <= COUNTED:
                profiles.setdefault(key, ColumnProfile()).add(str(value))
            some = samples.setdefault(key, [])
            if len(some) < 3 and str(value) not in some:
                some.append(str(value)[:60])
        if not done % 2000:
            progress.check()
            progress.report(done)
    _keep_counts(noun, counts, profiles, samples)


def _keep_counts(
    noun: str, counts: Counter[str], profiles: dict[str, ColumnProfile], samples: dict[str, list[str]]
) -> None:
    """Put what was counted in the place of what was counted before."""
    now, made = timezone.now(), []
    for key, count in counts.most_common():
        if len(key) > 200:
            continue
        facts = profiles[key].decide()
        made.append(
            OtherKey(
                noun=noun,
                key=key,
                rows=count,
                kind=kind_of(facts).value,
                samples=samples[key],
                facts=told(facts),
                counted_at=now,
            )
        )
    with transaction.atomic():
        OtherKey.objects.filter(noun=noun).delete()
        OtherKey.objects.bulk_create(made)
