"""Links by which a customer looks at an order."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.accounts.enums import Language
from coordina.core.records import Record
from coordina.orders.models import Order


class StatusLink(Record):
    """A page of an order for its customer, found by a token that is kept nowhere; see `links`.

    Attributes:
        seed: From which, with the secret of the installation, the token is made again for who may copy it.
        digest: By which a token is found.
        expires_on: Last day on which it works. revoked_at: When it was withdrawn.
        confirmed_at: When somebody said on it that everything arrived.
    """

    scope_parent: ClassVar[str] = "order"
    title_column: ClassVar[str] = "order_id"

    order = models.ForeignKey(
        Order, on_delete=models.CASCADE, related_name="+", verbose_name=_("order"), editable=False
    )
    seed = models.CharField(max_length=64, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    language = models.CharField(_("language"), max_length=10, choices=Language.choices)
    expires_on = models.DateField(_("works until"))
    revoked_at = models.DateTimeField(_("withdrawn at"), null=True)
    confirmed_at = models.DateTimeField(_("receipt confirmed at"), null=True)

    class Meta(Record.Meta):
        verbose_name = _("link for the customer")
        verbose_name_plural = _("links for customers")
        constraints = [models.UniqueConstraint(fields=["digest"], name="status_link_digest_once")]
