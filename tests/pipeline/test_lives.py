"""Random lives of opportunities: whatever people do, undo and redo, everything agrees in the end."""

import random
from datetime import timedelta
from typing import Any

import pytest

from coordina.core.refusals import Refusal
from coordina.core.types import type_of
from coordina.ledger.change_sets import change_set
from coordina.ledger.models import ChangeSet
from coordina.ledger.undo import undo
from coordina.pipeline import sums
from coordina.pipeline.actions import lose, move, reopen, win
from coordina.pipeline.models import Opportunity, StageSum
from tests.pipeline.ground import AT, TODAY, Ground, check


def anything(ground: Ground, dice: random.Random) -> None:
    """One step of somebody's day."""
    obj = dice.choice(list(Opportunity.objects.order_by("pk")))
    day = (TODAY - timedelta(days=dice.randrange(20))).isoformat()
    stage = dice.choice([*ground.stages, ground.won, ground.lost])
    match dice.randrange(9):
        case 0 | 1:
            ground.do(move, obj, stage=stage.pk, entered_on=dice.choice([None, day]))
        case 2:
            ground.do(win, obj, closed_on=day, amount=dice.choice([None, "77.7"]))
        case 3:
            ground.do(lose, obj, closed_on=day, reason=ground.price.pk)
        case 4:
            ground.do(reopen, obj)
        case 5:
            change: dict[str, Any] = dice.choice(
                [
                    {"amount": str(dice.randrange(5000))},
                    {"amount": None},
                    {"opened_on": day},
                    {"closed_on": day},
                    {"probability": dice.randrange(100)},
                    {"owner": dice.choice([ground.seller, ground.other, ground.manager]).pk},
                    {"stage": stage.pk},
                    {"name": f"N{dice.randrange(99)}"},
                ]
            )
            ground.edit(obj, **change)
        case 6:
            writer = type_of(Opportunity).writer
            with change_set(by=ground.director, at=AT, via="import", action="t"):
                found = list(Opportunity.objects.order_by("pk")[:3])
                values = {"stage": stage, f"entered_stage:{ground.stages[1].pk}": TODAY - timedelta(days=40)}
                writer.edit([(o, writer.clean(dict(values), obj=o)) for o in found], by=ground.director, at=AT)
        case _:
            last = list(ChangeSet.objects.filter(action__contains="pipeline.").order_by("-pk")[:6])
            undo(dice.choice(last), by=ground.director, at=AT)


@pytest.mark.parametrize("seed", range(6))
def test_everything_agrees_whatever_happens(ground: Ground, seed: int) -> None:
    dice = random.Random(seed)
    for i in range(4):
        ground.new(name=f"O{i}", opened_on=(TODAY - timedelta(days=30)).isoformat())
    done = 0
    for _step in range(60):
        try:
            anything(ground, dice)
            done += 1
        except Refusal:
            pass
        for obj in Opportunity.objects.order_by("pk"):
            check(obj)
        if not Opportunity.objects.exists():
            ground.new()
        if _step % 20 == 0:
            sums.compact()
    assert done > 15
    assert sums.compare() == 0
    kept = sums.totals()
    sums.compact()
    assert sums.totals() == kept
    assert StageSum.objects.count() <= len(kept) + 40


def test_sums_are_rebuilt(ground: Ground) -> None:
    ground.new()
    ground.write([{"name": f"O{i}", "amount": i, "stage": ground.stages[i % 5]} for i in range(200)])
    assert sums.compare() == 0
    StageSum.objects.all().delete()
    assert sums.compare() == 5
    assert sums.rebuild() == 5
    assert sums.compare() == 0
