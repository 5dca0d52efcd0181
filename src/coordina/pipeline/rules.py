"""Arithmetic and decisions of the pipeline, on values only: no database, no clock.

Dates are days of business. A day nobody knows stays None: nothing here puts today in its place.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_FLOOR, Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from coordina.core.money import Money, Rates, convert, rounded
from coordina.core.refusals import Refusal

OPEN, WON, LOST = "open", "won", "lost"


@dataclass(frozen=True, slots=True)
class Step:
    """One stay in a stage.

    Attributes:
        stage: Id of the stage.
        entered_on: Day it came in, None where nobody knows.
        left_on: Day it went on: when the next stage was entered.
        key: Id of the row that tells of it, None for one to be made.
    """

    stage: int
    entered_on: date | None = None
    left_on: date | None = None
    key: int | None = None


def linked(steps: Sequence[Step]) -> list[Step]:
    """The same way with every stay ending when the next begins, the last one not at all."""
    nexts: list[date | None] = [step.entered_on for step in steps[1:]]
    return [replace(step, left_on=left) for step, left in zip(steps, [*nexts, None], strict=True)]


def moved(steps: Sequence[Step], stage: int, on: date | None) -> list[Step]:
    """The way after entering another stage."""
    return linked([*steps, Step(stage, on)])


def dated(steps: Sequence[Step], days: Mapping[int, date], order: Mapping[int, int]) -> list[Step]:
    """The way with days of entry that became known.

    A stage it has been in gets its day (its last stay there); one it has not is put in before the present one, by day.

    Args:
        steps: The way so far, at least the present stage.
        days: Day of entry by stage.
        order: Position of each stage in its pipeline; decides between equal days.
    """
    way = list(steps)
    for stage, day in sorted(days.items(), key=lambda item: (item[1], order.get(item[0], 0))):
        found = [i for i, step in enumerate(way) if step.stage == stage]
        if found:
            way[found[-1]] = replace(way[found[-1]], entered_on=day)
        else:
            way.insert(_place(way[:-1], day), Step(stage, day))
    return linked(way)


def _place(past: Sequence[Step], day: date) -> int:
    """Where a stay that began on `day` belongs among past ones: after all that are not known to be later."""
    place = len(past)
    while place and (known := past[place - 1].entered_on) is not None and known > day:
        place -= 1
    return place


def begun(stage: int, on: date | None, days: Mapping[int, date], order: Mapping[int, int]) -> list[Step]:
    """The way of a new opportunity that is in `stage`, with the days of earlier stages that are known."""
    return dated([Step(stage, on)], days, order)


def retold(steps: Sequence[Step], told: Sequence[tuple[date, int]]) -> list[Step]:
    """The way with entries that another program tells, in their order; the present stage stays the present one.

    What is told last about the present stage dates it; the others are put in by day. Entries that are there already,
    and stays in one stage that are told twice running, are not doubled.

    Args:
        steps: The way so far, at least the present stage.
        told: Day and stage of each entry, the first one first.
    """
    *past, now = steps
    entries = [(day, stage) for place, (day, stage) in enumerate(told) if not place or told[place - 1][1] != stage]
    if entries and entries[-1][1] == now.stage:
        now = replace(now, entered_on=entries.pop()[0])
    for day, stage in entries:
        known = next((i for i, s in enumerate(past) if s.stage == stage and s.entered_on in (day, None)), None)
        if known is not None:
            past[known] = replace(past[known], entered_on=day)
        else:
            past.insert(_place(past, day), Step(stage, day))
    return linked([*past, now])


def first_day(steps: Iterable[Step]) -> date | None:
    """The first known day of entry on a way."""
    return next((step.entered_on for step in steps if step.entered_on is not None), None)


def cycle_days(opened_on: date | None, first_entered_on: date | None, closed_on: date | None) -> int | None:
    """Length of a sales cycle in days: from the day it opened, else from the first known entry to a stage, to its end.

    None while it is open, where a day is unknown, and where it would end before it began.
    """
    began = opened_on or first_entered_on
    if began is None or closed_on is None or closed_on < began:
        return None
    return (closed_on - began).days


def stage_days(entered_on: date | None, left_on: date | None, today: date) -> int | None:
    """Days spent in a stage so far, None where the day of entry is unknown or still to come."""
    until = left_on or today
    return None if entered_on is None or until < entered_on else (until - entered_on).days


def stalled(entered_on: date | None, ageing_days: int | None, today: date) -> bool:
    """Whether it has been in its stage longer than the stage allows; never where one of the two is unknown."""
    days = stage_days(entered_on, None, today)
    return days is not None and ageing_days is not None and days > ageing_days


def weighted(value: Decimal | None, probability: int | None) -> Decimal:
    """Value times probability (per cent), unrounded; unknown counts as nothing."""
    return Decimal(0) if value is None or probability is None else value * probability / 100


def next_probability(kind: str, stage_probability: int) -> int:
    """Per cent that an opportunity has on entering a stage: certain at the ends, else what the stage says."""
    return {WON: 100, LOST: 0}.get(kind, stage_probability)


def reporting_value(amount: Decimal | None, currency: str, rates: Rates, on: date) -> Decimal | None:
    """An amount in the reporting currency at the rate of a day, None for no amount.

    Raises:
        Refusal: At `currency`, where there is no rate up to that day.
    """
    if amount is None:
        return None
    if currency == rates.reporting:
        return amount
    try:
        return convert(Money(amount, currency), rates.reporting, rates, on).amount
    except Refusal as refusal:
        raise Refusal(refusal.code, refusal.message, field="currency") from None


def check_closed_on(closed_on: date, today: date, began: date | None) -> None:
    """Refuse a day of closing that is still to come or before the beginning.

    Raises:
        Refusal: At `closed_on`.
    """
    if closed_on > today:
        raise Refusal("future", _("That day is still to come. Choose today or an earlier day."), field="closed_on")
    if began is not None and closed_on < began:
        message = _("It began on %(day)s. Choose that day or a later one.")
        raise Refusal("before", message % {"day": date_format(began)}, field="closed_on")


def check_entered_on(entered_on: date | None, today: date, previous: date | None) -> None:
    """Refuse a day of entry that is still to come or before the entry to the stage before.

    Raises:
        Refusal: At `entered_on`.
    """
    if entered_on is None:
        return
    if entered_on > today:
        raise Refusal("future", _("That day is still to come. Choose today or an earlier day."), field="entered_on")
    if previous is not None and entered_on < previous:
        message = _("It entered the stage before on %(day)s. Choose that day or a later one.")
        raise Refusal("before", message % {"day": date_format(previous)}, field="entered_on")


def check_probability(probability: int | None) -> None:
    """Refuse what is no percentage.

    Raises:
        Refusal: At `probability`.
    """
    if probability is not None and not 0 <= probability <= 100:
        raise Refusal("range", _("A probability goes from 0 to 100."), field="probability")


def check_stage_of(pipeline: int, stage_pipeline: int) -> None:
    """Refuse a stage of another pipeline.

    Raises:
        Refusal: At `stage`.
    """
    if pipeline != stage_pipeline:
        raise Refusal("pipeline", _("That stage belongs to another pipeline."), field="stage")


def check_reason(kind: str, reason_kind: str) -> None:
    """Refuse a reason that is for the other end.

    Raises:
        Refusal: At `reason`.
    """
    if kind != reason_kind:
        message = _("That is a reason for losing.") if reason_kind == LOST else _("That is a reason for winning.")
        raise Refusal("reason", message, field="reason")


def total_of(lines: Iterable[tuple[Decimal, Decimal | None]]) -> Decimal:
    """Sum of quantity times unit price, rounded to two places; a line without a price counts as nothing."""
    exact = sum((quantity * price for quantity, price in lines if price is not None), Decimal(0))
    return rounded(exact, 2)


PERCENTILE = 80
OBSERVED = 20
"""Past stays from which a stage's own history speaks."""


def nearest_rank(values: Sequence[int], percent: int) -> int:
    """The percentile by nearest rank: the smallest value that at least `percent` of a hundred do not exceed.

    The value at place ⌈percent ÷ 100 × n⌉ of the n sorted values; definition 1 of Hyndman and Fan, «Sample quantiles
    in statistical packages», The American Statistician 50 (1996), 361–365.

    Raises:
        ValueError: Without values, or for a percentage beyond 1 to 100.
    """
    if not values or not 1 <= percent <= 100:
        raise ValueError("a percentile needs values and a percentage from 1 to 100")
    return sorted(values)[-(-percent * len(values) // 100) - 1]


def usual_days(stays: Sequence[int]) -> int | None:
    """Days within which four of five opportunities left a stage; None where fewer than `OBSERVED` stays are known."""
    return max(1, nearest_rank(stays, PERCENTILE)) if len(stays) >= OBSERVED else None


def importance(value: Decimal | None, probability: int | None, important_value: Decimal) -> int:
    """Points of importance of an opportunity, 0 to 100.

    Fifty for each `important_value` of its amount, eighty at most; and a fifth of its probability in per cent. An
    unknown amount counts as half of `important_value`, an unknown probability as none.
    """
    money = Decimal(25) if value is None else min(Decimal(80), 50 * value / important_value)
    return int((money + Decimal(probability or 0) / 5).to_integral_value(ROUND_FLOOR))
