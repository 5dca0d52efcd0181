"""Where an archive stands."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Standing(models.TextChoices):
    """Where an archive of everything stands."""

    WAITING = "waiting", _("Being written")
    READY = "ready", pgettext_lazy("an archive", "Ready")
    STOPPED = "stopped", _("Not written")
