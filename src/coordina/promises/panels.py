"""What promises show: on an order why it arrives when it does, on a calendar the days off that come."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordina.accounts.company import company_day
from coordina.accounts.days import formats_here
from coordina.accounts.models import User
from coordina.activity import mail
from coordina.catalog.enums import Nature
from coordina.catalog.models import Product
from coordina.core.actions import of
from coordina.core.addresses import address
from coordina.core.panels import PANELS, Panel
from coordina.core.visibility import covers
from coordina.orders.enums import AHEAD
from coordina.orders.models import Order
from coordina.promises import links, rules
from coordina.promises.actions import make_status_link, revoke_status_link
from coordina.promises.calendars import days_off, terms_by
from coordina.promises.enums import Risk
from coordina.promises.explaining import Names, reasons, share_of
from coordina.promises.models import Delay, DelayText, Promise, StatusLink, WorkCalendar
from coordina.promises.reckoning import Share
from coordina.promises.telling import DECIDE
from coordina.promises.texts import letter_of
from coordina.promises.writing import reader_of
from coordina.stock.models import StockItem

SHOWN = 10


def coming_days_off(calendar: WorkCalendar, user: User) -> Mapping[str, Any]:
    """The next days off, and when something ordered now would arrive."""
    formats = formats_here("")
    here = timezone.localtime()
    try:
        example = rules.portion(
            rules.Offer(rules.NOTHING, None, None), here.date(), here.hour, terms_by(calendar)
        ).arrives_on
    except rules.NeverWorks:
        example = None
    return {
        "days": [(formats.day(one.day), one.why) for one in days_off(calendar, here.date(), SHOWN)],
        "example": formats.day(example) if example is not None else "",
    }


def why(order: Order, user: User) -> Mapping[str, Any]:
    """When an order arrives, and what each of its lines waits for; nothing once all of it left."""
    if order.status not in AHEAD:
        return {}
    rows = (
        Promise.objects.visible_to(user).filter(order=order.pk).select_related("line__product").order_by("line", "pk")
    )
    lines: dict[int, list[Share]] = {}
    called: dict[int, str] = {}
    for row in rows:
        lines.setdefault(row.line_id, []).append(share_of(row))
        called[row.line_id] = row.line.description or row.line.product.name
    formats = formats_here("")
    names = Names(user, [share for shares in lines.values() for share in shares])
    days = [rules.last_of([share.arrives_on for share in shares]) for shares in lines.values()]
    late = Delay.objects.visible_to(user).filter(order=order.pk, status=Risk.OPEN).first()
    moved = order.promised_on is not None and order.promised_on != order.expected_on
    return {
        "lines": [
            {
                "name": called[pk],
                "day": formats.day(rules.last_of([share.arrives_on for share in shares])),
                "why": reasons(shares, names, formats),
            }
            for pk, shares in lines.items()
        ],
        "day": formats.date_long(order.expected_on),
        "first": formats.date_long(order.promised_on) if moved else "",
        "late_url": address("web:detail", "delivery-risks", late.pk) if late is not None else "",
        "late_day": formats.date_long(rules.last_of(days)) if late is not None else "",
    }


def customer_page(order: Order, user: User) -> Mapping[str, Any]:
    """The link by which the customer looks at the order, to be copied; how to make one, and how to withdraw it."""
    changes = covers(order, user, Order.permission("change"))
    today = company_day(timezone.now())
    rows = StatusLink.objects.visible_to(user).filter(order=order.pk, revoked_at=None, expires_on__gte=today)
    link = rows.order_by("-pk").first()
    token = links.copied(link) if link is not None and changes else ""
    formats = formats_here("")
    make, withdraw = of(make_status_link), of(revoke_status_link)
    open_ = changes and make.open_to(user)
    confirmed = StatusLink.objects.visible_to(user).filter(order=order.pk).exclude(confirmed_at=None).first()
    return {
        "link": link,
        "url": mail.link(address("promises:status", token)) if token else "",
        "until": formats.date_full(link.expires_on) if link is not None else "",
        "confirmed": formats.exact(confirmed.confirmed_at) if confirmed is not None else "",
        "make_url": address("web:do", "orders", order.pk, make.slug) if open_ and make.allows(order) else "",
        "withdraw_url": address("web:do", "orders", order.pk, withdraw.slug) if open_ and link is not None else "",
    }


def letter(delay: Delay, user: User) -> Mapping[str, Any]:
    """The e-mail that the customer would get, before it is sent, and to whom; or why none is sent."""
    if delay.status != Risk.OPEN or delay.new_on is None:
        return {}
    reader = reader_of(delay.order)
    keeps = user.may(DelayText.permission("change"))
    return {
        "letter": letter_of(delay, reader.language),
        "language": reader.language,
        "address": reader.address,
        "closed": reader.closed,
        "text_url": address("web:list", "delay-texts") if keeps else "",
    }


def when(product: Product, user: User) -> Mapping[str, Any]:
    """The way to ask when some of a product could arrive."""
    goods = product.nature != Nature.SERVICE
    return {"url": f"{address('promises:when')}?product={product.pk}" if goods else ""}


for _name, _panel in {
    "order-promise": Panel("order.side", _("Promised delivery"), Order.view_permission(), "promises/why.html", why, 5),
    "order-link": Panel(
        "order.side",
        _("Page for the customer"),
        Order.view_permission(),
        "promises/link.html",
        customer_page,
        order=40,
    ),
    "delay-letter": Panel("delay.main", _("What the customer reads"), DECIDE, "promises/letter.html", letter, order=10),
    "product-when": Panel(
        "product.acts", _("When would it arrive?"), StockItem.view_permission(), "promises/ask_when.html", when, 40
    ),
    "work-calendar-days": Panel(
        "work_calendar.side",
        _("Days off that come"),
        WorkCalendar.view_permission(),
        "promises/days_off.html",
        coming_days_off,
        order=10,
    ),
}.items():
    PANELS.add(_name, _panel)
