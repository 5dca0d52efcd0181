"""From when on an opportunity counts as stalled in its stage: the stage's own limit, else what is usual there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from time import monotonic

from django.db import transaction

from coordina.core.changes import Entry
from coordina.core.derived import follows
from coordina.pipeline import rules
from coordina.pipeline.models import Stage, StageEntry, StagePace
from coordina.pipeline.stages import Stages

LOOKED_AT = 1000
"""Past stays of a stage that are looked at: the latest."""
KEPT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Limit:
    """Days after which an opportunity is stalled in a stage.

    Attributes:
        stays: How many past stays say so; 0 where the stage itself does.
    """

    days: int
    stays: int = 0


_kept: tuple[float, dict[int, Limit]] | None = None


def limits(*, fresh: bool = False) -> dict[int, Limit]:
    """The limits of all open stages that have one, by id; at most two seconds old.

    Args:
        fresh: Whether to read them anew.
    """
    global _kept
    if fresh or _kept is None or monotonic() - _kept[0] > KEPT_SECONDS:
        usual = {
            pk: Limit(days, stays) for pk, days, stays in StagePace.objects.values_list("pk", "days", "stays") if days
        }
        found: dict[int, Limit] = {}
        for stage in Stages().all:
            own = Limit(stage.ageing_days) if stage.ageing_days else usual.get(stage.pk)
            if stage.kind == rules.OPEN and own is not None:
                found[stage.pk] = own
        _kept = (monotonic(), found)
    return _kept[1]


@follows("pipeline.Stage")
def forget_limits(entries: Sequence[Entry]) -> None:
    """Read the limits anew when they are next needed."""
    global _kept
    _kept = None


def stays_of(stage: int) -> list[int]:
    """Lengths in days of the latest past stays in a stage whose two days are known."""
    rows = StageEntry.objects.filter(stage=stage, entered_on__isnull=False, left_on__isnull=False)
    days = rows.order_by("-pk").values_list("entered_on", "left_on")[:LOOKED_AT]
    return [(left - entered).days for entered, left in days if entered and left and left >= entered]


def measure(today: date) -> bool:
    """Measure the pace of each open stage.

    Returns:
        Whether the limit of any stage has changed.
    """
    before = limits(fresh=True)
    for stage in Stage.objects.filter(kind=rules.OPEN).order_by("pk"):
        stays = stays_of(stage.pk)
        values = {"stays": len(stays), "days": rules.usual_days(stays), "taken_on": today}
        with transaction.atomic():
            StagePace.objects.update_or_create(pk=stage.pk, defaults=values)
    return limits(fresh=True) != before


def is_measured(today: date) -> bool:
    """Whether today's measurement has been taken."""
    return StagePace.objects.filter(taken_on=today).exists()
