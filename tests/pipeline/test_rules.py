"""Arithmetic and decisions of the pipeline."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coordina.core.money import DatedRates
from coordina.core.refusals import Refusal
from coordina.pipeline import rules
from coordina.pipeline.rules import Step

D = date
ONE, TWO, TEN, LAST = D(2026, 1, 1), D(2026, 1, 2), D(2026, 1, 10), D(2026, 1, 31)
ORDER = {1: 1, 2: 2, 3: 3, 4: 4}


def said(steps: list[Step]) -> list[tuple[int, date | None, date | None]]:
    return [(s.stage, s.entered_on, s.left_on) for s in steps]


def test_entering_a_stage_ends_the_stay_before() -> None:
    steps = rules.moved(rules.begun(1, ONE, {}, ORDER), 3, TEN)
    assert said(steps) == [(1, ONE, TEN), (3, TEN, None)]
    assert said(rules.moved(steps, 1, None)) == [(1, ONE, TEN), (3, TEN, None), (1, None, None)]


def test_known_days_of_earlier_stages() -> None:
    assert said(rules.begun(4, LAST, {2: TEN, 1: TEN}, ORDER)) == [(1, TEN, TEN), (2, TEN, LAST), (4, LAST, None)]
    assert said(rules.begun(2, None, {2: ONE}, ORDER)) == [(2, ONE, None)]
    assert said(rules.begun(2, None, {9: ONE}, ORDER)) == [(9, ONE, None), (2, None, None)]


def test_days_that_become_known_later() -> None:
    way = [Step(1, ONE, key=5), Step(2, None, key=6), Step(3, LAST, key=7)]
    assert said(rules.dated(way, {2: TEN}, ORDER)) == [(1, ONE, TEN), (2, TEN, LAST), (3, LAST, None)]
    assert said(rules.dated(way, {4: TWO}, ORDER))[2] == (4, TWO, LAST)
    assert said(rules.dated([Step(1, TEN), Step(3, LAST)], {2: TWO}, ORDER))[0] == (2, TWO, TEN)
    twice = [Step(1, ONE), Step(2, TWO), Step(1, TEN)]
    assert said(rules.dated(twice, {1: LAST}, ORDER)) == [(1, ONE, TWO), (2, TWO, LAST), (1, LAST, None)]
    assert [s.key for s in rules.dated(way, {4: TWO}, ORDER)] == [5, 6, None, 7]


def test_first_day() -> None:
    assert rules.first_day([Step(1), Step(2, TEN), Step(3, LAST)]) == TEN
    assert rules.first_day([Step(1)]) is None


@pytest.mark.parametrize(
    ("opened", "entered", "closed", "days"),
    [
        (ONE, TEN, LAST, 30),
        (None, TEN, LAST, 21),
        (ONE, None, ONE, 0),
        (None, None, LAST, None),
        (ONE, TEN, None, None),
        (LAST, None, ONE, None),
    ],
)
def test_cycle(opened: date | None, entered: date | None, closed: date | None, days: int | None) -> None:
    assert rules.cycle_days(opened, entered, closed) == days


def test_days_in_a_stage() -> None:
    assert rules.stage_days(ONE, TEN, LAST) == 9
    assert rules.stage_days(ONE, None, LAST) == 30
    assert rules.stage_days(None, TEN, LAST) is None
    assert rules.stage_days(LAST, None, ONE) is None


@pytest.mark.parametrize(
    ("entered", "limit", "late"), [(ONE, 29, True), (ONE, 30, False), (None, 1, False), (ONE, None, False)]
)
def test_stalled(entered: date | None, limit: int | None, late: bool) -> None:
    assert rules.stalled(entered, limit, LAST) is late


def test_weighted_and_probability() -> None:
    assert rules.weighted(Decimal("42000.50"), 24) == Decimal("10080.12")
    assert rules.weighted(None, 24) == rules.weighted(Decimal(5), None) == 0
    assert [rules.next_probability(k, 40) for k in ("open", "won", "lost")] == [40, 100, 0]


def test_value_in_the_reporting_currency() -> None:
    rates = DatedRates("EUR", {"USD": [(ONE, Decimal("0.8"))]})
    assert rules.reporting_value(None, "USD", rates, ONE) is None
    assert rules.reporting_value(Decimal(3), "EUR", rates, D(2000, 1, 1)) == 3
    assert rules.reporting_value(Decimal("10.55"), "USD", rates, LAST) == Decimal("8.44")
    with pytest.raises(Refusal) as caught:
        rules.reporting_value(Decimal(3), "USD", rates, D(2025, 12, 31))
    assert caught.value.field == "currency"


def refused(field: str, fn: object, *args: object) -> None:
    assert callable(fn)
    with pytest.raises(Refusal) as caught:
        fn(*args)
    assert caught.value.field == field
    assert str(caught.value)


def test_days_that_cannot_be() -> None:
    rules.check_closed_on(TEN, TEN, None)
    rules.check_closed_on(TEN, LAST, TEN)
    refused("closed_on", rules.check_closed_on, LAST, TEN, None)
    refused("closed_on", rules.check_closed_on, ONE, TEN, TWO)
    rules.check_entered_on(None, ONE, LAST)
    rules.check_entered_on(TEN, TEN, TEN)
    rules.check_entered_on(TEN, TEN, None)
    refused("entered_on", rules.check_entered_on, LAST, TEN, None)
    refused("entered_on", rules.check_entered_on, ONE, TEN, TWO)


def test_other_refusals() -> None:
    for fine in (None, 0, 100):
        rules.check_probability(fine)
    refused("probability", rules.check_probability, 101)
    refused("probability", rules.check_probability, -1)
    rules.check_stage_of(1, 1)
    refused("stage", rules.check_stage_of, 1, 2)
    rules.check_reason("won", "won")
    refused("reason", rules.check_reason, "won", "lost")
    refused("reason", rules.check_reason, "lost", "won")


def test_total_of_lines() -> None:
    assert rules.total_of([]) == 0
    assert rules.total_of([(Decimal("2.5"), Decimal("3.33")), (Decimal(9), None)]) == Decimal("8.32")


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        ([15, 20, 35, 40, 50], 30, 20),  # the worked example of the nearest-rank method
        ([15, 20, 35, 40, 50], 40, 20),
        ([15, 20, 35, 40, 50], 50, 35),
        ([15, 20, 35, 40, 50], 100, 50),
        ([7], 1, 7),
        ([3, 6, 7, 8, 8, 10, 13, 15, 16, 20], 25, 7),
        (list(range(1, 21)), 80, 16),
    ],
)
def test_the_nearest_rank(values: list[int], percent: int, expected: int) -> None:
    assert rules.nearest_rank(values, percent) == expected


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(0, 1000), min_size=1), st.integers(1, 100))
def test_a_percentile_is_a_value_that_enough_do_not_exceed(values: list[int], percent: int) -> None:
    found = rules.nearest_rank(values, percent)
    assert found in values
    assert sum(v <= found for v in values) * 100 >= percent * len(values)
    assert sum(v < found for v in values) * 100 < percent * len(values)


def test_a_percentile_of_nothing_is_none_of_ours() -> None:
    for values, percent in (([], 80), ([1], 0), ([1], 101)):
        with pytest.raises(ValueError, match="percent"):
            rules.nearest_rank(values, percent)


def test_history_speaks_from_twenty_stays_on() -> None:
    assert rules.usual_days([30] * 19) is None
    assert rules.usual_days([30] * 20) == 30
    assert rules.usual_days([0] * 30) == 1
    assert rules.usual_days([10] * 16 + [90] * 4) == 10
    assert rules.usual_days([10] * 15 + [90] * 5) == 90


@pytest.mark.parametrize(
    ("value", "probability", "expected"),
    [
        (Decimal(10_000), 0, 50),
        (Decimal(10_000), 50, 60),
        (Decimal(7_000), 80, 51),
        (Decimal(1_000_000), 100, 100),
        (None, None, 25),
        (None, 100, 45),
        (Decimal(0), None, 0),
    ],
)
def test_importance(value: Decimal | None, probability: int | None, expected: int) -> None:
    assert rules.importance(value, probability, Decimal(10_000)) == expected


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.decimals(0, 10**12, places=2, allow_nan=False),
    st.integers(0, 100),
    st.decimals(1, 10**12, places=2, allow_nan=False),
)
def test_importance_stays_within_its_scale(value: Decimal, probability: int, limit: Decimal) -> None:
    points = rules.importance(value, probability, limit)
    assert 0 <= points <= 100
    assert (points >= 50) or value < limit
