"""The strongest promise of the house: the ledger alone, read from nothing, gives every row as it is.

People do anything in any order: create, edit, delete, hang notes and files and tags, sell, bulk work, imports, undo and
redo, work that breaks off. Afterwards the ledger is replayed, everything worked out from records is compared with them,
and the board's sums are added up by hand.
"""

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from coordina.accounts.models import User
from coordina.config.seed.verify import checks
from coordina.ledger.queue.worker import run_until_idle
from coordina.pipeline.models import Opportunity, Pipeline
from coordina.pipeline.queries import board
from tests.clock import madrid_day

from .lives import Lives
from .replay import lies

pytestmark = pytest.mark.django_db
STEPS = 120


def apart() -> dict[str, int]:
    """What is worked out wrongly once the waiting jobs are done, by name of the check."""
    run_until_idle()
    return {name: found for name, count in checks() if (found := count())}


def by_hand(pipeline: Pipeline, user: User) -> dict[int, tuple[int, Decimal]]:
    """How many opportunities a person sees in each open stage, and what they are worth: counted one by one."""
    found: dict[int, list[Any]] = {}
    for sale in Opportunity.objects.visible_to(user).filter(stage__pipeline=pipeline, stage__kind="open"):
        row = found.setdefault(sale.stage_id, [0, Decimal(0)])
        row[0] += 1
        row[1] += sale.value or 0
    return {stage: (count, value) for stage, (count, value) in found.items()}


@pytest.mark.parametrize("seed", range(4))
def test_the_ledger_tells_the_whole_truth(seed: int, record_property: Any) -> None:
    lives = Lives(seed)
    for _ in range(2):
        lives.live(STEPS // 2)
        assert lies()[:5] == []
        assert apart() == {}
    for pipeline in Pipeline.objects.all():
        for plain in (lives.world.boss, lives.world.rep, lives.world.other):
            user = User.objects.for_request().get(pk=plain.pk)
            sums = {c.stage.pk: c.sums for c in board(pipeline.pk, user, madrid_day()).columns}
            shown = {stage: (s.count, s.value) for stage, s in sums.items() if s.count}
            assert shown == by_hand(pipeline, user), (pipeline, plain)
    done: Counter[str] = lives.done
    record_property("done", dict(done))
    assert sum(done.values()) > STEPS / 2, (done, lives.refused, lives.said)
    assert len(done) >= 8, (done, lives.refused, lives.said)
