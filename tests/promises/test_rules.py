"""Working days and promised days, against calendars counted by hand."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordina.promises import rules
from coordina.promises.feasts import Closed, Feasts, UnknownRegion, feasts_of
from coordina.promises.rules import Offer, Terms, add_working, allocated, next_working, portion, taken_up_on, works

MADRID = Terms(closed=Closed(feasts_of("ES", "MD")))
"""In December 2026 the 7th and 8th, Monday and Tuesday, and the 25th, a Friday, are holidays."""


def on(day: int, month: int = 12) -> dt.date:
    return dt.date(2026, month, day)


def test_holidays_of_a_region_are_days_off() -> None:
    assert not works(on(7), MADRID) and not works(on(8), MADRID) and not works(on(25), MADRID)
    assert works(on(9), MADRID) and not works(on(12), MADRID)
    assert works(dt.date(2025, 5, 2), Terms(closed=Closed(feasts_of("ES")))), "it is Madrid's alone"
    assert feasts_of("ES", "Madrid").get(on(2, 5)) and not feasts_of("ES", "CT").get(on(7))
    assert not feasts_of("").get(on(25)) and not feasts_of("ES").get(dt.date(9000, 1, 1))


def test_a_region_that_is_not_there_says_which_are() -> None:
    with pytest.raises(UnknownRegion) as wrong:
        feasts_of("ES", "Atlantis")
    assert "MD" in wrong.value.regions
    with pytest.raises(UnknownRegion) as wrong:
        feasts_of("ZZ")
    assert wrong.value.regions == ()


def test_counting_working_days_leaps_over_weekends_holidays_and_closures() -> None:
    assert next_working(on(5), MADRID) == on(9), "Saturday, Sunday and two holidays"
    assert add_working(on(4), 1, MADRID) == on(9)
    assert add_working(on(4), 0, MADRID) == on(4)
    assert add_working(on(5), 0, MADRID) == on(9), "a day off counts as the working day after it"
    bridge = Terms(closed=Closed(feasts_of("ES", "MD"), [(on(9), on(11))]))
    assert add_working(on(4), 2, bridge) == on(15)
    assert add_working(on(5), 1, Terms(weekdays=frozenset(range(7)))) == on(6)


def test_the_cut_off_hour_moves_an_order_to_the_next_working_day() -> None:
    assert taken_up_on(on(3), 13, MADRID) == on(3)
    assert taken_up_on(on(3), 14, MADRID) == on(4)
    assert taken_up_on(on(4), 14, MADRID) == on(9)
    assert taken_up_on(on(4), 23, Terms(cutoff=24)) == on(4)


@pytest.mark.parametrize(
    "terms",
    [
        Terms(weekdays=frozenset()),
        Terms(closed=Closed(Feasts(), [(dt.date.min, dt.date.max)])),
    ],
)
def test_who_never_works_never_delivers(terms: Terms) -> None:
    with pytest.raises(rules.NeverWorks):
        next_working(on(1), terms)
    with pytest.raises(rules.NeverWorks):
        next_working(dt.date.max, Terms(weekdays=frozenset({0})))


def test_what_is_there_leaves_after_handling_and_what_is_due_from_the_day_it_comes() -> None:
    now = portion(Offer(Decimal(5), None, 1), on(3), 10, MADRID)
    assert (now.ships_on, now.arrives_on) == (on(4), on(10)), "Friday 4; the 9th and 10th are the two on the way"
    due = portion(Offer(Decimal(3), on(5), 1, 12), on(3), 10, MADRID)
    assert (due.ships_on, due.arrives_on) == (on(10), on(14)), "comes on Saturday, taken up on the 9th"
    late = portion(Offer(Decimal(3), on(1), 1, 12), on(3), 10, MADRID)
    assert late == rules.Portion(late.offer, now.ships_on, now.arrives_on), "overdue: not before today"
    quick = Terms(handling=0, transit=0)
    assert portion(Offer(Decimal(1), None, 1), on(3), 10, quick).arrives_on == on(3)


def test_what_is_there_is_taken_first_then_what_comes_earliest() -> None:
    offers = [
        Offer(Decimal(9), on(20), 1, 7),
        Offer(Decimal(2), on(10), 2, 8),
        Offer(Decimal(5), None, 1),
        Offer(Decimal(0), None, 2),
    ]
    taken, missing = allocated(Decimal(8), offers)
    assert [(o.quantity, o.purchase) for o in taken] == [(5, None), (2, 8), (1, 7)] and missing == 0
    assert allocated(Decimal(20), offers)[1] == 4
    assert allocated(Decimal(0), offers) == ([], 0)


def test_the_last_day_counts_and_one_without_day_leaves_no_promise() -> None:
    assert rules.last_of([on(3), on(5)]) == on(5)
    assert rules.last_of([on(3), None]) is None and rules.last_of([]) is None


def test_only_a_later_day_is_a_slip() -> None:
    assert rules.slipped(on(3), on(4))
    assert not rules.slipped(on(3), on(3)) and not rules.slipped(on(4), on(3))
    assert not rules.slipped(None, on(3)) and not rules.slipped(on(3), None)


days = st.dates(dt.date(2024, 1, 1), dt.date(2030, 12, 31))


@given(days, st.integers(0, 60), st.integers(0, 20))
def test_counting_in_two_steps_is_counting_at_once(day: dt.date, many: int, more: int) -> None:
    assert add_working(add_working(day, many, MADRID), more, MADRID) == add_working(day, many + more, MADRID)


@given(days, st.integers(1, 60))
def test_exactly_so_many_working_days_lie_between(day: dt.date, many: int) -> None:
    start = next_working(day, MADRID)
    end = add_working(day, many, MADRID)
    between = [start + dt.timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert sum(works(one, MADRID) for one in between) == many and works(end, MADRID)


quantities = st.decimals(0, 1000, places=3)


@given(quantities, st.lists(st.builds(Offer, quantities, st.none() | days, st.integers(1, 3), st.none())))
def test_nothing_is_taken_that_is_not_offered(wanted: Decimal, offers: list[Offer]) -> None:
    taken, missing = allocated(wanted, offers)
    assert sum((o.quantity for o in taken), missing) == wanted
    assert sum((o.quantity for o in taken), Decimal(0)) == min(wanted, sum((o.quantity for o in offers), Decimal(0)))
