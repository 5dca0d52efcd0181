"""Decisions about leads, on values only: no database, no clock."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from coordina.core.refusals import Refusal
from coordina.records.imports.folding import folded, plain

NEW, CONTACTED, QUALIFIED, CONVERTED, DISQUALIFIED = "new", "contacted", "qualified", "converted", "disqualified"
LONGEST_TITLE = 200
_FREE_MAIL = """
gmail.com googlemail.com hotmail.com hotmail.es outlook.com outlook.es live.com msn.com yahoo.com yahoo.es yahoo.com.mx
icloud.com me.com aol.com gmx.com gmx.es gmx.de mail.com proton.me protonmail.com terra.es telefonica.net movistar.es
orange.es ono.com
"""
FREE_MAIL = frozenset(_FREE_MAIL.split())
"""Domains at which anybody has an address: they say nothing of a company."""
_FORMS = """
sa sl slu sau sll slp sc scl sad sas srl sapi cv rl inc llc ltd limited corp co plc gmbh ag kg bv nv spa oy ab as cia
compania sociedad anonima limitada the
"""
_LEGAL = frozenset(_FORMS.split())
"""Words of the form of a company, which some write and others do not."""
_SIMILAR = 0.9


def title_of(name: str, company_name: str, email: str, phone: str, website: str, reference: str) -> str:
    """What a lead is called: the person, else the company, else the first way to reach them, else its reference."""
    return next(text for text in (name, company_name, email, phone, website, reference, "?") if text)[:LONGEST_TITLE]


def minutes_between(received: datetime | None, touched: datetime | None) -> int | None:
    """Whole minutes to the first touch; none where one of the two is unknown, zero where it came before."""
    if received is None or touched is None:
        return None
    return max(0, int((touched - received).total_seconds() // 60))


def check_move(kind: str) -> None:
    """Refuse to reach an end by a mere move.

    Raises:
        Refusal: At `stage`.
    """
    if kind == CONVERTED:
        raise Refusal("closing", _("To convert it, press “Convert”."), field="stage")
    if kind == DISQUALIFIED:
        raise Refusal("closing", _("To close it, disqualify it and say why."), field="stage")


def check_reachable(values: Iterable[Any]) -> None:
    """Refuse a lead of whom nothing is known.

    Raises:
        Refusal: At `name`.
    """
    if not any(values):
        raise Refusal("missing", _("Write a name, a company, or a way to reach them."), field="name")


# Matching -------------------------------------------------------------------------------------------------------------


def domain_of(email: str, website: str) -> str:
    """The internet domain that stands for a company; empty where there is none, or one that anybody may use."""
    host = (urlsplit(website).hostname or "") if website else ""
    if not host and "@" in email:
        host = email.rsplit("@", 1)[1]
    host = host.lower().removeprefix("www.")
    return "" if host in FREE_MAIL else host


def core_name(name: str) -> str:
    """A company's name as it is compared: without accents, punctuation and the words of its legal form."""
    words = plain(name.replace(".", "")).split()
    kept = [w for w in words if w not in _LEGAL] or words
    return "".join(kept)


def same_name(one: str, other: str, *, person: bool = False) -> bool:
    """Whether two names mean the same: equal but for writing and legal form, or nearly equal and long enough."""
    a, b = (folded(one), folded(other)) if person else (core_name(one), core_name(other))
    if not a or not b:
        return False
    if a == b or (person and sorted(plain(one).split()) == sorted(plain(other).split())):
        return True
    if min(len(a), len(b)) < 6 or re.findall(r"\d+", a) != re.findall(r"\d+", b):
        return False
    return SequenceMatcher(None, a, b).ratio() >= _SIMILAR


# Handing over ---------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Holder:
    """A record that takes values of a lead.

    Attributes:
        name: Which one: `company`, `person` or `opportunity`.
        present: What it holds already, by field; nothing of a new record.
        new: Whether it is made.
        open: Whether it may be written at all.
        given: What it gets, by field.
        other: What it gets as other data, by label.
    """

    name: str
    present: Mapping[str, Any]
    new: bool
    open: bool
    given: dict[str, Any]
    other: dict[str, str]


def holder(name: str, present: Mapping[str, Any] | None, *, open_: bool = True) -> Holder:
    """A holder of a new record where nothing is present."""
    return Holder(name, present or {}, present is None, open_, {}, {})


type Way = Sequence[tuple[str, str]]
"""Where a value belongs, best first: holder and field."""

WAYS: Mapping[str, Way] = {
    "name": (("person", "name"),),
    "company_name": (("company", "name"),),
    "job_title": (("person", "job_title"),),
    "email": (("person", "email"), ("company", "email")),
    "phone": (("person", "phone"), ("company", "phone")),
    "mobile": (("person", "mobile"), ("company", "phone")),
    "website": (("company", "website"),),
    "tax_id": (("company", "tax_id"),),
    "street": (("company", "street"),),
    "postal_code": (("company", "postal_code"),),
    "city": (("company", "city"), ("person", "city")),
    "region": (("company", "region"),),
    "country": (("company", "country"),),
    "industry": (("company", "industry"),),
    "employees": (("company", "employees"),),
    "annual_revenue": (("company", "annual_revenue"),),
    "source": (("opportunity", "source"),),
    "campaign": (),
    "tracking": (),
    "description": (("opportunity", "description"), ("company", "description")),
    "outcome_note": (),
    "next_step": (("opportunity", "next_step"),),
    "next_step_on": (("opportunity", "next_step_on"),),
}
"""Where each field of a lead goes. What finds no free place becomes other data of one of the records."""
KEEPERS = ("opportunity", "company", "person")
"""Who takes what has no place of its own, and where none that it belongs to may be written."""


def hand_over(values: Mapping[str, Any], holders: Sequence[Holder], said: Mapping[str, tuple[str, str]]) -> list[str]:
    """Put every value of a lead into a place that is free or holds the same already; nothing is overwritten.

    Args:
        values: Of the lead, by field; empty ones are left out.
        holders: The records that take them; what they get is noted in them.
        said: Label and value in words of each field, for what becomes other data.

    Returns:
        Fields for which no record may be written; they stay with the lead alone.
    """
    by_name = {h.name: h for h in holders}
    left: list[str] = []
    for name, value in values.items():
        if value in (None, ""):
            continue
        if any(_placed(by_name.get(where), field, value) for where, field in WAYS.get(name, ())):
            continue
        near = [where for where, _field in WAYS.get(name, ())]
        keeper = next((by_name[k] for k in (*near, *KEEPERS) if k in by_name and by_name[k].open), None)
        if keeper is None:
            left.append(name)
        else:
            label, text = said[name]
            keeper.other[free_label(label, keeper.other, text)] = text
    return left


def _placed(found: Holder | None, field: str, value: Any) -> bool:
    """Whether a record holds a value now: it did already, or its place was free."""
    if found is None:
        return False
    now = found.given.get(field, found.present.get(field))
    if now not in (None, ""):
        return _same(now, value)
    if not found.open:
        return False
    found.given[field] = value
    return True


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one.strip().casefold() == other.strip().casefold()
    return bool(one == other)


def free_label(label: str, taken: Mapping[str, str], text: str) -> str:
    """A label under which a text can be kept beside others: numbered where the label holds something else already."""
    number, name = 1, label
    while name in taken and taken[name] != text:
        number += 1
        name = f"{label} {number}"
    return name


# What needs a hand ----------------------------------------------------------------------------------------------------


def importance(amount: Decimal | None, status: str, important_value: Decimal) -> int:
    """Points of importance of a lead, 0 to 100.

    Forty for each `important_value` of its estimated value, seventy at most; an unknown value counts as half of
    `important_value`. A new lead has thirty more, because answers are worth most in the first hours; a qualified one
    twenty.
    """
    money = Decimal(20) if amount is None else min(Decimal(70), 40 * amount / important_value)
    return int(money) + {NEW: 30, QUALIFIED: 20}.get(status, 0)
