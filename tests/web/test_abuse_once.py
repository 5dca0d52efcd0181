"""Sending twice, and numbers nobody means: a double click makes one record, and no address breaks a page."""

import re
from typing import Any

import pytest
from django.test import Client

from coordina.core.parsing.ids import parse_id
from coordina.customers.models import Company

from .conftest import World

pytestmark = pytest.mark.django_db
BROKEN = ("²", "٣", "9" * 5000, "9" * 19, "-1", "1e9", "0x1", "\x00", "1\x00", "'", "", " ", "🙂", "NaN", "1.5")


def once_in(page: str) -> str:
    found = re.search(r'name="once" value="([^"]+)"', page)
    assert found
    return found[1]


def test_the_same_form_sent_twice_makes_one_record(director: Client, world: World) -> None:
    once = once_in(director.get("/companies/new/").content.decode())
    first = director.post("/companies/new/", {"name": "Álamo", "once": once})
    second = director.post("/companies/new/", {"name": "Álamo", "once": once})
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert Company.objects.filter(name="Álamo").count() == 1


def test_a_form_that_was_refused_keeps_its_key_and_can_be_sent_again(director: Client, world: World) -> None:
    once = once_in(director.get("/companies/new/").content.decode())
    refused = director.post("/companies/new/", {"name": "", "once": once})
    assert refused.status_code == 422
    assert once_in(refused.content.decode()) == once
    assert director.post("/companies/new/", {"name": "Álamo", "once": once}).status_code == 302
    assert Company.objects.count() == 1


def test_going_back_and_typing_something_else_makes_another_record(director: Client, world: World) -> None:
    once = once_in(director.get("/companies/new/").content.decode())
    for name in ("Álamo", "Brezo"):
        director.post("/companies/new/", {"name": name, "once": once})
    assert set(Company.objects.values_list("name", flat=True)) == {"Álamo", "Brezo"}


def test_the_key_of_somebody_else_is_no_key_of_mine(world: World) -> None:
    world.client(world.ana).post("/companies/new/", {"name": "Álamo", "once": "same"})
    seen = Company.objects.get().pk  # Luis has been asked whether it is this one, and goes on
    world.client(world.luis).post("/companies/new/", {"name": "Álamo", "once": "same", "seen-twin": seen})
    assert Company.objects.count() == 2


@pytest.mark.parametrize("text", BROKEN)
def test_only_plain_numbers_are_ids(text: str) -> None:
    assert parse_id(text) is None


PLACES = (
    "/companies/{pk}/history/?before={bad}",
    "/timeline/companies/{pk}/?after={bad}",
    "/timeline/companies/{pk}/?after={bad}.{bad}",
    "/opportunities/board/?pipeline={bad}",
    "/opportunities/board/?stage={bad}&after={bad}",
    "/opportunities/board/?who=user-{bad}",
    "/opportunities/board/?who=team-{bad}",
    "/opportunities/board/?user={bad}&when={bad}&q={bad}",
    "/companies/?after={bad}",
    "/companies/?sort={bad}",
    "/companies/?cols={bad}",
    "/companies/?q={bad}",
    "/companies/?q=owner%20%3D%20{bad}",
    "/companies/?q=employees%20%3E%20{bad}",
    "/companies/?q=created_at%20%3E%20{bad}",
    "/companies/options/{name}/?at={bad}&q={bad}",
    "/companies/new/?owner={bad}&employees={bad}&name={bad}",
    "/companies/lookup/?q={bad}",
    "/companies/export/?q={bad}&sort={bad}&cols={bad}",
    "/search/?q={bad}",
    "/search/palette/?q={bad}",
    "/import/history/?before={bad}",
    "/?period={bad}&by={bad}&team={bad}&pipeline={bad}",
    "/settings/roles/{bad}/",
    "/companies/{bad}/",
    "/changes/{bad}/",
    "/jobs/{bad}/",
)


@pytest.mark.parametrize("place", PLACES)
def test_no_address_breaks_a_page(place: str, director: Client, world: World) -> None:
    from urllib.parse import quote

    pk = world.make(Company, name="Álamo").pk
    for bad in (*BROKEN, "';--", "a" * 10_000, "(" * 3000, "not " * 500, "%", "../..", "\ud800"):
        url = place.format(pk=pk, bad=quote(bad.encode("utf-8", "surrogatepass")), name="owner")
        answer = director.get(url)
        assert answer.status_code in (200, 301, 302, 304, 400, 404, 414, 422), (url[:200], answer.status_code)


FORMS = (
    ("/companies/{pk}/edit/", "version"),
    ("/companies/{pk}/edit/", "owner"),
    ("/companies/{pk}/edit/", "employees"),
    ("/companies/{pk}/edit/", "name"),
    ("/companies/{pk}/edit/", "relation"),
    ("/companies/{pk}/edit/", "tags"),
    ("/companies/new/", "name"),
    ("/companies/new/", "once"),
    ("/companies/new/", "annual_revenue"),
    ("/people/new/", "email"),
    ("/people/new/", "mobile"),
    ("/interactions/new/", "happened_at"),
    ("/products/new/", "price"),
    ("/users/new/", "email"),
    ("/users/new/", "language"),
    ("/log/companies/{pk}/", "text"),
    ("/log/companies/{pk}/", "kind"),
    ("/log/companies/{pk}/", "minutes"),
    ("/log/companies/{pk}/", "happened_at"),
    ("/settings/company/", "time_zone"),
    ("/settings/company/", "currency"),
    ("/profile/", "time_zone"),
    ("/profile/", "name"),
    ("/language/", "language"),
    ("/language/", "next"),
    ("/sign-in/", "email"),
    ("/sign-in/", "password"),
)


@pytest.mark.parametrize(("url", "name"), FORMS)
def test_no_value_breaks_a_form(url: str, name: str, director: Client, world: World) -> None:
    pk = world.make(Company, name="Álamo").pk
    usual: dict[str, Any] = {"name": "Brezo", "summary": "Llamada", "text": "Hola", "kind": "call", "email": "a@b.es"}
    for bad in (*BROKEN, "a" * 10_000, "\u202eabc", "e\u0301" * 300, "<script>"):
        answer = director.post(url.format(pk=pk), usual | {name: bad})
        assert answer.status_code in (200, 204, 302, 400, 403, 409, 413, 422, 429), (url, name, bad[:20])
