"""Groups of customers: for whom there are prices of their own."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.core.records import Record


class CustomerGroup(Record):
    """Customers who buy on the same terms, such as wholesalers; a company is in one group at most."""

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""

    name = models.CharField(_("name"), max_length=120)

    class Meta(Record.Meta):
        verbose_name = _("customer group")
        verbose_name_plural = _("customer groups")
        constraints = [models.UniqueConstraint(fields=["name"], name="customer_group_name_once")]

    def __str__(self) -> str:
        return self.name
