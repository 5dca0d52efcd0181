"""Who is looking: the user of the session, or nobody; with their language, time zone and formats."""

from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone

from coordina.accounts.locales import locale_of, zone_of
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
    """Language, zone and formats of one request; the formats are built when somebody asks.

    Attributes:
        locale: Language and country as one code (`es-co`): in force while the request is answered.
    """

    locale: str
    zone: ZoneInfo
    currency: str

    @cached_property
    def formats(self) -> Formats:
        """Numbers and days as this person writes them."""
        return formats_of(self.locale, self.zone.key, self.currency, timezone.now())


def setting_of(user: User | None, organization: Organization | None, language: str) -> Setting:
    """What a person has chosen, else the company, else what their browser asks for.

    Args:
        user: None for nobody.
        organization: None before the first run.
        language: What the cookie or the browser says.
    """
    locale = locale_of(user, organization, language if user is None else "")
    return Setting(locale, zone_of(user, organization), organization.currency if organization else "EUR")
