"""The company's exchange rates, read once per action or chunk."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from time import monotonic
from typing import Any

from django.utils.translation import gettext_lazy as _

from coordina.accounts.company import the_company
from coordina.accounts.models.rate import Rate
from coordina.core.changes import Values
from coordina.core.money import DatedRates, currencies
from coordina.core.refusals import Refusal
from coordina.core.writer import Writer

DEFAULT_CURRENCY = "EUR"
"""Until the company has said its own."""


def reporting_currency() -> str:
    """ISO code of the currency in which sums are reported."""
    company = the_company()
    return company.currency if company is not None else DEFAULT_CURRENCY


def dated_rates(codes: set[str] | None = None) -> DatedRates:
    """The rates of some currencies towards the reporting currency.

    Args:
        codes: Which ones; None for all. Only the reporting currency itself: nothing is read but the company.
    """
    reporting = reporting_currency()
    if codes is not None and not codes - {reporting}:
        return DatedRates(reporting, {})
    rows = Rate.objects.order_by("currency", "day")
    if codes is not None:
        rows = rows.filter(currency__in=codes)
    table: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
    for currency, day, rate in rows.values_list("currency", "day", "rate"):
        table[currency].append((day, rate))
    return DatedRates(reporting, dict(table))


_recent: tuple[float, DatedRates] | None = None
KEPT_SECONDS = 1.0


def recent_rates() -> DatedRates:
    """All rates, at most a second old: for checking one row after another without asking the database for each."""
    global _recent
    if _recent is None or monotonic() - _recent[0] > KEPT_SECONDS:
        _recent = (monotonic(), dated_rates())
    return _recent[1]


def forget_rates() -> None:
    """Drop the process's copy: rates or the reporting currency changed."""
    global _recent
    _recent = None


class RateWriter(Writer[Rate]):
    """Rates name a currency that exists and are above zero, one a day."""

    def clean(self, values: Values, *, obj: Rate | None = None) -> Values:
        """Write the code in capitals; refuse what is no currency, no rate, or the same day twice."""
        if "currency" in values:
            code = checked_currency(str(values["currency"]))
            if code == reporting_currency():
                raise Refusal("reporting", _("This is the reporting currency itself."), field="currency")
            values = values | {"currency": code}
        if values.get("rate") is not None and values["rate"] <= 0:
            raise Refusal("rate", _("A rate is above zero."), field="rate")
        currency = values.get("currency", obj.currency if obj else "")
        day = values.get("day", obj.day if obj else None)
        others: Any = Rate.objects.exclude(pk=obj.pk if obj else 0)
        if others.filter(currency=currency, day=day).exists():
            raise Refusal("taken", _("This day already has a rate. Change that one."), field="day")
        return values


def checked_currency(code: str, field: str = "currency") -> str:
    """A currency code in capitals.

    Raises:
        Refusal: When it is no ISO 4217 code.
    """
    code = code.strip().upper()
    if code not in currencies():
        message = _("“%(code)s” is not a currency. Write its three letters, such as EUR or MXN.")
        raise Refusal("currency", message % {"code": code[:12]}, field=field)
    return code
