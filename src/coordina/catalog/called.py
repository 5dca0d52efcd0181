"""What files of other programs call units and tax classes: a symbol, a percentage."""

import re
from collections.abc import Iterable
from decimal import Decimal

from django.utils import timezone

from coordina.accounts.company import company_day
from coordina.catalog.models import TaxClass, Unit
from coordina.catalog.tax_queries import regimes_now
from coordina.catalog.taxation import Place, Position, Treatment, Why, taxes_on

_PERCENT = re.compile(r"(?:[a-z.]*\s*)?(\d{1,2}(?:[.,]\d{1,2})?)\s*%?", re.IGNORECASE)
_HERE = Position(Treatment.DOMESTIC, Why.HERE)


def units_called(texts: Iterable[str]) -> dict[str, int]:
    """Units by their symbol: `kg`, `ud.`."""
    symbols = {symbol.casefold(): pk for symbol, pk in Unit.objects.exclude(symbol="").values_list("symbol", "pk")}
    plain = {text: text.strip().rstrip(".").casefold() for text in texts}
    return {text: symbols[word] for text, word in plain.items() if word in symbols}


def classes_called(texts: Iterable[str]) -> dict[str, int]:
    """Tax classes by the percentage that they bear today where one sells: `21`, `21 %`, `IVA 21`."""
    _regimes, ours = regimes_now()
    today = company_day(timezone.now())
    if ours is None:
        return {}
    by_percent: dict[Decimal, int] = {}
    for pk in TaxClass.objects.order_by("-usual", "pk").values_list("pk", flat=True):
        found = taxes_on(pk, service=True, place=Place(), position=_HERE, ours=ours, day=today)
        if not found.missing:
            by_percent.setdefault(found.percent, pk)
    read = {text: _PERCENT.fullmatch(text.strip()) for text in texts}
    said = {text: Decimal(match[1].replace(",", ".")) for text, match in read.items() if match is not None}
    return {text: by_percent[percent] for text, percent in said.items() if percent in by_percent}
