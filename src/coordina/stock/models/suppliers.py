"""Who one buys from, and what each supplier asks for a product."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordina.catalog.models import Product
from coordina.core.records import Record
from coordina.customers.models import Company
from coordina.records.models import Extensible
from coordina.stock.models.items import pieces


class Supplier(Extensible):
    """A company in its role as a supplier.

    Attributes:
        company: The company, where it is on record.
        code: Number under which one's own books know it.
        lead_days: Days from order to receipt, on average. lead_deviation: Their standard deviation.
        currency: Of its prices.
    """

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""

    name = models.CharField(_("name"), max_length=200)
    code = models.CharField(_("code"), max_length=60, blank=True, default="")
    company = models.ForeignKey(
        Company, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("company")
    )
    email = models.EmailField(_("e-mail for orders"), max_length=254, blank=True, default="")
    lead_days = models.DecimalField(_("lead time in days"), max_digits=6, decimal_places=1, null=True, blank=True)
    lead_deviation = models.DecimalField(
        _("deviation of the lead time in days"), max_digits=6, decimal_places=1, null=True, blank=True
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    active = models.BooleanField(_("in use"), default=True)

    class Meta(Extensible.Meta):
        abstract = False
        verbose_name = _("supplier")
        verbose_name_plural = _("suppliers")
        constraints = [
            models.UniqueConstraint(fields=["company"], condition=Q(company__isnull=False), name="supplier_once"),
        ]
        indexes = [models.Index(fields=["name", "id"], name="supplier_name")]

    def __str__(self) -> str:
        return self.name


class SupplierProduct(Record):
    """What a supplier asks for a product.

    Attributes:
        name: Of the product, for lists.
        code: The supplier's own number for it.
        price: Of one unit, without tax, in `currency`.
        minimum: Least quantity of an order. multiple: Orders are a multiple of it, such as a full box.
        lead_days: Days from order to receipt where this product takes another time than the supplier's others.
        preferred: Whether it is ordered here first.
    """

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""

    name = models.CharField(_("name"), max_length=200, editable=False)
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="+", verbose_name=_("supplier"))
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", verbose_name=_("product"))
    code = models.CharField(_("supplier’s code"), max_length=60, blank=True, default="")
    price = models.DecimalField(_("purchase price"), max_digits=14, decimal_places=4, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    minimum = pieces(_("minimum quantity"), null=True, blank=True)
    multiple = pieces(_("in multiples of"), null=True, blank=True)
    lead_days = models.DecimalField(_("lead time in days"), max_digits=6, decimal_places=1, null=True, blank=True)
    preferred = models.BooleanField(_("preferred"), default=False)

    class Meta(Record.Meta):
        verbose_name = _("product of a supplier")
        verbose_name_plural = _("products of suppliers")
        constraints = [models.UniqueConstraint(fields=["supplier", "product"], name="supplier_product_once")]
        indexes = [models.Index(fields=["name", "id"], name="supplier_product_name")]

    def __str__(self) -> str:
        return self.name
