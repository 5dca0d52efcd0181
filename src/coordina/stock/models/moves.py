"""Moves: what went from where to where. Written once, never changed; what was wrong is moved back."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from coordina.catalog.models import Product
from coordina.core.records import HANGERS, Record
from coordina.stock.enums import MoveKind
from coordina.stock.models.items import pieces
from coordina.stock.models.places import Location


class StockMove(Record):
    """That a quantity of a product went from one location to another.

    Attributes:
        name: Of the product, as it was called then.
        quantity: Above zero, in the product's unit.
        batch: Batch or serial number; empty where the product has none.
        moved_on: Day it happened.
        reverses: The move that it takes back.
        subject_type, subject_id: The record it was done for; empty for none.
    """

    locks_first: ClassVar[str] = "product"
    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""
    outlives_subject: ClassVar[bool] = True

    name = models.CharField(_("product"), max_length=200, editable=False)
    kind = models.CharField(_("kind of move"), max_length=10, choices=MoveKind.choices, editable=False)
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="+", verbose_name=_("product"), editable=False, db_index=False
    )
    quantity = pieces(_("quantity"), editable=False)
    origin = models.ForeignKey(
        Location, on_delete=models.PROTECT, related_name="+", verbose_name=_("from"), editable=False, db_index=False
    )
    target = models.ForeignKey(
        Location, on_delete=models.PROTECT, related_name="+", verbose_name=_("to"), editable=False, db_index=False
    )
    batch = models.CharField(_("batch or serial number"), max_length=60, blank=True, default="", editable=False)
    moved_on = models.DateField(_("moved on"), editable=False)
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="", editable=False)
    reverses = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("takes back"), editable=False
    )
    subject_type = models.CharField(max_length=60, blank=True, default="", editable=False)
    subject_id = models.BigIntegerField(null=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("moved by"),
        editable=False,
        db_index=False,
    )

    class Meta(Record.Meta):
        verbose_name = _("stock move")
        verbose_name_plural = _("stock moves")
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="stock_move_above_zero"),
            models.CheckConstraint(condition=~Q(origin=F("target")), name="stock_move_goes_elsewhere"),
            models.UniqueConstraint(
                fields=["reverses"], condition=Q(reverses__isnull=False), name="stock_move_reversed_once"
            ),
        ]
        indexes = [
            models.Index(fields=["-moved_on", "-id"], name="stock_move_day"),
            models.Index(fields=["-changed_at", "-id"], name="stock_move_new"),
            models.Index(fields=["product", "-moved_on", "-id"], name="stock_move_product"),
            models.Index(fields=["kind", "-moved_on", "-id"], name="stock_move_kind"),
            models.Index(fields=["origin", "-moved_on", "-id"], name="stock_move_origin"),
            models.Index(fields=["target", "-moved_on", "-id"], name="stock_move_target"),
            models.Index(fields=["subject_type", "subject_id"], name="stock_move_subject"),
        ]

    def __str__(self) -> str:
        return self.name


HANGERS.append(StockMove)
