"""How tax classes, regimes and rates are written."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from coordina.catalog.models import TaxClass, TaxRate, TaxRegime
from coordina.core.changes import Values
from coordina.core.contact import parse_country
from coordina.core.refusals import Refusal
from coordina.core.writer import Writer
from coordina.records.writers import normalised


class TaxClassWriter(Writer[TaxClass]):
    """One class is the usual one: naming another takes it from the first."""

    def created(self, made: Sequence[TaxClass], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Let the newest usual class be the only one."""
        _alone(TaxClass, "usual", made)

    def edited(self, changes: Sequence[tuple[TaxClass, Values]], *, by: Any, at: datetime) -> None:
        """The same after an edit."""
        _alone(TaxClass, "usual", [obj for obj, values in changes if values.get("usual")])


class TaxRegimeWriter(Writer[TaxRegime]):
    """Countries that exist, postal codes in one form, one regime that is ours."""

    def clean(self, values: Values, *, obj: TaxRegime | None = None) -> Values:
        """Write the country as its code and each beginning of a postal code once."""
        values = super().clean(values, obj=obj)
        rules = {"country": lambda v: parse_country(str(v)), "postal_codes": lambda v: ", ".join(prefixes_of(str(v)))}
        return normalised(values, rules, obj)

    def created(self, made: Sequence[TaxRegime], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Let the newest regime that is ours be the only one."""
        _alone(TaxRegime, "ours", made)

    def edited(self, changes: Sequence[tuple[TaxRegime, Values]], *, by: Any, at: datetime) -> None:
        """The same after an edit."""
        _alone(TaxRegime, "ours", [obj for obj, values in changes if values.get("ours")])


class TaxRateWriter(Writer[TaxRate]):
    """Rates between nothing and the whole, one for each class and day."""

    def clean(self, values: Values, *, obj: TaxRate | None = None) -> Values:
        """Refuse rates out of range, and a second one that holds since ever."""
        values = super().clean(values, obj=obj)
        if "surcharge" in values and values["surcharge"] is None:
            values = values | {"surcharge": Decimal(0)}
        for name in ("percent", "surcharge"):
            if values.get(name) is not None and not 0 <= values[name] <= 100:
                raise Refusal("percent", _("A rate is between 0 % and 100 %."), field=name)
        now = {n: values[n] if n in values else getattr(obj, n, None) for n in ("regime", "tax_class", "since")}
        if now["since"] is None and now["tax_class"] is not None:
            same = TaxRate.objects.filter(regime=now["regime"], tax_class=now["tax_class"], since=None)
            if (same.exclude(pk=obj.pk) if obj is not None else same).exists():
                message = _("There is a rate without a first day already. Say since when this one holds.")
                raise Refusal("taken", message, field="since")
        return values


def prefixes_of(text: str) -> tuple[str, ...]:
    """Beginnings of postal codes as they are written: with commas or spaces between."""
    return tuple(dict.fromkeys(text.replace(",", " ").split()))


def _alone(model: type[TaxClass] | type[TaxRegime], column: str, chosen: Sequence[Any]) -> None:
    """Let the last of some records that carry a mark be the only one that does."""
    marked = [obj for obj in chosen if getattr(obj, column)]
    if not marked:
        return
    rows: Any = model.objects.filter(**{column: True}).exclude(pk=marked[-1].pk)
    for other in rows:
        setattr(other, column, False)
        other.save()
