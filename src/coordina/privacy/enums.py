"""Choices of privacy."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Asked(TextChoices):
    """What somebody asks for."""

    ACCESS = "access", _("Access: what is kept of them")
    ERASURE = "erasure", _("Erasure")
    RECTIFICATION = "rectification", _("Rectification")
    OBJECTION = "objection", _("Objection")
    RESTRICTION = "restriction", _("Restriction of processing")
    PORTABILITY = "portability", _("Portability")


class Stage(TextChoices):
    """Where a request stands."""

    OPEN = "open", _("Open")
    DONE = "done", _("Answered")
    REFUSED = "refused", _("Refused with reasons")


class Because(TextChoices):
    """Why somebody is erased."""

    ASKED = "asked", _("They asked for it")
    RETENTION = "retention", _("A rule of retention")
    NEEDLESS = "needless", _("No longer needed")
    UNLAWFUL = "unlawful", _("It should never have been kept")


class Standing(TextChoices):
    """Where an erasure stands."""

    WAITING = "waiting", _("Under way")
    HELD = "held", _("Waiting for the end of a hold")
    DONE = "done", _("Erased")
