"""Numbers and days by language and country: the same on pages, in what is typed, exported, told and guessed."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from coordina.accounts.locales import locale_of
from coordina.accounts.models import Organization, User
from coordina.activity.hearing import Listener
from coordina.activity.notifications import languages_of
from coordina.core.formats import formats_of
from coordina.core.locales import locale_code
from coordina.core.parsing import parse_date, parse_decimal
from coordina.core.types import Field, Kind
from coordina.customers.models import Company
from coordina.ledger.change_sets import change_set
from coordina.records.importing.analysis import usual_of
from coordina.web.typed import read, written
from tests.web.conftest import World

NOW = dt.datetime(2026, 11, 23, 18, 5, tzinfo=dt.UTC)
HTMX = {"HX-Request": "true"}
DAY = dt.date(2025, 12, 4)
WAYS = [
    # language, country, code, number, money, day in full, day in figures, time
    ("es", "ES", "es", "1.234,56", "1.234,56~€", "4 dic 2025", "04/12/2025", "18:05"),
    ("es-419", "MX", "es-mx", "1,234.56", "EUR~1,234.56", "4 dic 2025", "04/12/2025", "6:05~p.m."),
    ("es-419", "CO", "es-co", "1.234,56", "EUR~1.234,56", "4 de dic de 2025", "04/12/2025", "6:05~p.~m."),
    ("es-419", "AR", "es-ar", "1.234,56", "EUR~1.234,56", "4 de dic de 2025", "04/12/2025", "6:05~p.~m."),
    ("es-419", "CL", "es-cl", "1.234,56", "EUR~1.234,56", "4 dic 2025", "04/12/2025", "6:05~p.~m."),
    ("es", "PE", "es-pe", "1,234.56", "EUR~1,234.56", "4 dic. 2025", "04/12/2025", "6:05~p.~m."),
    ("en", "US", "en", "1,234.56", "€1,234.56", "Dec 4, 2025", "12/04/2025", "6:05~PM"),
    ("en", "GB", "en-gb", "1,234.56", "€1,234.56", "4 Dec 2025", "04/12/2025", "18:05"),
]


@pytest.mark.parametrize(("language", "country", "code", "number", "money", "full", "figures", "clock"), WAYS)
def test_a_country_writes_and_reads_its_own_way(
    language: str, country: str, code: str, number: str, money: str, full: str, figures: str, clock: str
) -> None:
    assert locale_code(language, country) == code
    formats = formats_of(code, "UTC", "EUR", NOW)

    def plain(text: str) -> str:
        return text.replace("\u00a0", "~").replace("\u202f", "~")

    assert formats.decimal(Decimal("1234.56")) == number
    assert plain(formats.money(Decimal("1234.56"), cents=True)) == money
    assert formats.date_full(DAY) == full
    assert plain(formats.time(NOW)) == clock
    assert parse_decimal(number, code) == Decimal("1234.56")
    assert parse_date(figures, code, NOW.date()) == DAY
    assert parse_date(full, code, NOW.date()) == DAY
    day, amount = Field(name="d", label="d", kind=Kind.DATE), Field(name="a", label="a", kind=Kind.MONEY)
    assert written(day, DAY, formats) == figures
    assert read(day, figures, formats) == DAY
    assert read(amount, written(amount, Decimal("1234.56"), formats), formats) == Decimal("1234.56")


@pytest.mark.parametrize(
    ("language", "country", "code"),
    [
        ("es", "", "es"),
        ("es-419", "", "es-419"),
        ("es-419", "ES", "es-419"),
        ("es-419", "DE", "es-419"),
        ("es", "DE", "es"),
        ("en", "ES", "en-es"),
        ("en", "MX", "en-001"),
        ("en", "", "en"),
        ("en", "ZZ", "en-001"),
    ],
)
def test_what_no_locale_fits(language: str, country: str, code: str) -> None:
    assert locale_code(language, country) == code


def chosen(user: User, **values: str) -> User:
    with change_set(by=None, at=NOW, via="system"):
        found: User = User.objects.get(pk=user.pk)
        for name, value in values.items():
            setattr(found, name, value)
        found.save()
    return found


def based(**values: str) -> None:
    with change_set(by=None, at=NOW, via="system"):
        found = Organization.objects.get()
        for name, value in values.items():
            setattr(found, name, value)
        found.save()


@pytest.fixture
def chile(world: World) -> World:
    based(language="es-419", country="CL")
    world.make(Company, name="Faro", annual_revenue="1842600.50", owner=world.ana.pk)
    return world


@pytest.mark.django_db
def test_pages_exports_and_edits_are_in_the_way_of_the_country(chile: World) -> None:
    client = chile.client(chile.ana)
    page = client.get("/companies/?cols=name,annual_revenue")
    assert page.headers["Content-Language"] == "es-cl"
    text = page.content.decode()
    assert '<html lang="es-cl"' in text
    assert "1.842.60" in text
    company = Company.objects.get()
    cell = f"/companies/{company.pk}/edit/annual_revenue/"
    assert "1842600,50" in client.get(cell, headers=HTMX).content.decode()
    sent = {"annual_revenue": "2.500,75", "version": company.version}
    assert client.post(cell, sent, headers=HTMX).status_code == 200
    assert Company.objects.get().annual_revenue == Decimal("2500.75")
    refused = client.post(cell, sent | {"annual_revenue": "2,500.751", "version": company.version + 1}, headers=HTMX)
    assert refused.status_code == 422


@pytest.mark.django_db
def test_a_person_may_have_another_country_than_the_company(chile: World) -> None:
    client = chile.client(chile.ana)
    form = {"name": chile.ana.name, "language": "company", "country": "MX", "time_zone": "company"}
    assert client.post("/profile/", form).status_code == 302
    assert "1,842,60" in client.get("/companies/?cols=name,annual_revenue").content.decode()
    shown = client.get("/profile/").content.decode()
    assert "1,234.56" in shown
    assert client.post("/profile/", form | {"country": "XX"}).status_code == 422
    assert client.post("/profile/", form | {"country": "company"}).status_code == 302
    assert User.objects.get(pk=chile.ana.pk).country == ""


@pytest.mark.django_db
def test_what_is_told_queued_and_guessed_follows(chile: World) -> None:
    rep = chosen(chile.ana, country="MX")
    languages = languages_of([rep, chile.director])
    assert Listener(rep, languages[rep.pk]).formats.decimal(Decimal("1234.5")) == "1,234.5"
    assert Listener(chile.director, languages[chile.director.pk]).formats.decimal(Decimal("1234.5")) == "1.234,5"
    assert usual_of(rep) == {"order": "dmy", "decimal": "."}
    assert usual_of(chile.director) == {"order": "dmy", "decimal": ","}
    american = chosen(chile.luis, language="en", country="US")
    assert usual_of(american) == {"order": "mdy", "decimal": "."}
    with translation.override(locale_of(rep, Organization.objects.get())):
        assert translation.get_language() == "es-mx"
        assert translation.gettext("Settings") == "Ajustes"


@pytest.mark.django_db
def test_the_users_form_offers_countries_and_zones(chile: World) -> None:
    client = chile.client(chile.director)
    text = client.get(f"/users/{chile.ana.pk}/edit/").content.decode()
    assert '<optgroup label="Chile">' in text
    assert '<optgroup label="Europa">' in text
    assert 'value="America/Santiago"' in text
    answer = client.post(f"/users/{chile.ana.pk}/edit/", form_of(chile.ana, time_zone="Marte/Base"))
    assert answer.status_code == 422
    assert "Esa zona horaria no existe" in answer.content.decode()
    assert client.post(f"/users/{chile.ana.pk}/edit/", form_of(chile.ana, time_zone="Europe/Lisbon")).status_code == 302
    assert User.objects.get(pk=chile.ana.pk).time_zone == "Europe/Lisbon"


def form_of(user: User, **said: str) -> dict[str, Any]:
    values = {"name": user.name, "email": user.email, "team": user.team_id, "role": user.role_id}
    return values | {"language": "", "country": "", "version": User.objects.get(pk=user.pk).version} | said
