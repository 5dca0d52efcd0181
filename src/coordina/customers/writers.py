"""How companies, people and what belongs to them are written: contact data in one form, checked at the field."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from coordina.accounts.company import the_company
from coordina.core import changes as open_changes
from coordina.core.bulk import bulk_save
from coordina.core.changes import Values, remembered
from coordina.core.contact import parse_country, parse_email, parse_phone, parse_url
from coordina.core.refusals import Refusal
from coordina.core.tax_ids import parse_tax_id
from coordina.core.writer import Writer
from coordina.customers.consent_writers import TOLD, note_main
from coordina.customers.contacting import kept_strict
from coordina.customers.enums import AddressKind
from coordina.customers.models import Address, Company, Person, Position
from coordina.records.writers import Tagged, normalised

OLDEST_COMPANY = 500
"""Year before which no company that still trades was founded."""
ADDRESSED = ("street", "postal_code", "region")
"""What a row of companies may say of the main address beside city and country."""
AHEAD = timedelta(days=1)
"""How far ahead a day of consent may lie: clocks and time zones differ."""
DEEPEST = 50
"""Companies above a company, at most."""


def default_country() -> str:
    """ISO code of the country in which telephone numbers without prefix are read; asked once a change set."""
    return remembered("organization.country", _organization_country)


def _organization_country() -> str:
    company = the_company()
    return company.country if company is not None else ""


def phone_rule(country: Callable[[], str]) -> Callable[[Any], str]:
    """A rule that brings telephone numbers to E.164.

    Args:
        country: ISO code for numbers without prefix; asked only for such a number.
    """

    def rule(text: Any) -> str:
        written = str(text).strip()
        region = "" if written.startswith(("+", "00")) else country() or default_country()
        return parse_phone(written, region).e164

    return rule


def url_rule(text: Any) -> str:
    """A web address with its scheme, short enough to be kept.

    Raises:
        Refusal: It is none, or longer than 300 characters.
    """
    found = parse_url(str(text))
    if len(found) > 300:
        raise Refusal("url", _("A web address has at most %(most)d characters.") % {"most": 300})
    return found


def year_rule(year: Any) -> int:
    """A year in which a company may have been founded.

    Raises:
        Refusal: It lies ahead, or too far back.
    """
    journal = open_changes.current()
    now = (journal.at if journal else timezone.now()).year
    if not OLDEST_COMPANY <= int(year) <= now:
        raise Refusal(
            "year", _("Write a year between %(first)d and %(last)d.") % {"first": OLDEST_COMPANY, "last": now}
        )
    return int(year)


class CompanyWriter(Tagged[Company]):
    """Contact data in one form; tax ids by the rules of their country; no company above itself.

    Files give a street with its postal code and region in the company's own row; it becomes the main address.
    """

    virtual: ClassVar[tuple[str, ...]] = (*Tagged.virtual, *ADDRESSED)

    def clean(self, values: Values, *, obj: Company | None = None) -> Values:
        """Check and normalise what was given for a company."""
        values = kept_strict(super().clean(values, obj=obj), obj)
        values = normalised(values, {"country": lambda v: parse_country(str(v))}, obj)
        country = values.get("country", obj.country if obj else "")

        def tax_id(text: Any) -> str:
            return parse_tax_id(str(text), country).value

        rules = {
            "phone": phone_rule(lambda: country),
            "email": parse_email,
            "website": url_rule,
            "tax_id": tax_id,
            "founded": year_rule,
        }
        values = normalised(values, rules, obj)
        if obj is not None and values.get("parent") is not None:
            refuse_circle(obj, values["parent"])
        return values

    def created(self, made: Sequence[Company], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Write the main addresses of new companies."""
        super().created(made, rows, by=by, at=at)
        _write_main_addresses([(obj, row) for obj, row in zip(made, rows, strict=True) if row.get("street")])

    def edited(self, changes: Sequence[tuple[Company, Values]], *, by: Any, at: datetime) -> None:
        """Write the main addresses of companies."""
        super().edited(changes, by=by, at=at)
        _write_main_addresses([(obj, values) for obj, values in changes if values.get("street")])


def _write_main_addresses(pairs: Sequence[tuple[Company, Values]]) -> None:
    """Let the main addresses of companies be those of their rows; one is made where there is none."""
    if not pairs:
        return
    main = Address.objects.filter(company__in=[c.pk for c, _row in pairs], kind=AddressKind.MAIN).order_by("-pk")
    here = {a.company_id: a for a in main.locked()}
    new: list[Address] = []
    for company, row in pairs:
        address = here.get(company.pk) or Address(company=company, kind=AddressKind.MAIN)
        for name in ADDRESSED:
            setattr(address, name, row.get(name) or getattr(address, name))
        address.city, address.country = row.get("city") or company.city, row.get("country") or company.country
        if address.pk is None:
            new.append(address)
    bulk_save(Address, list(here.values()), [*ADDRESSED, "city", "country"]) if here else None
    Address.objects.bulk_create(new, batch_size=500)


def refuse_circle(company: Company, parent: Company) -> None:
    """Refuse a parent that is the company itself or stands below it, also by what this change set says elsewhere.

    Raises:
        Refusal: At `parent`.
    """
    said: dict[int, int | None] = remembered("company parents", dict)
    above: Company | None = parent
    key: int | None = parent.pk
    for _step in range(DEEPEST):
        if key == company.pk:
            raise Refusal(
                "circle",
                _("“%(parent)s” is part of “%(company)s” already, so it cannot stand above it.")
                % {"parent": parent.name, "company": company.name},
                field="parent",
            )
        if key is None:
            break
        if key not in said:
            above = above if above is not None and above.pk == key else None
            said[key] = above.parent_id if above is not None else _parent_of(key)
        key, above = said[key], None
    said[company.pk] = parent.pk


def _parent_of(key: int) -> int | None:
    return Company._base_manager.filter(pk=key).values_list("parent_id", flat=True).first()


class AddressWriter(Writer[Address]):
    """Addresses; where a company has no city or country yet, it takes those of its main address."""

    def clean(self, values: Values, *, obj: Address | None = None) -> Values:
        """Check and normalise what was given for an address."""
        return normalised(super().clean(values, obj=obj), {"country": lambda v: parse_country(str(v))}, obj)

    def created(self, made: Sequence[Address], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Tell the companies where they are."""
        super().created(made, rows, by=by, at=at)
        _locate_companies(made)

    def edited(self, changes: Sequence[tuple[Address, Values]], *, by: Any, at: datetime) -> None:
        """Tell the companies where they are."""
        super().edited(changes, by=by, at=at)
        _locate_companies([obj for obj, _values in changes])


def _locate_companies(addresses: Sequence[Address]) -> None:
    """Fill the empty city and country of companies from their main addresses."""
    main = {a.company_id: a for a in addresses if a.kind == AddressKind.MAIN and (a.city or a.country)}
    if not main:
        return
    empty = Company.objects.filter(Q(city="") | Q(country=""), pk__in=list(main)).order_by("pk")
    companies = list(empty.locked())
    for company in companies:
        company.city = company.city or main[company.pk].city
        company.country = company.country or main[company.pk].country
    bulk_save(Company, companies, ["city", "country"]) if companies else None


class PersonWriter(Tagged[Person]):
    """Contact data in one form; the main company is no further one. Files may give the name in two columns."""

    virtual: ClassVar[tuple[str, ...]] = (*Tagged.virtual, "first_name", "last_name")
    fills: ClassVar[tuple[str, ...]] = ("name",)

    def clean(self, values: Values, *, obj: Person | None = None) -> Values:
        """Check and normalise what was given for a person."""
        values = kept_strict(super().clean(values, obj=obj), obj)
        whole = " ".join(str(values[n]).strip() for n in ("first_name", "last_name") if values.get(n))[:200]
        if whole and not values.get("name"):
            values = values | {"name": whole}
        if obj is None and not values.get("name"):
            raise Refusal("missing", _("It is missing."), field="name")

        _check_consent(values, obj)

        def country() -> str:
            company = obj.company if obj is not None and "company" not in values else values.get("company")
            return company.country if company is not None else ""

        phone = phone_rule(country)
        return normalised(values, {"phone": phone, "mobile": phone, "email": parse_email, "profile_url": url_rule}, obj)

    def created(self, made: Sequence[Person], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """What new people said about consent is the first line of its history."""
        super().created(made, rows, by=by, at=at)
        note_main(made, by)

    def edited(self, changes: Sequence[tuple[Person, Values]], *, by: Any, at: datetime) -> None:
        """A further company that became the main one is no further one; what was said about consent is kept."""
        super().edited(changes, by=by, at=at)
        note_main([obj for obj, values in changes if not values.keys().isdisjoint(TOLD)], by)
        moved = [obj.pk for obj, values in changes if values.get("company") is not None]
        for start in range(0, len(moved), 500):
            Position.objects.filter(person__in=moved[start : start + 500], company=F("person__company")).delete()


def _check_consent(values: Values, obj: Person | None) -> None:
    """Refuse a day of consent that is still to come, and a day without what was said.

    Raises:
        Refusal: At `consent_on`, or at `consent`.
    """
    if not {"consent", "consent_on"} & values.keys():
        return
    on = values.get("consent_on", obj.consent_on if obj else None)
    if on is not None and on > (timezone.now() + AHEAD).date():
        raise Refusal("future", _("That day is still to come. Choose today or an earlier day."), field="consent_on")
    if on is not None and not values.get("consent", obj.consent if obj else ""):
        raise Refusal("missing", _("Say what they answered."), field="consent")


class PositionWriter(Writer[Position]):
    """Further companies of a person: each once, and none that is the main one."""

    def clean(self, values: Values, *, obj: Position | None = None) -> Values:
        """Refuse the main company and one that the person has already."""
        person = values.get("person") or (obj.person if obj else None)
        company = values.get("company")
        if person is not None and company is not None and person.company_id == company.pk:
            message = _("%(person)s works for %(company)s as the main company already.")
            raise Refusal("taken", message % {"person": person.name, "company": company.name}, field="company")
        return super().clean(values, obj=obj)


__all__ = ["AddressWriter", "CompanyWriter", "PersonWriter", "PositionWriter", "default_country", "refuse_circle"]
