"""The page that says what a company pays for a quantity of a product on a day, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from coordina.accounts.models import User
from coordina.accounts.rates import checked_currency, reporting_currency
from coordina.catalog.explaining import reasons_of
from coordina.catalog.models import PriceList, Product
from coordina.catalog.part_writers import refuse_quantity
from coordina.catalog.pricing import Book, Price, below_floor
from coordina.catalog.queries import ask_price, floor_of, floors
from coordina.catalog.tax_explaining import mention_of, tax_reasons
from coordina.catalog.tax_queries import Taxes, taxes_for, without_tax
from coordina.catalog.totals import Sold, totals
from coordina.catalog.worth import margin_of, worth_of
from coordina.core.addresses import address
from coordina.core.formats import Formats
from coordina.core.money import convert
from coordina.core.parsing import parse_date, parse_decimal
from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import Forbidden, Refusal
from coordina.core.types import type_of
from coordina.customers.models import Company

OFFERED = 100
"""Companies and products in the lists of somebody without JavaScript; with it all are found."""


@dataclass
class Question:
    """What is asked, as far as it can be read; `errors` by field for the rest."""

    product: Product | None = None
    company: Company | None = None
    quantity: Decimal = Decimal(1)
    currency: str = ""
    day: date | None = None
    errors: dict[str, str] = field(default_factory=dict)


@require_safe
def ask_page(request: Any) -> HttpResponse:
    """A form, and the answer below it once a product is chosen."""
    user = request.user
    if not user.may(Product.view_permission()) or "price" not in type_of(Product).known_to(user):
        raise Forbidden
    question = read(request.GET, user, request.formats)
    values = form_of(request.GET, question, user, request.formats)
    if question.product is not None and not question.errors:
        values["answer"] = answer_to(question, user, request.formats)
    return render(request, "catalog/ask.html", values, status=422 if question.errors else 200)


def read(typed: Mapping[str, str], user: User, formats: Formats) -> Question:
    """From what was typed to a question; what cannot be read is said at its field."""
    asked = Question(currency=reporting_currency(), day=formats.today)

    def take(name: str, read_it: Any) -> None:
        text = typed.get(name, "").strip()
        if text:
            try:
                setattr(asked, name, read_it(text))
            except Refusal as refusal:
                asked.errors[name] = str(refusal.message)

    take("product", lambda text: _found(Product, text, user))
    take("company", lambda text: _found(Company, text, user))
    take("quantity", lambda text: parse_decimal(text, formats.locale, 3))
    take("currency", checked_currency)
    take("day", lambda text: parse_date(text, formats.locale, formats.today))
    if typed and not typed.get("product", "").strip() and "quantity" in typed:
        asked.errors["product"] = _("Choose a product.")
    if "quantity" not in asked.errors and asked.product is not None:
        take("quantity", lambda _text: _checked(asked.quantity, asked.product))
    return asked


def _checked(quantity: Decimal, product: Product | None) -> Decimal:
    assert product is not None
    refuse_quantity(quantity, product)
    return quantity


def _found(model: Any, text: str, user: User) -> Any:
    """A record that was chosen, as far as the person sees it.

    Raises:
        Refusal: There is none.
    """
    found = model.objects.visible_to(user).filter(pk=parse_id(text) or 0).first()
    if found is None:
        raise Refusal("not_found", _("Choose one from the list."))
    return found


def form_of(typed: Mapping[str, str], asked: Question, user: User, formats: Formats) -> dict[str, Any]:
    """The fields of the form with what was typed, and what there is to choose."""
    return {
        "errors": asked.errors,
        "products": _options(Product, asked.product, user, active=True),
        "companies": _options(Company, asked.company, user),
        "product_lookup": address("web:lookup", "products"),
        "company_lookup": address("web:lookup", "companies"),
        "typed": {
            "quantity": typed.get("quantity", "") or formats.decimal(asked.quantity),
            "currency": typed.get("currency", "") or asked.currency,
            "day": typed.get("day", "") or formats.figures(asked.day or formats.today),
        },
        "example": formats.figures(formats.today),
        "unit": asked.product.unit.symbol if asked.product is not None and asked.product.unit is not None else "",
    }


def _options(model: Any, chosen: Any, user: User, **which: Any) -> list[tuple[int, str, bool]]:
    """What a list offers without JavaScript: what is chosen, and the first by name."""
    rows = model.objects.visible_to(user).filter(**which).order_by("name", "pk").values_list("pk", "name")[:OFFERED]
    found = [(pk, name, chosen is not None and pk == chosen.pk) for pk, name in rows]
    if chosen is not None and not any(taken for _pk, _name, taken in found):
        found.insert(0, (chosen.pk, chosen.name, True))
    return found


def answer_to(asked: Question, user: User, formats: Formats) -> dict[str, Any]:
    """The price of one unit and of all, with the reasons; margin and floor for who may see the cost."""
    assert asked.product is not None
    assert asked.day is not None
    price, book = ask_price(asked.product, asked.quantity, asked.company, asked.currency, asked.day)
    taxes = taxes_for(asked.company, [asked.product.pk])
    lists = user.may(PriceList.view_permission())
    found: dict[str, Any] = {
        "reasons": reasons_of(price, formats, named=lists),
        "list_url": address("web:detail", "price-lists", price.listed.pk) if price.listed and lists else "",
        "product": asked.product,
        "product_url": address("web:detail", "products", asked.product.pk),
        "with_tax": price.with_tax,
    }
    if price.money is not None:
        currency = price.money.currency
        whole = (price.money * asked.quantity).rounded("ROUND_HALF_UP")
        found |= {
            "unit_price": formats.money(price.money.amount, currency, cents=True),
            "total": formats.money(whole.amount, currency, cents=True),
            "many": formats.decimal(asked.quantity),
        }
        found |= tax_words(price, taxes, formats)
        if "cost" in type_of(Product).known_to(user):
            found |= margin_words(price, book, taxes, formats)
    return found


def tax_words(price: Price, taxes: Taxes, formats: Formats) -> dict[str, Any]:
    """The taxes on all of it, the total, why, and what the invoice has to say; nothing where no regime is ours."""
    taxation = taxes.on(price.product, price.day)
    if taxation is None or taxes.ours is None or price.money is None:
        return {}
    told = {"tax_reasons": tax_reasons(taxation, taxes.ours, formats), "mention": mention_of(taxation, taxes.ours)}
    if taxation.missing:
        return told
    currency = price.money.currency
    sold = Sold(price.quantity, price.money.amount, currency, taxation.shares, with_tax=price.with_tax)
    whole = totals([sold], currency, taxes.rounding)
    return told | {
        "taxes": [
            (f"{rate.share.name} {formats.percent(rate.share.percent)}", formats.money(rate.tax, currency, cents=True))
            for rate in whole.rates
        ],
        "net": formats.money(whole.net, currency, cents=True) if price.with_tax else "",
        "whole": formats.money(whole.total, currency, cents=True),
    }


def margin_words(price: Price, book: Book, taxes: Taxes, formats: Formats) -> dict[str, Any]:
    """Cost, margin and floor of the price without tax; nothing where one of them is not known."""
    net = without_tax(price, taxes.on(price.product, price.day))
    if net is None:
        return {}
    try:
        cost = worth_of(price.product, "cost", book.goods, book.rates, price.day)
        if cost is None:
            return {}
        at_day = convert(cost.money, net.currency, book.rates, price.day)
    except Refusal as refusal:
        return {"refused": str(refusal.message)}
    margin = margin_of(net, at_day)
    floor = floor_of(book.goods[price.product], floors(), book.goods)
    return {
        "cost": formats.money(at_day.amount, at_day.currency, cents=True),
        "margin": formats.percent(margin, 1) if margin is not None else "",
        "below": below_floor(margin, floor),
        "floor": formats.percent(floor) if floor is not None else "",
    }


def question_url(**asked: Any) -> str:
    """The address of the page with a question begun."""
    return f"{address('catalog:ask')}?{urlencode(asked)}"
