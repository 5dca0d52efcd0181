"""Whom to write to about an order, in which language, and whether one may."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from coordina.accounts.company import the_company
from coordina.core.refusals import Text
from coordina.customers.contacting import may_contact
from coordina.customers.enums import Channel
from coordina.customers.models import Company, Person
from coordina.orders.models import Order

SPANISH = frozenset(
    {
        *("AR", "BO", "CL", "CO", "CR", "CU", "DO", "EC", "ES", "GQ", "GT", "HN", "MX", "NI", "PA", "PE", "PR", "PY"),
        *("SV", "UY", "VE"),
    }
)
"""Countries where one reads Spanish."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads what is written about an order.

    Attributes:
        to: The contact or the company; None where neither has an address.
        address: E-mail address.
        language: In which one writes to them.
        closed: Why nothing is sent; empty where it may be.
    """

    to: Person | Company | None
    address: str
    language: str
    closed: Text = ""


def reader_of(order: Order) -> Reader:
    """The contact of an order, else its company, whoever has an e-mail address first.

    What serves a contract needs no consent, but who asked not to be contacted at all, or not by e-mail, is not: the
    same rule as everywhere (`customers.contacting`).
    """
    language = language_of(order)
    person = order.person
    for one in (person, order.company):
        if one is not None and one.email:
            verdict = may_contact(one, Channel.EMAIL)
            return Reader(one, one.email, language, "" if verdict.allowed else verdict.reason)
    return Reader(None, "", language, _("Neither the contact nor the company has an e-mail address."))


def language_of(order: Order) -> str:
    """The language of an order's customer: their own, else that of their country, else the company's."""
    if order.person is not None and order.person.language:
        return order.person.language
    ours = the_company()
    home = ours.language if ours is not None else "es"
    country = order.company.country
    if not country or (ours is not None and country == ours.country):
        return home
    return "es" if country in SPANISH else "en"
