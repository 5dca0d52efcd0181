"""When something could arrive: what stock holds and has, what is due and promised to nobody yet, what could be ordered.

```python
answer = could_arrive(product, Decimal(8))
answer.day       # None where nobody knows
```
Reads only; `promising` writes down what an order was promised.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone

from coordina.accounts import locales
from coordina.accounts.company import the_company
from coordina.catalog.enums import Nature
from coordina.catalog.models import Product
from coordina.orders.enums import AHEAD
from coordina.orders.models import Order, OrderLine
from coordina.promises import rules
from coordina.promises.calendars import terms_of
from coordina.promises.enums import Source
from coordina.promises.models import Promise
from coordina.promises.rules import Offer, Terms
from coordina.stock.models import Reservation, StockItem, SupplierProduct
from coordina.stock.receipts import due_receipts


@dataclass(frozen=True, slots=True)
class Wish:
    """Some of a product that somebody wants.

    Attributes:
        key: By which the answer is found, such as the id of a line.
        product: Id.
        held: What stock holds for it already, by warehouse.
    """

    key: int
    product: int
    quantity: Decimal
    held: tuple[tuple[int, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a wish with what it stands on; see `Promise`."""

    source: Source
    quantity: Decimal
    warehouse: int | None = None
    purchase: int | None = None
    ready_on: dt.date | None = None
    arrives_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """When a wish could be met.

    Attributes:
        shares: What it stands on, what is there first.
    """

    shares: tuple[Share, ...]

    @property
    def day(self) -> dt.date | None:
        """The day on which the last of it arrives; None where nobody knows."""
        return rules.last_of([share.arrives_on for share in self.shares])


@dataclass(frozen=True, slots=True)
class Moment:
    """Now, as the company's clock has it."""

    day: dt.date
    hour: int


def moment_of(at: dt.datetime) -> Moment:
    """The day and hour of a moment in the company's time zone."""
    here = at.astimezone(locales.zone_of(None, the_company()))
    return Moment(here.date(), here.hour)


def could_arrive(
    product: Product, quantity: Decimal, *, warehouse: int | None = None, at: dt.datetime | None = None
) -> Answer:
    """When some of a product could be with a customer who orders it now.

    Args:
        product: A service stands on nothing and arrives on no day.
        quantity: Above zero, in its unit.
        warehouse: From this one alone, by id.
        at: When it is asked; now by default.
    """
    if product.nature == Nature.SERVICE:
        return Answer(())
    found = reckoned([Wish(0, product.pk, quantity)], warehouse, moment_of(at or timezone.now()))
    return found[0]


def of_order(order: Order, at: dt.datetime) -> Mapping[int, Answer]:
    """When what is still to be sent of an order arrives, by line; services are left out."""
    rows = OrderLine.objects.filter(order=order.pk).select_related("product").order_by("pk")
    lines = [line for line in rows if line.open and line.product.nature != Nature.SERVICE]
    held = _held([line.pk for line in lines])
    wishes = [Wish(n.pk, n.product_id, n.open, tuple(held.get(n.pk, ()))) for n in lines]
    return reckoned(wishes, order.warehouse_id, moment_of(at), besides=order.pk)


def reckoned(
    wishes: Sequence[Wish], warehouse: int | None, now: Moment, *, besides: int | None = None
) -> dict[int, Answer]:
    """When wishes could be met together: nothing is counted twice, the first wish comes first.

    Args:
        wishes: What is wanted.
        warehouse: From this one alone, by id; None for any.
        now: From when on.
        besides: Id of the order whose own promises do not stand in its way.
    """
    products = {wish.product for wish in wishes}
    pools = _pools(products, warehouse, besides)
    leads = _leads(products)
    terms: dict[int | None, Terms] = {}
    found: dict[int, Answer] = {}
    for wish in wishes:
        offers = [Offer(many, None, place) for place, many in wish.held]
        own, missing = rules.allocated(wish.quantity, offers)
        taken, missing = rules.allocated(missing, pools[wish.product])
        pools[wish.product] = _less(pools[wish.product], taken)
        shares = [_share(offer, now, terms) for offer in _joined([*own, *taken])]
        if missing:
            shares.append(_to_order(missing, leads.get(wish.product), warehouse, now, terms))
        found[wish.key] = Answer(tuple(shares))
    return found


def _share(offer: Offer, now: Moment, known: dict[int | None, Terms]) -> Share:
    source = Source.STOCK if offer.purchase is None else Source.RECEIPT
    arrives = _arrives(offer, now, known)
    return Share(source, offer.quantity, offer.warehouse, offer.purchase, offer.ready_on, arrives)


def _to_order(
    many: Decimal, lead: Decimal | None, warehouse: int | None, now: Moment, known: dict[int | None, Terms]
) -> Share:
    """What nobody has ordered yet: due a lead time from now, where one is known."""
    if lead is None:
        return Share(Source.UNKNOWN, many)
    ready = now.day + dt.timedelta(days=int(lead.to_integral_value(rounding="ROUND_CEILING")))
    arrives = _arrives(Offer(many, ready, warehouse), now, known)
    return Share(Source.SUPPLIER, many, warehouse, None, ready, arrives)


def _arrives(offer: Offer, now: Moment, known: dict[int | None, Terms]) -> dt.date | None:
    if offer.warehouse not in known:
        known[offer.warehouse] = terms_of(offer.warehouse)
    try:
        return rules.portion(offer, now.day, now.hour, known[offer.warehouse]).arrives_on
    except rules.NeverWorks:
        return None


def _joined(offers: Iterable[Offer]) -> list[Offer]:
    """Offers of the same place, purchase and day as one."""
    sums: dict[tuple[int | None, int | None, dt.date | None], Decimal] = defaultdict(Decimal)
    for offer in offers:
        sums[offer.warehouse, offer.purchase, offer.ready_on] += offer.quantity
    return [Offer(many, ready, place, purchase) for (place, purchase, ready), many in sums.items()]


def _less(pool: Sequence[Offer], taken: Iterable[Offer]) -> list[Offer]:
    used: dict[tuple[int | None, int | None], Decimal] = defaultdict(Decimal)
    for offer in taken:
        used[offer.warehouse, offer.purchase] += offer.quantity
    left: list[Offer] = []
    for offer in pool:
        part = min(used[offer.warehouse, offer.purchase], offer.quantity)
        used[offer.warehouse, offer.purchase] -= part
        if offer.quantity > part:
            left.append(Offer(offer.quantity - part, offer.ready_on, offer.warehouse, offer.purchase))
    return left


def _pools(products: Collection[int], warehouse: int | None, besides: int | None) -> dict[int, list[Offer]]:
    """What of each product is free now, and what of what is due was promised to nobody."""
    pools: dict[int, list[Offer]] = {product: [] for product in products}
    items = StockItem.objects.filter(product__in=products, available__gt=0, warehouse__active=True)
    if warehouse is not None:
        items = items.filter(warehouse=warehouse)
    for product, place, many in items.order_by("pk").values_list("product_id", "warehouse_id", "available"):
        pools[product].append(Offer(many, None, place))
    promised = _promised(products, besides)
    for row in due_receipts(products):
        part = min(promised[row.product, row.order], row.quantity)
        promised[row.product, row.order] -= part
        if row.day is not None and row.quantity > part and warehouse in (None, row.warehouse):
            pools[row.product].append(Offer(row.quantity - part, row.day, row.warehouse, row.order))
    return pools


def _promised(products: Collection[int], besides: int | None) -> dict[tuple[int, int], Decimal]:
    """How much of each receipt other orders wait for, by product and purchase order."""
    rows = Promise.objects.filter(product__in=products, source=Source.RECEIPT, order__status__in=AHEAD)
    if besides is not None:
        rows = rows.exclude(order=besides)
    sums = rows.order_by().values_list("product_id", "purchase_id").annotate(many=Sum("quantity"))
    found: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    found.update({(product, purchase): many for product, purchase, many in sums})
    return found


def _leads(products: Collection[int]) -> dict[int, Decimal]:
    """Days from ordering a product to having it, from the supplier that is asked first."""
    rows = SupplierProduct.objects.filter(product__in=products, supplier__active=True).select_related("supplier")
    found: dict[int, Decimal] = {}
    for row in rows.order_by("-preferred", "pk"):
        lead = row.lead_days if row.lead_days is not None else row.supplier.lead_days
        if lead is not None:
            found.setdefault(row.product_id, lead)
    return found


def _held(lines: Collection[int]) -> dict[int, list[tuple[int, Decimal]]]:
    """What stock holds for lines, by warehouse."""
    label = OrderLine._meta.label
    rows = Reservation.objects.filter(subject_type=label, subject_id__in=lines, left__gt=0).order_by("pk")
    found: dict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    for line, place, many in rows.values_list("subject_id", "warehouse_id", "left"):
        found[line or 0].append((place, many))
    return found
