"""Data quality: figures that open exactly their records, within reach; marks of wrong values that come and go."""

import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import unquote_plus

import pytest
from django.test import Client
from django.utils import timezone

from coordina.accounts.models import Organization, User
from coordina.core.actions import standard
from coordina.core.changes import unrecorded
from coordina.core.filters import Asker
from coordina.core.quality import QUALITY
from coordina.customers.models import Company, Interaction
from coordina.customers.quality import bad_email, bad_phone, bad_tax_id
from coordina.leads.models import Lead
from coordina.ledger import queue
from coordina.ledger.change_sets import change_set
from coordina.ledger.doors import submit
from coordina.records.models import QualityMark
from coordina.records.quality import asking, marks
from coordina.records.vocabularies import vocabulary_of

from .conftest import World
from .test_imports import text_of

pytestmark = pytest.mark.django_db


def links(page: str) -> dict[str, tuple[int, str]]:
    """The figures of the page by their words: how many, and where they lead."""
    found = {}
    for url, label in re.findall(r'href="([^"]+)" aria-label="([^"]+)"', page):
        count, _colon, words = unescape(label).partition(": ")
        if count.isdigit():
            found[words] = (int(count), unescape(url))
    return found


def opened(client: Client, url: str) -> int:
    path, _mark, query = url.partition("?")
    lines = b"".join(client.get(f"{path}export/?{query}")).decode("utf-8-sig").strip().splitlines()
    return len(lines) - 1


@pytest.fixture
def made(world: World) -> World:
    """Companies and leads of Ana, Luis and the director, some of them lacking something."""
    world.make(Company, name="Entera", country="ES", city="Vigo", phone="+34910123456", email="a@entera.es",
               website="entera.es", owner=world.ana.pk)  # fmt: skip
    world.make(Company, name="Vacía", owner=world.luis.pk)
    world.make(Company, name="Mal escrita", email="ventas@gmial.com", owner=world.ana.pk)
    world.make(Lead, by=world.ana, name="De Ana", email="x@ana.es", owner=world.ana.pk)
    world.make(Lead, name="De Luis", owner=world.luis.pk)
    for asked in QUALITY:
        if asked.flaws:
            marks.look(asked)
    return world


def test_each_figure_opens_exactly_its_records(made: World, director: Client) -> None:
    page = director.get("/quality/").content.decode()
    found = links(page)
    assert found["Correo que no puede ser"][0] == 1
    assert found["Ciudad"][0] == 2
    assert found["Sin próximo paso"][0] == 2
    for words, (count, url) in found.items():
        assert opened(director, url) == count, words


@pytest.mark.parametrize("asked", list(QUALITY), ids=lambda asked: asked.of)
def test_every_declared_condition_is_understood(made: World, asked: Any) -> None:
    user = User.objects.for_request().get(pk=made.director.pk)
    asker = Asker(user=user, now=timezone.now(), time_zone=timezone.get_current_timezone())
    found = asking.conditions(asked, asker, 180)
    assert len(found) == len(asked.important) + len(asked.checks) + len(asked.flaws) + 1
    assert vocabulary_of(asking.TYPES[asked.of]).unlisted


def test_a_representative_sees_what_is_theirs(made: World, director: Client) -> None:
    ana = made.client(made.ana)
    page = ana.get("/quality/?mine=0").content.decode()
    assert "Luis Sur" not in ana.get("/quality/?mine=0&noun=lead&by=owner").content.decode()
    assert links(page)["Sin próximo paso"][0] == 1
    assert links(director.get("/quality/?mine=0").content.decode())["Sin próximo paso"][0] == 2
    assert made.client(made.nobody).get("/quality/").status_code == 403


def test_nothing_has_happened_until_something_does(made: World, director: Client) -> None:
    old = timezone.now() - timedelta(days=200)
    with unrecorded("time passes"):
        Company._base_manager.filter(name="Vacía").update(changed_at=old)
    assert opened(director, "/companies/?q=quiet_for = 180") == 1
    assert opened(director, "/companies/?q=quiet_for = 365") == 0
    company = Company.objects.get(name="Vacía")
    made.make(Interaction, summary="Hola", kind="call", company=company.pk)
    assert opened(director, "/companies/?q=quiet_for = 180") == 0
    assert director.get("/companies/?q=quiet_for = 0").status_code == 400
    assert "180" in text_of(director.get("/companies/?q=quiet_for = 180"))


def test_the_company_says_after_how_many_days(made: World, director: Client) -> None:
    with change_set(by=made.director, at=timezone.now(), via="system"):
        company = Organization.objects.get()
        company.quiet_days = 45
        company.save()
    with unrecorded("time passes"):
        Company._base_manager.filter(name="Vacía").update(changed_at=timezone.now() - timedelta(days=50))

    def stale(url: str) -> list[int]:
        found = links(director.get(url).content.decode()).values()
        return [count for count, about in found if "quiet_for = 45" in unquote_plus(about)]

    assert stale("/quality/?noun=company")[:1] == [1]
    assert stale("/quality/?noun=company&days=90") == []


def test_a_mark_goes_when_the_value_is_right(made: World, director: Client) -> None:
    company = Company.objects.get(name="Mal escrita")
    assert QualityMark.objects.filter(type="company", object_id=company.pk, code="email").exists()
    assert "Mal escrita" in text_of(director.get("/companies/?q=flaw = email"))
    submit(standard(Company, "edit"), {"email": "ventas@gmail.com"}, by=made.director, via="web", pk=company.pk)
    assert not QualityMark.objects.filter(type="company").exists()
    submit(standard(Company, "edit"), {"email": "v@hotmial.com"}, by=made.director, via="web", pk=company.pk)
    assert marks.look(QUALITY["company"]) >= 1
    assert QualityMark.objects.get().object_id == company.pk
    assert marks.compare() == 0
    submit(standard(Company, "delete"), {}, by=made.director, via="web", pk=company.pk)
    assert not QualityMark.objects.exists()
    assert director.get("/companies/?q=flaw = nonsense").status_code == 400


def test_what_only_a_program_can_judge() -> None:
    assert bad_phone("+34910")
    assert bad_phone("nada")
    assert not bad_phone("+34910123456")
    assert bad_email("x@gmail.con")
    assert not bad_email("x@gmail.com")
    assert bad_tax_id("B12345678", "ES")
    assert not bad_tax_id("B58818501", "ES")


def test_many_records_are_counted_by_a_job(made: World, director: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    now = links(director.get("/quality/").content.decode())
    monkeypatch.setattr(asking, "AT_ONCE", 0)
    assert "Sumando" in text_of(director.get("/quality/"))
    queue.run_until_idle()
    page = director.get("/quality/").content.decode()
    assert links(page) == now


def test_what_nobody_looked_at_is_not_called_right(world: World, director: Client) -> None:
    world.make(Company, name="Mal escrita", email="ventas@gmial.com")
    page = text_of(director.get("/quality/"))
    assert "Los valores aún no se han revisado" in page
    assert "Todo está en orden" not in page
    queue.run_until_idle()
    assert links(director.get("/quality/").content.decode())["Correo que no puede ser"][0] == 1


def test_when_all_is_clean_it_says_so(world: World, director: Client) -> None:
    director.get("/quality/")
    queue.run_until_idle()
    assert "Todo está en orden" in text_of(director.get("/quality/"))


def test_the_breakdown_adds_up(made: World, director: Client) -> None:
    page = director.get("/quality/?noun=company&by=owner").content.decode()
    assert "Ana Norte" in page
    url = re.search(r'href="([^"]+)" aria-label="Ana Norte, Correo que no puede ser: 1"', page)
    assert url
    assert opened(director, unescape(url[1])) == 1
    assert "Vigo" not in page


def test_as_many_queries_for_many_records(made: World, director: Client, queries: Any) -> None:
    few = queries(director, "/quality/")
    for n in range(4):
        made.make(Company, name=f"Otra {n}", owner=made.ana.pk)
    assert queries(director, "/quality/") == few
