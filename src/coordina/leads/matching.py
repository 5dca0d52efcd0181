"""Which companies and people a lead may already be, among those that somebody may see."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from coordina.accounts.models import User
from coordina.core.sight import blanked
from coordina.core.types import type_of
from coordina.customers.models import Company, Person
from coordina.leads.models import Lead
from coordina.leads.rules import core_name, domain_of, same_name
from coordina.records.imports.folding import plain
from coordina.records.search.find import find

SHOWN = 6
"""Matches that a page offers."""
LOOKED_AT = 30
"""Records that one search may bring to be looked at."""


@dataclass(frozen=True, slots=True)
class Match:
    """A record that a lead may be.

    Attributes:
        note: What tells it from others of its name.
        why: By what it was found, in words.
        weight: How much that says.
        company: Id of a person's company.
    """

    pk: int
    title: str
    note: str
    why: tuple[str, ...]
    weight: int
    company: int | None = None


def companies_like(lead: Lead, user: User) -> list[Match]:
    """Companies with the lead's tax id, address, domain, telephone or name; the likeliest first."""
    domain = domain_of(lead.email, lead.website)
    asked = [lead.tax_id, domain, lead.phone, lead.mobile, _words(lead.company_name), _longest(lead.company_name)]
    keys = _found(asked, Company, user)
    if domain:
        keys |= _employers(domain, user)
    rows = Company.objects.visible_to(user).filter(pk__in=keys).order_by("-pk")
    known = type_of(Company)
    columns = ("pk", "name", "city", "tax_id", "email", "website", "phone")
    employing = _employers(domain, user) if domain else set()
    found = [_company(lead, domain, blanked(row, known, user), employing) for row in rows.values(*columns)]
    return _best(found)


def _company(lead: Lead, domain: str, row: Mapping[str, Any], employing: set[int]) -> Match:
    why = [
        (bool(lead.tax_id) and row["tax_id"] == lead.tax_id, _("same tax id"), 8),
        (same_name(lead.company_name, row["name"]), _("same name"), 4),
        (bool(domain) and domain_of(row["email"], row["website"]) == domain, _("same web domain"), 4),
        (row["pk"] in employing, _("has contacts with addresses there"), 3),
        (bool(row["phone"]) and row["phone"] in (lead.phone, lead.mobile), _("same phone"), 3),
        (bool(lead.email) and row["email"] == lead.email, _("same e-mail"), 5),
    ]
    return _judged(row["pk"], row["name"], row["city"], why)


def people_like(lead: Lead, user: User) -> list[Match]:
    """People with the lead's address, telephone or name; the likeliest first."""
    keys = _found([lead.email, lead.phone, lead.mobile, _words(lead.name)], Person, user)
    hidden = type_of(Person).sight(user).hidden
    rows = Person.objects.visible_to(user).filter(
        Q(pk__in=keys) | (Q(email=lead.email) if lead.email and "email" not in hidden else Q(pk__in=()))
    )
    known = type_of(Person)
    columns = ("pk", "name", "job_title", "email", "phone", "mobile", "company_id", "company__name")
    found = [_person(lead, blanked(row, known, user)) for row in rows.order_by("-pk").values(*columns)[:LOOKED_AT]]
    return _best(found)


def _person(lead: Lead, row: Mapping[str, Any]) -> Match:
    numbers = {lead.phone, lead.mobile} - {""}
    why = [
        (bool(lead.email) and row["email"] == lead.email, _("same e-mail"), 8),
        (bool(numbers & {row["phone"], row["mobile"]}), _("same phone"), 4),
        (same_name(lead.name, row["name"], person=True), _("same name"), 3),
        (same_name(lead.company_name, row["company__name"] or ""), _("same company"), 1),
    ]
    if not any(said for said, _text, _weight in why[:3]):
        why = []
    note = " · ".join(text for text in (row["job_title"], row["company__name"]) if text)
    return _judged(row["pk"], row["name"], note, why, row["company_id"])


def _judged(pk: int, title: str, note: str, why: list[tuple[bool, str, int]], company: int | None = None) -> Match:
    said = [(text, weight) for holds, text, weight in why if holds]
    return Match(pk, title, note or "", tuple(t for t, _w in said), sum(w for _t, w in said), company)


def _best(found: Iterable[Match]) -> list[Match]:
    return sorted((m for m in found if m.weight), key=lambda m: (-m.weight, m.title, m.pk))[:SHOWN]


def _found(asked: Iterable[str], model: Any, user: User) -> set[int]:
    """Records that the search index finds by any of some texts, within the person's reach."""
    known = type_of(model)
    texts = dict.fromkeys(text for text in asked if len(text) > 2)
    return {hit.pk for text in texts for hit in find(text, user, only=[known], limit=LOOKED_AT)}


def _employers(domain: str, user: User) -> set[int]:
    """Companies whose contacts, as far as the person sees them, have addresses at a domain."""
    if "email" in type_of(Person).sight(user).hidden:
        return set()
    keys = [hit.pk for hit in find(domain, user, only=[type_of(Person)], limit=LOOKED_AT)]
    rows = Person.objects.visible_to(user).filter(pk__in=keys, email__iendswith=f"@{domain}", company__isnull=False)
    return set(rows.order_by().values_list("company_id", flat=True))


def _words(name: str) -> str:
    """The words of a name that say something, as a query."""
    return " ".join(word for word in plain(name).split() if len(word) > 1 and word in core_name(name))


def _longest(name: str) -> str:
    """The longest word of a name: what is most its own."""
    return max(_words(name).split(), key=len, default="")
