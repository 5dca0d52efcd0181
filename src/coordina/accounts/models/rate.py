"""Exchange rates towards the reporting currency."""

from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.core.records import Record


class Rate(Record):
    """What one unit of a currency was worth in the reporting currency, from a day on until the next rate.

    Attributes:
        currency: ISO code.
        day: First day it counts.
        rate: Units of the reporting currency for one unit of `currency`.
    """

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""
    title_column: ClassVar[str] = "currency"

    currency = models.CharField(_("currency"), max_length=3)
    day = models.DateField(_("from"))
    rate = models.DecimalField(
        _("rate"),
        max_digits=18,
        decimal_places=8,
        validators=[MinValueValidator(0)],
        help_text=_("How much one unit is worth in the reporting currency."),
    )

    class Meta(Record.Meta):
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        constraints = [models.UniqueConstraint(fields=["currency", "day"], name="rate_once_a_day")]

    def __str__(self) -> str:
        return f"{self.currency} {self.day:%Y-%m-%d}"
