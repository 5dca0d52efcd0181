"""Whether a database is as use leaves it: each check counts what is wrong."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.apps import apps
from django.db.models import BigIntegerField, Count, Exists, F, Max, OuterRef, Q, Sum
from django.db.models.functions import Cast, Substr

from coordina.core.derived import REBUILDS
from coordina.core.images import image
from coordina.core.records import Record
from coordina.ledger.entries import type_id, unpack
from coordina.ledger.models import Batch, BatchEntry, Change, Sequence
from coordina.pipeline.models import Opportunity, StageEntry
from coordina.pipeline.writers import SERIES

SAMPLE = 40
"""Batches of each model whose images are compared with the rows themselves."""


def checks() -> Iterator[tuple[str, Callable[[], int]]]:
    """Names of the checks with what counts the faults."""
    for name, (_rebuild, compare) in REBUILDS.items():
        yield name, compare
    for model in apps.get_models():
        if issubclass(model, Record):
            yield f"{model._meta.label} without entry", partial(unrecorded_rows, model)
    yield "batches and their index", batches_apart
    yield "images in batches", images_apart
    yield "ways", ways_apart
    yield "opportunities in themselves", opportunities_apart
    yield "references", references_apart


def unrecorded_rows(model: type[Record]) -> int:
    """Rows of whose making the ledger knows nothing."""
    batched = BatchEntry.objects.filter(type_id=type_id(model._meta.label), object_id=OuterRef("pk"), kind="c")
    plain = Change.objects.filter(model=model._meta.label, object_id=OuterRef("pk"), kind="c")
    return int(model._base_manager.filter(~Exists(batched), ~Exists(plain)).count())


def batches_apart() -> int:
    """Entries by which batches and their thin index differ."""
    sizes: int = Batch.objects.aggregate(total=Sum("size"))["total"] or 0
    return abs(sizes - BatchEntry.objects.count())


def images_apart() -> int:
    """Rows never changed since that differ from the image of their making, in some batches of each model."""
    wrong = 0
    labels = Batch.objects.order_by("model").values_list("model", flat=True).distinct()
    for label in labels:
        model: Any = apps.get_model(label)
        keys = list(Batch.objects.filter(model=label).order_by("pk").values_list("pk", flat=True))
        for key in keys[:: max(1, len(keys) // SAMPLE)]:
            made = {w.pk: w.delta for w in unpack(Batch.objects.get(pk=key)) if w.kind == "c"}
            rows = model._base_manager.filter(pk__in=list(made), version=1)
            wrong += sum(image(row) != made[row.pk] for row in rows)
    return wrong


def ways_apart() -> int:
    """Opportunities whose way does not lead to where they are, and stays that do not join."""
    entries = StageEntry.objects.filter(opportunity=OuterRef("pk"))
    here = entries.filter(current=True, stage=OuterRef("stage"))
    same = here.filter(Q(entered_on=OuterRef("entered_on")) | Q(entered_on=None))
    lost = Opportunity.objects.exclude(Exists(same)).count()
    nexts = StageEntry.objects.filter(opportunity=OuterRef("opportunity"), position=OuterRef("position") + 1)
    apart = StageEntry.objects.filter(current=False).exclude(
        Exists(nexts.filter(Q(entered_on=OuterRef("left_on")) | Q(entered_on=None)))
    )
    numbered = StageEntry.objects.values("opportunity").annotate(n=Count("pk"), last=Max("position"))
    return lost + apart.count() + numbered.exclude(n=F("last")).count()


def opportunities_apart() -> int:
    """Opportunities whose status is not that of their stage, or whose team is not their owner's."""
    rows = Opportunity.objects.exclude(status=F("stage__kind")).count()
    return rows + Opportunity.objects.exclude(team=F("owner__team")).filter(owner__team__isnull=False).count()


def references_apart() -> int:
    """References that occur twice, and whether the series stands before the highest one."""
    twice = Opportunity.objects.values("reference").annotate(n=Count("pk")).filter(n__gt=1).count()
    number = Cast(Substr("reference", len(SERIES) + 2), BigIntegerField())
    last = Opportunity.objects.aggregate(last=Max(number))["last"] or 0
    handed = Sequence.objects.filter(name=SERIES).values_list("last", flat=True).first() or 0
    return int(twice) + (last > handed)
