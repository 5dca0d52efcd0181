"""Products and their series."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.core.records import Record
from coordina.records.models import Extensible


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


class Product(Extensible):
    """Something one sells.

    Attributes:
        price: List price without tax, in `currency`, major units.
        active: Whether it can still be offered.
    """

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""

    name = models.CharField(_("name"), max_length=200)
    code = models.CharField(_("code"), max_length=60, blank=True, default="")
    series = models.ForeignKey(
        Series, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("series")
    )
    price = models.DecimalField(_("price"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
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
