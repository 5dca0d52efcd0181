"""Arithmetic of stock on plain values: what can be promised, and what to order again. No ORM, no clock."""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import ROUND_CEILING, Decimal
from math import ceil, sqrt
from statistics import NormalDist

NOTHING = Decimal(0)


def available(on_hand: Decimal, reserved: Decimal) -> Decimal:
    """Pieces on hand that nobody was promised."""
    return on_hand - reserved


def available_to_promise(
    on_hand: Decimal, reserved: Decimal, due: Iterable[tuple[dt.date | None, Decimal]], on: dt.date
) -> Decimal:
    """Pieces that can be promised for a day: on hand, less what is reserved, plus what is due before that day.

    Args:
        on_hand, reserved: In the product's unit.
        due: Receipts by day, in the same unit; what has no day is not counted on.
        on: The day of the promise; what is due on that very day may come too late for it.
    """
    return on_hand - reserved + sum((many for day, many in due if day is not None and day < on), NOTHING)


def taken_from(wanted: Decimal, free: Sequence[tuple[int, Decimal]]) -> list[tuple[int, Decimal]]:
    """From which places a quantity is taken: from one that has all of it, else from those that have most.

    Args:
        wanted: Above zero.
        free: Key of each place with what can be taken there, the preferred place first.

    Returns:
        Key and quantity, none of them zero; together at most `wanted`.
    """
    whole = next((key for key, has in free if has >= wanted), None)
    if whole is not None:
        return [(whole, wanted)]
    found: list[tuple[int, Decimal]] = []
    for key, has in sorted(free, key=lambda pair: -pair[1]):
        part = min(has, wanted)
        if part > 0:
            found.append((key, part))
            wanted -= part
    return found


# Replenishment -------------------------------------------------------------------------------------------------------
# One unit of time everywhere: the day. Sources: the textbook formulas of cycle service and of the economic order
# quantity (Silver, Pyke, Thomas: Inventory and Production Management in Supply Chains); Teunter, Syntetos and Babai
# (2011) for demand that comes now and then; Syntetos and Boylan (2005) for what counts as such.

INTERMITTENT = 1.32
"""Mean number of periods from one demand to the next from which demand is intermittent."""


def z_of(service: float) -> float:
    """How many deviations cover a share of the cycles: 0.95 gives 1.6449. No fill rate.

    Args:
        service: Share of replenishment cycles without a shortage, above 0.5 and below 1.

    Raises:
        ValueError: For a share that no stock can give.
    """
    if not 0.5 < service < 1:
        raise ValueError(f"a service of {service}?")
    return NormalDist().inv_cdf(service)


def safety_stock(demand: float, deviation: float, lead: float, lead_deviation: float, service: float) -> float:
    """Pieces kept for what cannot be foreseen: z·√(L·σd² + d²·σL²).

    Args:
        demand, deviation: Pieces a day, and their standard deviation.
        lead, lead_deviation: Days from order to receipt, and their standard deviation.
        service: As in `z_of`.
    """
    return z_of(service) * sqrt(lead * deviation**2 + demand**2 * lead_deviation**2)


def reorder_point(demand: float, lead: float, safety: float) -> float:
    """Pieces at which one orders again: what is used up until the goods come, and the safety stock."""
    return demand * lead + safety


def economic_order_quantity(yearly: float, per_order: float, holding: float) -> float:
    """Pieces of an order that cost least in ordering and keeping together: √(2·D·S ÷ H).

    Args:
        yearly: Pieces a year.
        per_order: Cost of one order.
        holding: Cost of keeping one piece for a year, above zero.
    """
    return sqrt(2 * yearly * per_order / holding)


def days_of_cover(on_hand: float, demand: float) -> float | None:
    """Days that stock lasts; None where nothing is used up."""
    return on_hand / demand if demand > 0 else None


def is_intermittent(series: Sequence[float]) -> bool:
    """Whether demand comes now and then: the mean distance of periods with demand is `INTERMITTENT` or more."""
    hits = sum(1 for many in series if many > 0)
    return hits == 0 or len(series) / hits >= INTERMITTENT


def tsb(series: Sequence[float], alpha: float = 0.1, beta: float = 0.1) -> float:
    """Expected demand of the next period by Teunter, Syntetos and Babai: its probability times its size.

    Unlike Croston's, it falls while nothing is asked for, so that what nobody buys any more is noticed.

    Args:
        series: Demand of each period, the oldest first; zeros are periods without any.
        alpha: Weight of a new size. beta: Weight of whether there was demand at all. Both above 0, at most 1.
    """
    hits = [many for many in series if many > 0]
    if not hits:
        return 0.0
    size, chance = hits[0], len(hits) / len(series)
    for many in series:
        if many > 0:
            size += alpha * (many - size)
        chance += beta * ((many > 0) - chance)
    return size * chance


def covering(series: Sequence[float], span: int, service: float) -> float:
    """Pieces that covered a share of all spans of the past: a quantile of what was really used, no normal law.

    Args:
        series: Demand of each period, the oldest first.
        span: Periods of a span, at least 1; all of the series where that is shorter.
        service: Share of the spans.
    """
    span = max(1, min(span, len(series)))
    sums = sorted(sum(series[start : start + span]) for start in range(len(series) - span + 1))
    return sums[min(len(sums) - 1, ceil(service * len(sums)) - 1)] if sums else 0.0


def ordered(short: Decimal, minimum: Decimal | None, multiple: Decimal | None) -> Decimal:
    """What to order of what is short: the supplier's minimum at least, in whole boxes.

    Args:
        short: Pieces that are missing, above zero.
        minimum: Least quantity; None for any.
        multiple: Of which an order is a multiple; None for any whole number.
    """
    wanted = max(short, minimum or NOTHING)
    step = multiple or Decimal(1)
    return (wanted / step).to_integral_value(rounding=ROUND_CEILING) * step
