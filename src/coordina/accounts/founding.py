"""The beginning of a company: the company itself, its first administrator, and what the rooms begin with."""

from dataclasses import dataclass
from datetime import datetime

from coordina.accounts.actions import found_company, give_access
from coordina.accounts.enums import Language
from coordina.accounts.models import Role, User
from coordina.core.founding import make_defaults


@dataclass(frozen=True, slots=True, kw_only=True)
class Founding:
    """What the first-run page asks.

    Attributes:
        company: Name of the company.
        currency: ISO code of the reporting currency.
        language: Of the pages.
        time_zone: IANA name.
        country: ISO code.
        name, email, password: Of the first administrator.
    """

    company: str
    currency: str
    language: str
    time_zone: str
    country: str
    name: str
    email: str
    password: str


def found(given: Founding, *, at: datetime) -> User:
    """Make everything a new company needs, in the change set that is open.

    Returns:
        The administrator, who can sign in.

    Raises:
        Refusal: At the field that is wrong; nothing is kept then.
    """
    found_company(
        name=given.company,
        currency=given.currency,
        language=Language(given.language),
        time_zone=given.time_zone,
        country=given.country,
        by=None,
        at=at,
    )
    role = Role.objects.get(slug="administrator")
    administrator: User = User.objects.create(name=given.name, role=role)
    give_access(user=administrator, email=given.email, password=given.password, by=None, at=at)
    make_defaults(language=given.language, by=administrator, at=at)
    return administrator
