"""Urgency, importance, and conditions asked of one record in memory as the database would."""

import datetime as dt
from typing import Any

import pytest
from django.db.models import Q

from coordina.core.watchers import NotPlain, Quadrant, plain_test, quadrant, urgent_from

TODAY = dt.date(2026, 11, 20)


@pytest.mark.parametrize(
    ("since", "wait", "importance", "expected"),
    [
        (TODAY, 0, 50, Quadrant.DO),
        (TODAY, 1, 50, Quadrant.PLAN),
        (TODAY - dt.timedelta(days=1), 1, 100, Quadrant.DO),
        (TODAY, 0, 49, Quadrant.DELEGATE),
        (TODAY, None, 90, Quadrant.PLAN),
        (dt.date(2000, 1, 1), None, 0, Quadrant.DROP),
    ],
)
def test_quadrants(since: dt.date, wait: int | None, importance: int, expected: Quadrant) -> None:
    assert quadrant(urgent_from(since, wait), importance, TODAY) is expected


@pytest.mark.parametrize(
    ("condition", "row", "expected"),
    [
        (Q(status="open"), {"status": "open"}, True),
        (Q(status="open", day__lt=TODAY), {"status": "open", "day": None}, False),
        (Q(day__lte=TODAY), {"day": TODAY}, True),
        (Q(owner_id=None), {"owner_id": None}, True),
        (Q(owner_id__isnull=True) | Q(step=""), {"owner_id": 3, "step": ""}, True),
        (Q(Q(stage_id=1, day__lt=TODAY) | Q(stage_id=2), status="open"), {"stage_id": 2, "status": "won"}, False),
        (Q(stage_id__in=[1, 2]), {"stage_id": None}, False),
        (Q(pk__in=()), {"pk": 1}, False),
    ],
)
def test_one_record_is_asked_in_memory(condition: Q, row: dict[str, Any], expected: bool) -> None:
    row = {"day": None, **row}
    assert plain_test(condition, row.keys())(row) is expected


@pytest.mark.parametrize("condition", [~Q(a=1), Q(far__name="x"), Q(b=1), Q(a__icontains="x")])
def test_what_only_the_database_can_answer(condition: Q) -> None:
    with pytest.raises(NotPlain):
        plain_test(condition, ["a"])
