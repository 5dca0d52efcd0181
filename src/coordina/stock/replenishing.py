"""What to order, how much, when and why: from the moves of a year, by the formulas of `rules`."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from math import ceil
from statistics import fmean, pstdev

from django.db.models import Sum
from django.utils.translation import gettext as _

from coordina.accounts.models import User
from coordina.stock import rules
from coordina.stock.enums import MoveKind
from coordina.stock.levels import Key, plain
from coordina.stock.models import StockItem, StockMove, SupplierProduct

HISTORY = 364
"""Days that are looked at: whole weeks."""
SERVICE = 0.95
"""Share of the cycles without a shortage."""
REVIEW = 30
"""Days that an order lasts beyond the lead time."""
LEAD = 14.0
"""Days from order to receipt where no supplier says them."""
LEAST = 28
"""Days of history below which nothing is proposed from demand."""
MOST = 300
"""Products in warehouses that one page works out."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What left to customers, day by day, the oldest first.

    Attributes:
        days: Pieces of each day, returns taken off.
    """

    days: tuple[float, ...]

    @property
    def weeks(self) -> tuple[float, ...]:
        """The same by week."""
        return tuple(max(0.0, sum(self.days[n : n + 7])) for n in range(0, len(self.days), 7))

    @property
    def intermittent(self) -> bool:
        """Whether it comes now and then."""
        return rules.is_intermittent(self.weeks)

    @property
    def daily(self) -> float:
        """Pieces a day: the mean, or by TSB where demand is intermittent."""
        if not self.days:
            return 0.0
        return rules.tsb(self.weeks) / 7 if self.intermittent else max(0.0, fmean(self.days))

    @property
    def yearly(self) -> float:
        """Pieces within the days that are looked at."""
        return sum(self.days)


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do about a product in a warehouse.

    Attributes:
        safety, point: Safety stock and reorder point that the demand gives, in the product's unit.
        lead: Days from order to receipt.
        cover: Days that what is available lasts; None where nothing is used up.
        quantity: What to order now; zero where nothing is.
        offer: What the preferred supplier asks; None where nobody sells it.
        due_on: Day on which an order of today would come.
        why: The reason, in a sentence.
    """

    item: StockItem
    demand: Demand
    safety: Decimal
    point: Decimal
    lead: float
    cover: float | None
    quantity: Decimal
    offer: SupplierProduct | None
    due_on: dt.date
    why: str


def demands(keys: Collection[Key], today: dt.date) -> dict[Key, Demand]:
    """What left of products in warehouses within the last year, from its first move on; one query."""
    begin = today - dt.timedelta(days=HISTORY)
    inside = {"product__in": {p for p, _w in keys}, "moved_on__gt": begin, "moved_on__lte": today}
    found: dict[Key, dict[dt.date, float]] = defaultdict(lambda: defaultdict(float))
    for kind, end, sign in ((MoveKind.ISSUE, "origin", 1), (MoveKind.RETURN, "target", -1)):
        rows = StockMove.objects.filter(kind=kind, reverses=None, **inside).order_by()
        place = f"{end}__warehouse_id"
        for product, warehouse, day, many in rows.values_list("product_id", place, "moved_on").annotate(
            m=Sum("quantity")
        ):
            found[product, warehouse][day] += sign * float(many)
    return {key: _series(found.get(key, {}), today) for key in keys}


def _series(by_day: Mapping[dt.date, float], today: dt.date) -> Demand:
    if not by_day:
        return Demand(())
    length = min(HISTORY, ceil(((today - min(by_day)).days + 1) / 7) * 7)
    days = [today - dt.timedelta(days=n) for n in range(length - 1, -1, -1)]
    return Demand(tuple(by_day.get(day, 0.0) for day in days))


def advise(items: Sequence[StockItem], today: dt.date) -> list[Advice]:
    """What to do about some products in warehouses, in their order."""
    known = demands({(i.product_id, i.warehouse_id) for i in items}, today)
    offers = _offers({i.product_id for i in items})
    return [_advice(i, known[i.product_id, i.warehouse_id], offers.get(i.product_id), today) for i in items]


def _offers(products: Collection[int]) -> dict[int, SupplierProduct]:
    """The offer that is taken of each product: the preferred one, else the cheapest."""
    rows = SupplierProduct.objects.filter(product__in=products, supplier__active=True).select_related("supplier")
    found: dict[int, SupplierProduct] = {}
    for row in rows.order_by("-preferred", "price", "pk"):
        found.setdefault(row.product_id, row)
    return found


def _advice(item: StockItem, demand: Demand, offer: SupplierProduct | None, today: dt.date) -> Advice:
    lead, deviation = LEAD, 0.0
    if offer is not None:
        days = offer.lead_days if offer.lead_days is not None else offer.supplier.lead_days
        lead = float(days) if days is not None else LEAD
        deviation = float(offer.supplier.lead_deviation or 0)
    safety, point = points(demand, lead, deviation)
    at = item.reorder_point if item.reorder_point is not None else point
    position = item.available + item.incoming
    quantity = rules.NOTHING
    if position <= at and (item.reorder_point is not None or at > 0):
        short = at + Decimal(ceil(demand.daily * REVIEW)) - position
        quantity = rules.ordered(
            max(short, Decimal(1)), offer.minimum if offer is not None else None, offer.multiple if offer else None
        )
    cover = rules.days_of_cover(float(item.available), demand.daily)
    due_on = today + dt.timedelta(days=ceil(lead))
    return Advice(
        item, demand, safety, point, lead, cover, quantity, offer, due_on, _why(item, at, demand, cover, lead)
    )


def points(demand: Demand, lead: float, deviation: float, service: float = SERVICE) -> tuple[Decimal, Decimal]:
    """Safety stock and reorder point that demand gives, in whole pieces; zero where too little is known.

    Intermittent demand follows no normal law: its reorder point is what covered 95 % of the past spans as long as the
    lead time.
    """
    if len(demand.days) < LEAST or demand.yearly <= 0:
        return rules.NOTHING, rules.NOTHING
    usual = demand.daily * lead
    if demand.intermittent:
        span = max(1, ceil((lead + deviation) / 7))
        point = max(usual, rules.covering(demand.weeks, span, service))
        return whole(point - usual), whole(point)
    safety = rules.safety_stock(demand.daily, pstdev(demand.days), lead, deviation, service)
    return whole(safety), whole(rules.reorder_point(demand.daily, lead, safety))


def whole(many: float) -> Decimal:
    """Whole pieces, upwards."""
    return Decimal(repr(round(many, 3))).to_integral_value(rounding=ROUND_CEILING)


def _why(item: StockItem, at: Decimal, demand: Demand, cover: float | None, lead: float) -> str:
    values = {
        "available": plain(item.available),
        "incoming": plain(item.incoming),
        "point": plain(at),
        "days": plain(Decimal(ceil(lead))),
    }
    text = _("%(available)s available and %(incoming)s to be received, reorder point %(point)s.") % values
    if cover is not None:
        last = {"cover": plain(Decimal(int(cover))), "days": values["days"]}
        text += " " + _("It lasts %(cover)s days; an order takes %(days)s.") % last
    elif not demand.days:
        text += " " + _("Nothing left within a year.")
    return text


def candidates(user: User, warehouse: int | None = None) -> list[StockItem]:
    """What may have to be ordered: what is low, then what nobody gave a reorder point; at most `MOST`."""
    rows = StockItem.objects.visible_to(user).filter(warehouse__active=True)
    if warehouse is not None:
        rows = rows.filter(warehouse=warehouse)
    low = list(rows.filter(low=True).select_related("warehouse").order_by("name", "pk")[:MOST])
    rest = rows.filter(reorder_point=None, moved_on__isnull=False).select_related("warehouse")
    return low + list(rest.order_by("name", "pk")[: max(0, MOST - len(low))])


def movers(
    user: User, today: dt.date, warehouse: int | None = None, shown: int = 5
) -> tuple[list[tuple[StockItem, float]], list[StockItem]]:
    """The fastest products in warehouses with pieces a week, and what lies longest without leaving."""
    begin = today - dt.timedelta(days=90)
    seen = StockItem.objects.visible_to(user).select_related("warehouse")
    rows = StockMove.objects.filter(kind=MoveKind.ISSUE, moved_on__gt=begin).order_by()
    if warehouse is not None:
        seen, rows = seen.filter(warehouse=warehouse), rows.filter(origin__warehouse=warehouse)
    sums = rows.values_list("product_id", "origin__warehouse_id").annotate(many=Sum("quantity"))
    best = sorted(sums, key=lambda row: (-row[2], row[:2]))[: shown * 3]
    found = {(i.product_id, i.warehouse_id): i for i in seen.filter(product__in={row[0] for row in best})}
    fast = [(found[p, w], float(many) * 7 / 90) for p, w, many in best if (p, w) in found][:shown]
    slow = seen.filter(on_hand__gt=0, moved_on__lt=begin).order_by("moved_on", "pk")[:shown]
    return fast, list(slow)
