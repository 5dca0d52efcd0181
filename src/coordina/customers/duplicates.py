"""By what companies and people are compared, and what a merge does with what belongs to them."""

from typing import Any

from coordina.core.records import Record
from coordina.customers import records as _declared_first
from coordina.customers.contacting import later_consent, stricter
from coordina.customers.enums import AddressKind
from coordina.customers.models import Address, Company, Person, Position
from coordina.records.duplicates import words
from coordina.records.duplicates.deciding import compared
from coordina.records.duplicates.declared import Part
from coordina.records.duplicates.links import mover
from coordina.records.duplicates.scoring import Trait

COMPANIES = compared(
    Company,
    Part(Trait.COMPANY_NAME, "name"),
    Part(Trait.TAX_ID, "tax_id"),
    Part(Trait.DOMAIN, "website"),
    Part(Trait.DOMAIN, "email"),
    Part(Trait.EMAIL, "email"),
    Part(Trait.PHONE, "phone"),
    Part(Trait.PLACE, "city"),
    Part(Trait.STREET, "street", of=Address, by="company"),
    Part(Trait.POSTAL_CODE, "postal_code", of=Address, by="company"),
)

PEOPLE = compared(
    Person,
    Part(Trait.PERSON_NAME, "name"),
    Part(Trait.EMAIL, "email"),
    Part(Trait.PHONE, "phone"),
    Part(Trait.PHONE, "mobile"),
    Part(Trait.SAME, "company_id"),
    Part(Trait.PLACE, "city"),
)


@mover("customers.Company")
def one_main_address(stays: Record, gone: Record) -> None:
    """Addresses that are the same become one; a second main address becomes another kind."""
    mine: list[Any] = list(Address.objects.filter(company=stays.pk).order_by("pk"))
    main = any(a.kind == AddressKind.MAIN for a in mine)
    known = {_written(a) for a in mine}
    for address in Address.objects.filter(company=gone.pk).order_by("pk"):
        if _written(address) in known:
            address.delete()
        elif main and address.kind == AddressKind.MAIN:
            address.kind = AddressKind.OTHER
            address.save()


@mover("customers.Company")
def no_position_beside_the_main_company(stays: Record, gone: Record) -> None:
    """A further company of somebody that becomes their main one is none any more."""
    both = (stays.pk, gone.pk)
    for position in Position.objects.filter(company__in=both, person__company__in=both).order_by("pk"):
        position.delete()


@mover("customers.Person")
def no_position_at_the_own_company(stays: Record, gone: Record) -> None:
    """A further company of the one that goes may be the main company of the one that stays."""
    main = getattr(stays, "company_id", None)
    for position in Position.objects.filter(person=gone.pk, company=main).order_by("pk"):
        position.delete()


@mover("customers.Company")
def companies_not_to_contact(stays: Record, gone: Record) -> None:
    """What was closed for either stays closed."""
    if stricter(stays, gone):
        stays.save()


@mover("customers.Person")
def people_not_to_contact(stays: Record, gone: Record) -> None:
    """What was closed for either stays closed, and what was said last about consent counts."""
    if stricter(stays, gone) | later_consent(stays, gone):
        stays.save()


def _written(address: Any) -> tuple[str, str, str]:
    return words.street(address.street), words.postal_code(address.postal_code), words.place(address.city)
