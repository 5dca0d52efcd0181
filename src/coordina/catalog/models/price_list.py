"""Price lists: what products cost for whom, from when to when, from which quantity on."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.catalog.enums import Audience
from coordina.catalog.models.product import Product, Series
from coordina.core.records import Record
from coordina.customers.models import Company, CustomerGroup


class PriceList(Record):
    """Prices in one currency, for everybody or for some.

    Attributes:
        audience: Everybody, or only the groups and companies that its customers name; naming none, nobody.
        with_tax: Whether its prices contain the tax of whoever buys. Discounts are off the list price, without tax.
        valid_from, valid_to: First and last day; empty without an end.
        active: A list that is off counts for nobody.
    """

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""

    name = models.CharField(_("name"), max_length=120)
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    audience = models.CharField(_("for whom"), max_length=10, choices=Audience.choices, default=Audience.EVERYBODY)
    with_tax = models.BooleanField(_("prices with tax"), default=False)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    active = models.BooleanField(_("in use"), default=True)

    class Meta(Record.Meta):
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")
        constraints = [models.UniqueConstraint(fields=["name"], name="price_list_name_once")]

    def __str__(self) -> str:
        return self.name


class PriceListCustomer(Record):
    """A group or a company that a price list is for: one of the two."""

    scope_parent: ClassVar[str] = "price_list"
    title_column: ClassVar[str] = "price_list_id"

    price_list = models.ForeignKey(
        PriceList, on_delete=models.CASCADE, related_name="+", verbose_name=_("price list"), editable=False
    )
    group = models.ForeignKey(
        CustomerGroup,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("customer group"),
    )
    company = models.ForeignKey(
        Company, null=True, blank=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("company")
    )

    class Meta(Record.Meta):
        verbose_name = _("customer of a price list")
        verbose_name_plural = _("customers of price lists")
        constraints = [
            models.UniqueConstraint(fields=["price_list", "group"], name="price_list_group_once"),
            models.UniqueConstraint(fields=["price_list", "company"], name="price_list_company_once"),
        ]


class PriceItem(Record):
    """What a product, a series or everything costs in a price list, from a quantity on.

    Attributes:
        product, series: What it is about; neither means every product.
        minimum: First quantity it counts for; 0 for any.
        price: Of one unit, in the list's currency. Or:
        discount: Off the list price, in per cent.
    """

    scope_parent: ClassVar[str] = "price_list"
    title_column: ClassVar[str] = "product_id"

    price_list = models.ForeignKey(
        PriceList, on_delete=models.CASCADE, related_name="+", verbose_name=_("price list"), editable=False
    )
    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("product")
    )
    series = models.ForeignKey(
        Series, null=True, blank=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("series")
    )
    minimum = models.DecimalField(_("from quantity"), max_digits=12, decimal_places=3, default=Decimal(0), blank=True)
    price = models.DecimalField(_("price"), max_digits=14, decimal_places=2, null=True, blank=True)
    discount = models.DecimalField(_("discount"), max_digits=5, decimal_places=2, null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("price")
        verbose_name_plural = _("prices")


class MarginFloor(Record):
    """The margin below which a price needs a second look: of a series, or of every product.

    Attributes:
        percent: Of the price without tax.
    """

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""
    title_column: ClassVar[str] = "percent"

    series = models.ForeignKey(
        Series, null=True, blank=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("series")
    )
    percent = models.DecimalField(_("lowest margin"), max_digits=5, decimal_places=2)

    class Meta(Record.Meta):
        verbose_name = _("margin floor")
        verbose_name_plural = _("margin floors")
        constraints = [
            models.UniqueConstraint(fields=["series"], name="margin_floor_once"),
        ]

    def __str__(self) -> str:
        return f"{self.percent} %"
