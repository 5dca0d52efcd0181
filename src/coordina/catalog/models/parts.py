"""What belongs to a product: the options its variants differ in, and what a bundle is made of."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.catalog.models.product import Product
from coordina.core.records import Record


class ProductOption(Record):
    """Something the variants of a product differ in, such as colour.

    Attributes:
        choices: What can be chosen, separated by commas.
    """

    scope_parent: ClassVar[str] = "product"

    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="+", verbose_name=_("product"), editable=False
    )
    name = models.CharField(_("name"), max_length=60)
    choices = models.CharField(_("choices"), max_length=600)

    class Meta(Record.Meta):
        verbose_name = _("option of a product")
        verbose_name_plural = _("options of products")

    def __str__(self) -> str:
        return self.name

    @property
    def values(self) -> list[str]:
        """What can be chosen, each once, in its order."""
        return list(dict.fromkeys(filter(None, (part.strip() for part in self.choices.split(",")))))


class BundlePart(Record):
    """A product that another one contains.

    Attributes:
        product: The bundle.
        part: What is in it.
        quantity: How much of it is in one bundle, in the part's unit.
    """

    scope_parent: ClassVar[str] = "product"
    title_column: ClassVar[str] = "part_id"

    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="+", verbose_name=_("bundle"), editable=False
    )
    part = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", verbose_name=_("part"))
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=3, default=Decimal(1))

    class Meta(Record.Meta):
        verbose_name = _("part of a bundle")
        verbose_name_plural = _("parts of bundles")
        constraints = [models.UniqueConstraint(fields=["product", "part"], name="bundle_part_once")]
