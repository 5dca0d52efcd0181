"""The pages that answer without signing in: few, listed with their reason, each with a test of what it gives away."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from coordina.accounts.models import Organization, Role, User
from coordina.ledger.change_sets import change_set
from coordina.web.public import PUBLIC

pytestmark = pytest.mark.django_db
MOST = 12
SECRET = "Quesería Canto Rodado"
"""Name of the only person: no public page may say it."""


@pytest.fixture
def company() -> None:
    """A company that has begun, with one person."""
    with change_set(by=None, at=timezone.now(), via="system"):
        Organization.objects.create(name="Lumbrera", currency="EUR", language="es", time_zone="Europe/Madrid")
        role = Role.objects.create(name="Todo", slug="administrator", reach={"accounts.view_user": "all"})
        User.objects.create(name=SECRET, email="canto@example.com", role=role, access="active")


def sign_in(client: Client) -> None:
    """The page tells nothing of who there is; a wrong password and an unknown person get the same answer."""
    url = reverse("web:sign_in")
    assert SECRET not in client.get(url).content.decode()
    known = client.post(url, {"email": "canto@example.com", "password": "wrong-password"})
    unknown = client.post(url, {"email": "nadie@example.com", "password": "wrong-password"})
    assert known.status_code == unknown.status_code == 422
    assert SECRET not in known.content.decode()
    assert "session" not in "".join(client.cookies)


def first_run(client: Client) -> None:
    """Closed, for reading and for writing, as soon as the company exists."""
    url = reverse("web:first_run")
    given = {"company": "Otra", "country": "ES", "currency": "EUR", "time_zone": "Europe/Madrid", "language": "es"}
    given |= {"name": "Eva Alba", "email": "eva@example.com", "password": "una-clave-larga-9"}
    assert client.get(url).status_code in (302, 404)
    assert client.post(url, given).status_code in (302, 404, 409)
    assert not User.objects.filter(email="eva@example.com").exists()


def forgotten(client: Client) -> None:
    """The same page for an address that exists and for one that does not."""
    url = reverse("web:forgotten")
    answers = [client.post(url, {"email": e}) for e in ("canto@example.com", "nadie@example.com")]
    assert {a.status_code for a in answers} == {200}
    bodies = {re.sub(r'(value|content|nonce)="[^"]{20,}"', "", a.content.decode()) for a in answers}
    assert len(bodies) == 1
    assert SECRET not in bodies.pop()


def access_link(client: Client) -> None:
    """Any text is taken and leads on; whether it is a link is told on the next page alone."""
    answer = client.get(reverse("web:access_link", args=("1-abc:def",)))
    assert answer.status_code == 302
    assert answer["Location"] == reverse("web:choose_password")
    assert not answer.content


def choose_password(client: Client) -> None:
    """Without a link that holds there is nothing."""
    url = reverse("web:choose_password")
    for answer in (client.get(url), client.post(url, {"password": "una-clave-larga-9"})):
        assert answer.status_code == 410
        assert SECRET not in answer.content.decode()
    client.get(reverse("web:access_link", args=("1-abc:def",)))
    assert client.get(url).status_code == 410


def health(client: Client) -> None:
    """One word."""
    assert client.get(reverse("web:health")).content == b"ok"


def language(client: Client) -> None:
    """A cookie for a language that exists, and back to this site only."""
    url = reverse("web:language")
    assert client.get(url).status_code == 405
    answer = client.post(url, {"language": "en", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"
    assert client.cookies["coordina_language"].value == "en"
    client.post(url, {"language": "xx"})
    assert client.cookies["coordina_language"].value == "en"


TESTS: dict[str, Callable[[Client], None]] = {
    "web:sign_in": sign_in,
    "web:first_run": first_run,
    "web:forgotten": forgotten,
    "web:access_link": access_link,
    "web:choose_password": choose_password,
    "web:health": health,
    "web:language": language,
}


def test_every_public_page_has_its_test() -> None:
    assert set(PUBLIC) == set(TESTS)
    assert len(PUBLIC) <= MOST
    assert all(len(reason) > 20 for reason in PUBLIC.values())


@pytest.mark.parametrize("name", TESTS)
def test_a_public_page_gives_nothing_away(name: str, company: Any) -> None:
    TESTS[name](Client())


@pytest.mark.parametrize(
    "url", ["/", "/companies/", "/companies/1/", "/search/?q=a", "/settings/", "/changes/1/", "/jobs/1/"]
)
def test_other_pages_ask_to_sign_in(url: str, company: Any) -> None:
    answer = Client().get(url)
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("web:sign_in"))
