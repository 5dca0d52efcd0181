"""Choices of accounts."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Access(TextChoices):
    """Whether a user may sign in. Somebody without access can still own records."""

    ACTIVE = "active", _("Can sign in")
    NO_ACCESS = "no_access", _("Without access")
    DEACTIVATED = "deactivated", _("Deactivated")


class Language(TextChoices):
    """Languages of the pages."""

    ES = "es", "Español"
    ES_419 = "es-419", "Español (Latinoamérica)"
    EN = "en", "English"
