"""Who is looking: the user of the session, or nobody; with their language, time zone and formats."""

from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest
from django.utils import timezone

from coordina.accounts.models import Organization, User
from coordina.core.filters import Asker
from coordina.core.formats import Formats, formats_of


class Request(HttpRequest):
    """A request as the views of Coordina get it: what the middleware adds, for the type checker."""

    user: User  # type: ignore[assignment]  # Django's stubs know Django's own users only
    organization: Organization
    formats: Formats
    asker: Asker
    htmx: object


@dataclass
class Setting:
    """Language, zone and formats of one request; the formats are built when somebody asks."""

    language: str
    zone: ZoneInfo
    currency: str

    @cached_property
    def formats(self) -> Formats:
        """Numbers and days as this person writes them."""
        return formats_of(self.language, self.zone.key, self.currency, timezone.now())


def setting_of(user: User | None, organization: Organization | None, language: str) -> Setting:
    """What a person has chosen, else the company, else what their browser asks for.

    Args:
        user: None for nobody.
        organization: None before the first run.
        language: What the cookie or the browser says.
    """
    ours = organization.language if organization else "es"
    chosen = (user.language or ours) if user is not None else (language or ours)
    name = (user.time_zone if user else "") or (organization.time_zone if organization else "")
    try:
        zone = ZoneInfo(name or "Europe/Madrid")
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    return Setting(chosen, zone, organization.currency if organization else "EUR")
