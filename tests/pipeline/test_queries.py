"""The board and the way: sums equal brute force for everyone, pages of cards, few queries."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from coordina.pipeline import sums
from coordina.pipeline.actions import lose, move, win
from coordina.pipeline.models import Opportunity
from coordina.pipeline.queries import board, lines_of, more_cards, path_of, sums_of
from tests.pipeline.ground import TODAY, Ground


@pytest.fixture
def full(ground: Ground) -> Ground:
    people = [ground.director, ground.manager, ground.seller, ground.other]
    ground.write(
        [
            {
                "name": f"O{i}",
                "amount": Decimal(i * 10) if i % 7 else None,
                "stage": [*ground.stages, ground.won][i % 6],
                "owner": people[i % 4],
                "entered_on": TODAY - timedelta(days=i) if i % 3 else None,
                "closes_on": date(2026, 12, 1) + timedelta(days=i % 11) if i % 5 else None,
            }
            for i in range(120)
        ]
    )
    return ground


@pytest.mark.parametrize("who", ["director", "manager", "seller", "other"])
@pytest.mark.parametrize("condition", [None, Q(), Q(closes_on__lt=date(2026, 12, 6))])
def test_sums_are_those_of_what_one_sees(full: Ground, who: str, condition: Q | None) -> None:
    user = getattr(full, who)
    real: dict[int, list[Opportunity]] = defaultdict(list)
    for obj in Opportunity.objects.visible_to(user).filter(condition or Q(), status="open"):
        real[obj.stage_id].append(obj)
    seen = board(full.pipeline.pk, user, TODAY, condition=condition, size=5)
    for column in seen.columns:
        objs = real[column.stage.pk]
        assert column.sums.count == len(objs)
        assert column.sums.value == sum((o.value or 0 for o in objs), Decimal(0))
        assert column.sums.weighted == sum(((o.value or Decimal(0)) * o.probability / 100 for o in objs), Decimal(0))
        known = [(TODAY - o.entered_on).days for o in objs if o.entered_on]
        assert column.sums.mean_days == (round(sum(known) / len(known)) if known else None)
        assert {c.pk for c in column.cards} <= {o.pk for o in objs}
        walked, mark = list(column.cards), column.more
        while mark:
            cards, mark = more_cards(column.stage.pk, user, mark, condition=condition, size=5)
            walked += cards
        assert [c.pk for c in walked] == [
            o.pk for o in sorted(objs, key=lambda o: (o.closes_on is None, o.closes_on or TODAY, o.pk))
        ]
    assert seen.count == sum(len(objs) for objs in real.values())


def test_no_permission_no_sums(full: Ground) -> None:
    full.seller.__dict__["reach"] = {}
    assert board(full.pipeline.pk, full.seller, TODAY).count == 0


def test_sums_follow_every_write(full: Ground) -> None:
    obj = Opportunity.objects.filter(status="open").first()
    assert obj is not None
    full.do(win, obj, closed_on="2026-11-20")
    full.undo_last()
    full.do(lose, obj, closed_on="2026-11-20", reason=full.price.pk)
    assert sums.compare() == 0
    before = sums_of(full.stages, full.director, TODAY)
    sums.compact()
    assert sums_of(full.stages, full.director, TODAY) == before
    assert sums.compare() == 0


def test_the_board_asks_little(full: Ground) -> None:
    board(full.pipeline.pk, full.director, TODAY)
    with CaptureQueriesContext(connection) as some:
        board(full.pipeline.pk, full.director, TODAY, size=1)
    with CaptureQueriesContext(connection) as more:
        board(full.pipeline.pk, full.director, TODAY, size=3)
    assert len(some) == len(more) <= 8


def test_the_way_with_its_days(ground: Ground) -> None:
    obj = ground.new(opened_on="2026-11-01")
    for stage, day in ((1, "2026-11-05"), (0, "2026-11-07"), (3, "2026-11-10")):
        ground.do(move, obj, stage=ground.stages[stage].pk, entered_on=day)
    obj.refresh_from_db()
    nodes = path_of(obj, ground.director, TODAY)
    assert [(n.state, n.days) for n in nodes] == [("done", 7), ("done", 2), ("done", None), ("now", 10), ("", None)]
    assert nodes[3].mean_days == 10
    assert [n.state for n in path_of(obj, ground.director, TODAY + timedelta(days=30))][3] == "late"
    ground.do(win, obj, closed_on="2026-11-20")
    obj.refresh_from_db()
    nodes = path_of(obj, ground.director, TODAY + timedelta(days=9))
    assert [(n.state, n.days) for n in nodes] == [
        ("done", 7), ("done", 2), ("done", None), ("done", 10), ("done", None), ("now", None),
    ]  # fmt: skip


def test_stays_with_unknown_days(ground: Ground) -> None:
    (obj,) = ground.write([{"name": "A", "stage": ground.stages[2]}])
    ground.do(move, obj, stage=ground.stages[3].pk, entered_on="2026-11-18")
    obj.refresh_from_db()
    assert [n.days for n in path_of(obj, ground.director, TODAY)] == [None, None, None, 2, None]
    assert lines_of(obj, ground.director) == []
