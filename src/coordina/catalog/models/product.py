"""Products, their series and the units they are counted in."""

from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.catalog.enums import Nature
from coordina.catalog.models.taxes import TaxClass
from coordina.core.records import Record
from coordina.records.models import Extensible

MOST_DECIMALS = 3
"""Places that quantities are kept with; no unit allows more."""


class Series(Record):
    """A family of products."""

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""

    name = models.CharField(_("name"), max_length=120)

    class Meta(Record.Meta):
        verbose_name = _("series")
        verbose_name_plural = _("product series")
        constraints = [models.UniqueConstraint(fields=["name"], name="series_name_once")]

    def __str__(self) -> str:
        return self.name


class Unit(Record):
    """What a quantity counts: pieces, kilograms, hours.

    Attributes:
        symbol: How it stands behind a quantity, such as `kg`.
        decimals: Decimal places a quantity may have: 0 for what cannot be divided.
    """

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""

    name = models.CharField(_("name"), max_length=60)
    symbol = models.CharField(_("symbol"), max_length=12, blank=True, default="")
    decimals = models.PositiveSmallIntegerField(
        _("decimal places"), default=0, validators=[MaxValueValidator(MOST_DECIMALS)]
    )

    class Meta(Record.Meta):
        verbose_name = _("unit of measure")
        verbose_name_plural = _("units of measure")
        constraints = [models.UniqueConstraint(fields=["name"], name="unit_name_once")]

    def __str__(self) -> str:
        return self.name


class Product(Extensible):
    """Something one sells.

    Attributes:
        price: List price of one unit without tax, in `currency`, major units. Empty for a variant means that of its
            parent, for a bundle the sum of its parts.
        cost: What one unit costs the company, without tax, in `cost_currency`; empty as the price.
        parent: The product it is a variant of; a variant has no variants.
        variant: Which one it is: «Red · L».
        unit: What a quantity of it counts; empty means that nothing is said, and any quantity is taken.
        tax_class: Empty means that of its parent, else the usual one.
        active: Whether it can still be offered.
    """

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""

    name = models.CharField(_("name"), max_length=200)
    code = models.CharField(_("code"), max_length=60, blank=True, default="")
    nature = models.CharField(_("nature"), max_length=8, choices=Nature.choices, default=Nature.GOODS)
    series = models.ForeignKey(
        Series, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("series")
    )
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit")
    )
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("variant of")
    )
    variant = models.CharField(_("variant"), max_length=120, blank=True, default="")
    tax_class = models.ForeignKey(
        TaxClass, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("tax class")
    )
    price = models.DecimalField(_("price"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    cost = models.DecimalField(_("cost"), max_digits=14, decimal_places=2, null=True, blank=True)
    cost_currency = models.CharField(_("currency of the cost"), max_length=3, blank=True, default="")
    description = models.TextField(_("description"), blank=True, default="", max_length=20_000)
    active = models.BooleanField(_("on sale"), default=True)

    class Meta(Extensible.Meta):
        abstract = False
        verbose_name = _("product")
        verbose_name_plural = _("products")
        indexes = [
            models.Index(fields=["name", "id"], name="product_by_name"),
            models.Index(fields=["-changed_at", "-id"], name="product_new"),
        ]

    def __str__(self) -> str:
        return self.name
