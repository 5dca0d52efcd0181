"""How somebody reads: their language, the locale of their numbers and days, and their time zone."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from coordina.accounts.models import Organization, User
from coordina.core.locales import locale_code

FIRST = "es"
"""Language before there is a company."""
FIRST_ZONE = "Europe/Madrid"


def language_of(user: User | None, company: Organization | None) -> str:
    """The language of somebody's pages and mails: their own, else the company's."""
    own = user.language if user is not None else ""
    return own or (company.language if company is not None else FIRST)


def locale_of(user: User | None, company: Organization | None, language: str = "") -> str:
    """The code that is in force for somebody: their language as their country, else the company's, writes it.

    Args:
        user: None for a visitor.
        company: None before the first run.
        language: What a visitor chose in place of what is theirs.
    """
    country = (user.country if user is not None else "") or (company.country if company is not None else "")
    return locale_code(language or language_of(user, company), country)


def zone_of(user: User | None, company: Organization | None) -> ZoneInfo:
    """The time zone of somebody's clock: their own, else the company's; UTC where it is no name any more."""
    own = user.time_zone if user is not None else ""
    try:
        return ZoneInfo(own or (company.time_zone if company is not None else "") or FIRST_ZONE)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
