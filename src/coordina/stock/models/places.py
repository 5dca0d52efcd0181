"""Warehouses and the locations in them, and the places outside that stock comes from and goes to."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordina.core.records import Record
from coordina.records.models import Extensible
from coordina.stock.enums import Place


class Warehouse(Extensible):
    """A building or room in which stock is kept.

    Attributes:
        active: Whether stock is received and reserved there.
    """

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""

    name = models.CharField(_("name"), max_length=120)
    code = models.CharField(_("code"), max_length=20, blank=True, default="")
    street = models.CharField(_("street"), max_length=250, blank=True, default="")
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True, default="")
    city = models.CharField(_("city"), max_length=120, blank=True, default="")
    country = models.CharField(_("country"), max_length=2, blank=True, default="")
    active = models.BooleanField(_("in use"), default=True)

    class Meta(Extensible.Meta):
        abstract = False
        verbose_name = _("warehouse")
        verbose_name_plural = _("warehouses")
        constraints = [models.UniqueConstraint(fields=["name"], name="warehouse_name_once")]

    def __str__(self) -> str:
        return self.name


class Location(Record):
    """A place in a warehouse, such as a shelf; or one outside, where stock comes from and goes to.

    Attributes:
        warehouse: None for the places outside.
    """

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(
        _("kind of place"), max_length=10, choices=Place.choices, default=Place.INSIDE, editable=False
    )
    warehouse = models.ForeignKey(
        Warehouse, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("warehouse")
    )

    class Meta(Record.Meta):
        verbose_name = _("location")
        verbose_name_plural = _("locations")
        constraints = [
            models.UniqueConstraint(fields=["warehouse", "name"], name="location_name_once"),
            models.UniqueConstraint(fields=["kind"], condition=Q(warehouse=None), name="location_outside_once"),
            models.CheckConstraint(
                condition=Q(kind=Place.INSIDE, warehouse__isnull=False) | (~Q(kind=Place.INSIDE) & Q(warehouse=None)),
                name="location_inside_has_warehouse",
            ),
        ]

    def __str__(self) -> str:
        return self.name
