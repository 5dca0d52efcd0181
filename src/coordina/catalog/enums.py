"""Choices of products, prices and taxes."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Nature(models.TextChoices):
    """What is sold: taxes and stock ask for it."""

    GOODS = "goods", _("Goods")
    SERVICE = "service", _("Service")


class Audience(models.TextChoices):
    """For whom a price list is."""

    EVERYBODY = "everybody", _("Everybody")
    NAMED = "named", _("Named groups and companies")


class TaxRounding(models.TextChoices):
    """Where invoices round tax; the values are those of `totals.Rounding`."""

    PER_RATE = "rate", _("Once for each rate")
    PER_LINE = "line", _("On each line")
