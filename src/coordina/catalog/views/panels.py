"""Panels of products and companies: what a product is worth, its variants and prices; the price lists of a company."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.utils.translation import gettext as _

from coordina.accounts.models import User
from coordina.accounts.rates import reporting_currency
from coordina.catalog.actions import make_variants
from coordina.catalog.models import PriceItem, Product, ProductOption
from coordina.catalog.pricing import Tier, below_floor, tier_of
from coordina.catalog.queries import customer_of, floor_of, floors, goods_of, lists_for, rates_for
from coordina.catalog.views.asking import question_url
from coordina.catalog.worth import Source, Worth, margin_of, worth_of
from coordina.core.actions import of
from coordina.core.addresses import address
from coordina.core.formats import Formats
from coordina.core.money import convert
from coordina.core.refusals import Refusal
from coordina.core.types import type_of
from coordina.customers.models import Company
from coordina.records.timeline import current_formats

SHOWN = 12
"""Variants that the panel names; the list has the others."""


def worth_panel(product: Product, user: User) -> Mapping[str, Any]:
    """Price, cost and margin of one unit, with where they come from; cost and margin for who may see the cost."""
    formats = current_formats()
    goods = goods_of([product.pk], reporting_currency())
    rates, day = rates_for(goods.values()), formats.today
    known = type_of(Product).known_to(user)
    found: dict[str, Worth | None] = {}
    refused = ""
    for what in ("price", "cost"):
        try:
            found[what] = worth_of(product.pk, what, goods, rates, day) if what in known else None
        except Refusal as refusal:
            found[what], refused = None, str(refusal.message)
    price, cost = found["price"], found["cost"]
    margin = floor = None
    if price is not None and cost is not None:
        try:
            margin = margin_of(price.money, convert(cost.money, price.money.currency, rates, day))
            floor = floor_of(goods[product.pk], floors(), goods)
        except Refusal as refusal:
            refused = str(refusal.message)
    return {
        "rows": [row for row in (_row(_("Price"), price, formats), _row(_("Cost"), cost, formats)) if row],
        "margin": formats.percent(margin, 1) if margin is not None else "",
        "below": below_floor(margin, floor),
        "floor": formats.percent(floor) if floor is not None else "",
        "refused": refused,
    }


def _row(label: str, worth: Worth | None, formats: Formats) -> dict[str, str] | None:
    if worth is None:
        return None
    why = {Source.PARENT: _("as its product"), Source.PARTS: _("sum of its parts")}.get(worth.source, "")
    return {"label": label, "text": formats.money(worth.money.amount, worth.money.currency, cents=True), "why": why}


def variants_panel(product: Product, user: User) -> Mapping[str, Any]:
    """The variants of a product, and the button that makes them once there are options."""
    rows = Product.objects.visible_to(user).filter(parent=product.pk).order_by("name", "pk")
    found = list(rows.values_list("pk", "name", "variant", "active")[: SHOWN + 1])
    declared = of(make_variants)
    may = (
        product.parent_id is None
        and declared.open_to(user)
        and ProductOption.objects.visible_to(user).filter(product=product.pk).exists()
    )
    listed = address("web:list", "products")
    return {
        "variants": [
            {"url": address("web:detail", "products", pk), "name": variant or name, "active": active}
            for pk, name, variant, active in found[:SHOWN]
        ],
        "more_url": f"{listed}?{urlencode({'q': f'parent = {product.pk}'})}" if len(found) > SHOWN else "",
        "make_url": address("web:do", "products", product.pk, declared.slug) if may else "",
        "home": address("web:detail", "products", product.pk),
    }


def prices_panel(product: Product, user: User) -> Mapping[str, Any]:
    """The lines of price lists that are about a product, and where one asks what somebody pays."""
    known = type_of(Product).known_to(user)
    if "price" not in known:
        return {"lines": [], "ask_url": ""}
    formats = current_formats()
    goods = goods_of([product.pk], reporting_currency())
    series = {each.series for each in goods.values() if each.series is not None}
    about = Q(product__in=[product.pk, product.parent_id or 0]) | Q(series__in=series) | Q(product=None, series=None)
    rows = PriceItem.objects.visible_to(user).filter(about, price_list__active=True)
    columns = ("price_list_id", "price_list__name", "price_list__currency", "minimum", "price", "discount")
    found = rows.order_by("price_list__name", "minimum", "pk").values_list(*columns)[: SHOWN + 1]
    return {
        "lines": [_line(row, formats) for row in found[:SHOWN]],
        "more": len(found) > SHOWN,
        "ask_url": question_url(product=product.pk),
    }


def _line(row: tuple[Any, ...], formats: Formats) -> dict[str, str]:
    """One line of a price list in words."""
    listed, name, currency, minimum, price, discount = row
    text = formats.money(price, currency, cents=True) if price is not None else f"−{formats.percent(discount)}"
    return {
        "url": address("web:detail", "price-lists", listed),
        "name": name,
        "minimum": formats.decimal(minimum) if minimum else "",
        "text": text,
    }


def lists_panel(company: Company, user: User) -> Mapping[str, Any]:
    """The price lists that hold for a company, its own first, and where one asks what it pays."""
    formats = current_formats()
    customer = customer_of(company)
    found = []
    for listed in lists_for(customer).values():
        tier = tier_of(listed, customer)
        if tier is not None:
            late = listed.valid_to is not None and listed.valid_to < formats.today
            early = listed.valid_from is not None and listed.valid_from > formats.today
            note = _("over") if late else formats.date_short(listed.valid_from) if early else ""
            found.append((late, early, tier, listed.name, listed, note))
    words = {Tier.COMPANY: _("its own"), Tier.GROUP: _("of its group"), Tier.EVERYBODY: _("for everybody")}
    return {
        "lists": [
            {
                "url": address("web:detail", "price-lists", listed.pk),
                "name": listed.name,
                "whose": words[tier],
                "currency": listed.currency,
                "note": note,
            }
            for _late, _early, tier, _name, listed, note in sorted(found, key=lambda each: each[:4])[:SHOWN]
        ],
        "ask_url": question_url(company=company.pk) if "price" in type_of(Product).known_to(user) else "",
    }
