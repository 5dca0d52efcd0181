"""The company itself, which every request asks for."""

from copy import copy

from coordina.accounts.models import Organization
from coordina.core.remembered import Remembered

_COMPANY: Remembered[Organization] = Remembered(lambda: Organization.objects.order_by("pk")[:1])


def the_company() -> Organization | None:
    """The company of this installation; None before the first run."""
    found = _COMPANY()
    return copy(found[0]) if found else None
