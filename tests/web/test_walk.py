"""Every address of the site: without signing in it leads to the sign-in page, unless it is listed with a reason."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from coordina.accounts import session
from coordina.accounts.models import Role, User
from coordina.core.types import TYPES
from coordina.ledger.change_sets import change_set
from coordina.web.public import PUBLIC, WITHOUT_FACTOR
from tests.accounts.factors import with_app

from .conftest import World

pytestmark = pytest.mark.django_db
_PART = re.compile(r"<(?:(\w+):)?(\w+)>")
_SAMPLES = {"int": "1", "slug": "name", "str": "x", "path": "x", "uuid": "00000000-0000-0000-0000-000000000000"}


def addresses(resolver: Any = None, prefix: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    """Name and a sample of every address."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from addresses(entry, route, inner)
        elif isinstance(entry, URLPattern):
            for noun in ("companies", "opportunities") if "noun:" in route else ("",):
                yield (
                    f"{space}{entry.name}",
                    "/" + _PART.sub(lambda m, n=noun: n if m[1] == "noun" else _sample(m), route),
                )


def _sample(match: re.Match[str]) -> str:
    return _SAMPLES.get(match[1] or "str", "x")


def test_no_page_is_open_that_is_not_listed(world: World) -> None:
    client = Client()
    for name, url in addresses():
        if name in PUBLIC:
            continue
        for method in (client.get, client.post):
            answer = method(url)
            assert answer.status_code == 302, (name, url, answer.status_code)
            assert "/sign-in/" in answer["Location"] or answer["Location"].startswith("/entrar"), (name, url)


def test_a_half_session_opens_nothing_but_the_second_step(world: World) -> None:
    """Who has given the password alone is led to the second step from every address, by every method."""
    client = world.client(world.director)
    with_app(world.director, client)
    request: Any = HttpRequest()
    request.session = Client().session
    user = User.objects.for_request().get(pk=world.director.pk)
    assert not session.begin(request, user)
    request.session.save()
    half = Client()
    half.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key
    for name, url in addresses():
        if name in PUBLIC:
            continue
        for method in (half.get, half.post, half.put, half.delete):
            answer = method(url)
            assert answer.status_code == 302, (name, url, answer.status_code)
            assert answer["Location"] == "/sign-in/second/", (name, url)
    assert half.get("/sign-in/second/").status_code == 200


def test_who_lacks_a_factor_that_the_role_needs_is_led_to_set_one_up(world: World) -> None:
    client = world.client(world.ana)
    with change_set(by=None, at=timezone.now(), via="system"):
        role = Role.objects.get(pk=world.ana.role_id)
        role.second_factor = True
        role.save()
    for name, url in addresses():
        if name in WITHOUT_FACTOR or (name in PUBLIC and name != "web:sign_in"):
            continue
        for method in (client.get, client.post):
            answer = method(url)
            assert answer.status_code == 302, (name, url, answer.status_code)
            assert answer["Location"] == "/profile/security/", (name, url)
    known = {name for name, _url in addresses()}
    assert known >= WITHOUT_FACTOR
    assert client.get("/profile/security/").status_code == 200


def test_a_fragment_makes_the_whole_page_sign_in(world: World) -> None:
    answer = Client(headers={"HX-Request": "true"}).get("/companies/")
    assert answer.status_code == 204
    assert answer["HX-Redirect"]


def test_the_way_back_is_kept(world: World) -> None:
    assert "next=%2Fcompanies%2F%3Fsort%3Dname" in Client().get("/companies/?sort=name")["Location"]


def test_public_pages_are_few_and_each_has_a_reason() -> None:
    known = {name for name, _url in addresses()}
    assert len(PUBLIC) <= 18
    assert set(PUBLIC) <= known
    assert all(len(reason) > 10 for reason in PUBLIC.values())


def test_no_page_is_kept_by_a_cache(world: World) -> None:
    client = world.client(world.director)
    for url in ("/companies/", "/companies/new/", "/companies/export/", "/companies/lookup/"):
        assert client.get(url)["Cache-Control"] == "no-store", url


def test_every_type_has_pages_that_open(world: World) -> None:
    """As the director: list, empty form, lookup, export of every type; nothing breaks on an empty database."""
    client = world.client(world.director)
    for known in TYPES:
        urls = [f"/{known.url}/lookup/"]
        if not known.within:
            urls += [f"/{known.url}/", f"/{known.url}/export/", f"/{known.url}/new/", f"/{known.url}/999999/"]
        for url in urls:
            answer = client.get(url)
            assert answer.status_code in (200, 302, 403, 404), (url, answer.status_code)
            assert answer.status_code != 200 or not url.endswith("/999999/"), url


def test_before_the_company_exists_everything_leads_to_the_first_page(db: Any) -> None:
    answer = Client().get("/companies/")
    assert answer.status_code == 302
    assert answer["Location"] != "/companies/"
