"""Choices and lifecycles of the pipeline."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Status(TextChoices):
    """The life of an opportunity; a stage has the same kinds."""

    OPEN = "open", _("Open")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")


OPEN = (Status.OPEN.value,)
CLOSED = (Status.WON.value, Status.LOST.value)


class Attitude(TextChoices):
    """How a person stands to the purchase."""

    FOR = "for", _("In favour")
    NEUTRAL = "neutral", _("Neutral")
    AGAINST = "against", _("Against")
    UNKNOWN = "unknown", _("Not contacted")
