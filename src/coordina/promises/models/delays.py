"""Deliveries that will be late, and what customers are written about them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordina.accounts.enums import Language
from coordina.accounts.models import LookedAfter
from coordina.core.records import Record
from coordina.customers.models import Company
from coordina.orders.models import Order
from coordina.promises.enums import Cause, Risk
from coordina.stock.models import PurchaseOrder


class Delay(LookedAfter, Record):
    """An order that will not arrive on the day in force: found by itself, told to its owner first.

    Attributes:
        name: Reference of the order, for lists.
        old_on: The day in force when it was found. new_on: The day proposed, later the one that was told; empty where
            nobody knows.
        purchase: The purchase order that it waits for.
        found_on: Day it was found. told_on: Day the customer was told.
    """

    undo_together: ClassVar[tuple[frozenset[str], ...]] = (frozenset({"status", "told_on"}),)

    name = models.CharField(_("order"), max_length=20, editable=False)
    order = models.ForeignKey(
        Order, on_delete=models.CASCADE, related_name="+", verbose_name=_("order"), editable=False
    )
    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, related_name="+", verbose_name=_("company"), editable=False
    )
    status = models.CharField(_("status"), max_length=5, choices=Risk.choices, default=Risk.OPEN, editable=False)
    cause = models.CharField(_("cause"), max_length=9, choices=Cause.choices, editable=False)
    purchase = models.ForeignKey(
        PurchaseOrder,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("waits for"),
        editable=False,
    )
    old_on = models.DateField(_("promised day"), editable=False)
    new_on = models.DateField(_("new day"), null=True, editable=False)
    found_on = models.DateField(_("found on"), editable=False)
    told_on = models.DateField(_("customer told on"), null=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("owner"),
        editable=False,
        db_index=False,
    )

    class Meta(Record.Meta):
        verbose_name = _("delivery at risk")
        verbose_name_plural = _("deliveries at risk")
        constraints = [
            models.UniqueConstraint(fields=["order"], condition=Q(status="open"), name="delay_open_once"),
        ]
        indexes = [
            models.Index(fields=["-changed_at", "-id"], name="delay_new"),
            models.Index(fields=["owner", "-changed_at", "-id"], name="delay_own"),
            models.Index(fields=["team", "-changed_at", "-id"], name="delay_team"),
            models.Index(fields=["status", "-changed_at", "-id"], name="delay_status"),
        ]

    def __str__(self) -> str:
        return self.name


class DelayText(Record):
    """What a customer is written when their order will be late, in one language.

    Attributes:
        subject, body: With `{order}`, `{company}`, `{before}` and `{day}` where these are to stand.
    """

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""
    title_column: ClassVar[str] = "subject"

    language = models.CharField(_("language"), max_length=10, choices=Language.choices)
    subject = models.CharField(_("subject"), max_length=150)
    body = models.TextField(_("text"), max_length=4000)

    class Meta(Record.Meta):
        verbose_name = _("e-mail about a late order")
        verbose_name_plural = _("e-mails about late orders")
        constraints = [models.UniqueConstraint(fields=["language"], name="delay_text_once")]

    def __str__(self) -> str:
        return self.subject
