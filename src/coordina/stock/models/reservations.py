"""Reservations: stock that is promised to somebody."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from coordina.catalog.models import Product
from coordina.core.records import HANGERS, Record
from coordina.stock.enums import Held
from coordina.stock.models.items import pieces
from coordina.stock.models.places import Warehouse


class Reservation(Record):
    """Some of a product in a warehouse, kept for somebody.

    Attributes:
        name: Of the product, for lists.
        quantity: What was reserved, in the product's unit.
        left: What of it still holds stock: the rest was delivered or released.
        needed_on: Day on which it is needed.
        purpose: For whom or what, in words.
        subject_type, subject_id: The record it is for; empty for one made by hand.
    """

    locks_first: ClassVar[str] = "product"
    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""
    undo_together: ClassVar[tuple[frozenset[str], ...]] = (frozenset({"left", "status"}),)

    name = models.CharField(_("product"), max_length=200, editable=False)
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="+", verbose_name=_("product"), editable=False, db_index=False
    )
    warehouse = models.ForeignKey(
        Warehouse, on_delete=models.PROTECT, related_name="+", verbose_name=_("warehouse"), editable=False
    )
    quantity = pieces(_("quantity"), editable=False)
    left = pieces(_("still reserved"), editable=False)
    status = models.CharField(_("status"), max_length=8, choices=Held.choices, default=Held.ACTIVE, editable=False)
    needed_on = models.DateField(_("needed on"), null=True, blank=True)
    purpose = models.CharField(_("for whom"), max_length=200, blank=True, default="")
    subject_type = models.CharField(max_length=60, blank=True, default="", editable=False)
    subject_id = models.BigIntegerField(null=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("reserved by"),
        editable=False,
        db_index=False,
    )

    class Meta(Record.Meta):
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0) & Q(left__gte=0) & Q(left__lte=F("quantity")), name="reservation_left"
            ),
        ]
        indexes = [
            models.Index(fields=["-changed_at", "-id"], name="reservation_new"),
            models.Index(fields=["status", "-changed_at", "-id"], name="reservation_status"),
            models.Index(fields=["product", "status", "id"], name="reservation_product"),
            models.Index(fields=["subject_type", "subject_id"], name="reservation_subject"),
        ]

    def __str__(self) -> str:
        return self.name


HANGERS.append(Reservation)
