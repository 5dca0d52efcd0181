"""Taxes: classes of products, the regimes of territories, and their rates from a day on."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.catalog.enums import TaxRounding
from coordina.core.records import Record


class TaxClass(Record):
    """What kind of product it is for taxes: general, reduced, exempt.

    Attributes:
        usual: Whether products that name no class are of this one; one class is.
    """

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""

    name = models.CharField(_("name"), max_length=80)
    usual = models.BooleanField(_("usual class"), default=False)

    class Meta(Record.Meta):
        verbose_name = _("tax class")
        verbose_name_plural = _("tax classes")
        constraints = [models.UniqueConstraint(fields=["name"], name="tax_class_name_once")]

    def __str__(self) -> str:
        return self.name


class TaxRegime(Record):
    """A territory with its tax.

    Attributes:
        postal_codes: Beginnings of its postal codes, with commas between; empty: the rest of the country.
        tax, surcharge: Names as they stand on invoices.
        ours: Whether the company sells from here; one regime is.
        rounding: Where invoices round tax.
    """

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""

    name = models.CharField(_("name"), max_length=120)
    country = models.CharField(_("country"), max_length=2)
    postal_codes = models.CharField(_("postal codes that begin with"), max_length=200, blank=True, default="")
    tax = models.CharField(_("name of the tax"), max_length=40)
    surcharge = models.CharField(_("name of the surcharge"), max_length=60, blank=True, default="")
    ours = models.BooleanField(_("we sell from here"), default=False)
    rounding = models.CharField(_("rounding"), max_length=4, choices=TaxRounding.choices, default=TaxRounding.PER_RATE)

    class Meta(Record.Meta):
        verbose_name = _("tax regime")
        verbose_name_plural = _("tax regimes")
        constraints = [models.UniqueConstraint(fields=["name"], name="tax_regime_name_once")]

    def __str__(self) -> str:
        return self.name


class TaxRate(Record):
    """What a class of products bears in a regime, from a day on.

    Attributes:
        percent: Of the base. surcharge: On top of it, for customers under the surcharge.
        since: First day; empty for ever before.
        law: Where it is written.
    """

    scope_parent: ClassVar[str] = "regime"
    title_column: ClassVar[str] = "percent"

    regime = models.ForeignKey(
        TaxRegime, on_delete=models.CASCADE, related_name="+", verbose_name=_("tax regime"), editable=False
    )
    tax_class = models.ForeignKey(TaxClass, on_delete=models.PROTECT, related_name="+", verbose_name=_("tax class"))
    percent = models.DecimalField(_("rate"), max_digits=5, decimal_places=2)
    surcharge = models.DecimalField(_("surcharge"), max_digits=5, decimal_places=2, default=Decimal(0), blank=True)
    since = models.DateField(_("since"), null=True, blank=True)
    law = models.CharField(_("law"), max_length=160, blank=True, default="")

    class Meta(Record.Meta):
        verbose_name = _("tax rate")
        verbose_name_plural = _("tax rates")
        constraints = [models.UniqueConstraint(fields=["regime", "tax_class", "since"], name="tax_rate_once")]
