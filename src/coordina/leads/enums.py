"""States of a lead."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class Status(TextChoices):
    """The life of a lead; a stage has the same kinds."""

    NEW = "new", pgettext_lazy("status of a lead", "New")
    CONTACTED = "contacted", pgettext_lazy("status of a lead", "Contacted")
    QUALIFIED = "qualified", pgettext_lazy("status of a lead", "Qualified")
    CONVERTED = "converted", pgettext_lazy("status of a lead", "Converted")
    DISQUALIFIED = "disqualified", pgettext_lazy("status of a lead", "Disqualified")


OPEN = (Status.NEW.value, Status.CONTACTED.value, Status.QUALIFIED.value)
CLOSED = (Status.CONVERTED.value, Status.DISQUALIFIED.value)
UNCONVERTED = (*OPEN, Status.DISQUALIFIED.value)
