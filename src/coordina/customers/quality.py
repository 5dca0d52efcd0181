"""What is asked of companies and people: how they are reached, who they are, who looks after them."""

import datetime as dt
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from coordina.accounts.company import the_company
from coordina.core.actors import Actor
from coordina.core.contact import countries, parse_email
from coordina.core.quality import Check, Concern, Flaw, Quality, ask_of
from coordina.core.refusals import Refusal
from coordina.core.tax_ids import parse_tax_id
from coordina.customers.models import Interaction

MISTYPED = frozenset(
    ("gmial.com", "gmai.com", "gmail.con", "gmal.com", "gnail.com", "hotmial.com", "hotmail.con", "hotmal.com",
     "hotmai.com", "outlok.com", "outlook.con", "yaho.com", "yahoo.con", "icloud.con", "gmail.co", "hotmail.co")
)  # fmt: skip
"""Domains that are large ones written wrongly."""
OWNERLESS = Check("owner", _("Without an owner"), Concern.OWNER, "owner is empty", "user-question")
STEPLESS = Check("step", _("Without a next step"), Concern.STEP, "next_step is empty", "player-pause")
STEP_PAST = Check(
    "step_past",
    _("Next step in the past"),
    Concern.STEP,
    "next_step is set and next_step_on < today",
    "calendar-due",
)
UNREACHABLE = Check(
    "reach",
    _("No e-mail and no telephone"),
    Concern.WRONG,
    "email is empty and phone is empty and mobile is empty",
    "phone",
)


@lru_cache(maxsize=20_000)
def bad_email(text: str) -> bool:
    """Whether an e-mail cannot be one, or is a usual one mistyped."""
    try:
        parse_email(text)
    except Refusal:
        return True
    return text.rpartition("@")[2].lower() in MISTYPED


@lru_cache(maxsize=20_000)
def bad_phone(text: str) -> bool:
    """Whether no telephone can have a number: by the numbering plan of its country, not by its length alone."""
    import phonenumbers

    try:
        return not phonenumbers.is_valid_number(phonenumbers.parse(text, None))
    except phonenumbers.NumberParseException:
        return True


@lru_cache(maxsize=20_000)
def bad_tax_id(text: str, country: str) -> bool:
    """Whether a tax id breaks the rules of a country."""
    try:
        parse_tax_id(text, country)
    except Refusal:
        return True
    return False


def _email(row: Mapping[str, Any]) -> bool:
    return bool(row["email"]) and bad_email(row["email"])


def _phones(row: Mapping[str, Any]) -> bool:
    return any(bad_phone(row[name]) for name in ("phone", "mobile") if row.get(name))


def _country(row: Mapping[str, Any]) -> bool:
    return bool(row["country"]) and row["country"] not in countries("en")


def _tax_id(row: Mapping[str, Any]) -> bool:
    company = the_company() if row["tax_id"] and not row["country"] else None
    country = row["country"] or (company.country if company is not None else "")
    return bool(row["tax_id"]) and bad_tax_id(row["tax_id"], country)


EMAIL = Flaw("email", _("E-mail that cannot be right"), ("email",), _email)
PHONE = Flaw("phone", _("Telephone that cannot be right"), ("phone",), _phones)
PHONES = Flaw("phone", _("Telephone that cannot be right"), ("phone", "mobile"), _phones)
COUNTRY = Flaw("country", _("Country that does not exist"), ("country",), _country)
TAX_ID = Flaw("tax_id", _("Tax id that breaks its country's rules"), ("tax_id", "country"), _tax_id)


def in_touch(column: str, **besides: str) -> Callable[[Actor, dt.datetime], Q]:
    """That somebody was in touch about a record since a moment.

    Args:
        column: Of interactions, which holds the record's id.
        **besides: What the interaction holds besides, such as the record's `subject_type`.
    """

    def since(user: Actor, moment: dt.datetime) -> Q:
        seen = Interaction.objects.visible_to(user).filter(happened_at__gte=moment, **besides)
        return Q(Exists(seen.filter(**{column: OuterRef("pk")})))

    return since


ask_of(
    Quality(
        of="company",
        important=("tax_id", "industry", "country", "city", "phone", "email", "website"),
        checks=(OWNERLESS,),
        flaws=(EMAIL, PHONE, TAX_ID, COUNTRY),
        by=("owner", "team", "industry", "country"),
        lived=in_touch("company_id"),
    )
)
ask_of(
    Quality(
        of="person",
        important=("company", "job_title", "email", "phone", "city", "language", "consent"),
        checks=(
            OWNERLESS,
            UNREACHABLE,
        ),
        flaws=(EMAIL, PHONES),
        lived=in_touch("person_id"),
    )
)
