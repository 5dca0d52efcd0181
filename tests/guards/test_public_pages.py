"""The pages that answer without signing in: few, listed with their reason, each with a test of what it gives away."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from coordina.accounts.models import Organization, Role, User
from coordina.customers.models import Company
from coordina.ledger.change_sets import change_set
from coordina.orders.models import Order
from coordina.promises import links
from coordina.promises.models import StatusLink
from coordina.shipping.models import Carrier
from coordina.web.public import PUBLIC
from coordina.web.system import readiness
from coordina.webforms.models import WebForm

pytestmark = pytest.mark.django_db
MOST = 18
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


def second_step(client: Client) -> None:
    """Without a session that waits for the second factor there is nothing."""
    url = reverse("web:second_step")
    for answer in (client.get(url), client.post(url, {"code": "123456"})):
        assert answer["Location"] == reverse("web:sign_in")
        assert not answer.content


def passkey_ask(client: Client) -> None:
    """The same question for everybody, but for the challenge; it names nobody."""
    url = reverse("web:passkey_ask")
    assert client.get(url).status_code == 405
    asked = [Client().post(url).json() for _ in range(2)]
    assert asked[0].pop("challenge") != asked[1].pop("challenge")
    assert asked[0] == asked[1]
    assert not asked[0].get("allowCredentials")
    assert SECRET not in str(asked)


def passkey_sign_in(client: Client) -> None:
    """Without an answer to an open challenge it leads back to the sign-in page."""
    url = reverse("web:passkey_sign_in")
    assert client.get(url).status_code == 405
    assert client.post(url, {"credential": "{}"})["Location"] == reverse("web:sign_in")
    assert client.get("/companies/").status_code == 302


def provider(client: Client) -> None:
    """Nothing is there where no provider is set up."""
    assert client.get(reverse("web:provider")).status_code == 404
    assert client.post(reverse("web:provider")).status_code == 405


def provider_back(client: Client) -> None:
    """The same for who comes back."""
    assert client.get(reverse("web:provider_back"), {"code": "x", "state": "y"}).status_code == 404


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
    """One word, without asking the database."""
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(reverse("web:health"))
    assert answer.json() == {"status": "ok"}
    assert not asked.captured_queries
    assert not answer.cookies


def ready(client: Client) -> None:
    """Yes or no of each part; no name, address, version or number."""
    readiness.forget()
    answer = client.get(reverse("web:ready"))
    assert answer.status_code == 503
    told = answer.json()
    assert told.pop("status") == "not ready"
    assert set(told) <= {"database", "migrations", "worker", "cache", "broker", "files"}
    assert set(map(type, told.values())) == {bool}
    assert not answer.cookies


def language(client: Client) -> None:
    """A cookie for a language that exists, and back to this site only."""
    url = reverse("web:language")
    assert client.get(url).status_code == 405
    answer = client.post(url, {"language": "en", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"
    assert client.cookies["coordina_language"].value == "en"
    client.post(url, {"language": "xx"})
    assert client.cookies["coordina_language"].value == "en"


def form(client: Client) -> None:
    """An address without a form and one of a closed form answer alike; neither says who or what there is."""
    with change_set(by=None, at=timezone.now(), via="system"):
        made = WebForm.objects.create(name=SECRET, slug="cerrado", active=False)
    bodies = {client.get(reverse("webforms:form", args=(slug,))).content for slug in (made.slug, "no-hay")}
    assert len(bodies) == 1
    assert SECRET not in bodies.pop().decode()
    assert client.post(reverse("webforms:form", args=(made.slug,)), {"name": "x"}).status_code == 404
    assert not client.cookies


def confirm(client: Client) -> None:
    """Without a link that holds there is nothing, and nothing is said about why."""
    url = reverse("webforms:confirm")
    bodies = {client.get(f"{url}?k={token}").content for token in ("", "x", "a" * 43)}
    assert len(bodies) == 1
    assert {client.post(url, {"k": token}).status_code for token in ("", "x", "a" * 43)} == {410}
    assert not client.cookies


def status(client: Client) -> None:
    """A link that nobody made and ones that are withdrawn or over answer alike; none says which order there was."""
    seeds = [links.new_seed() for _ in range(2)]
    at = timezone.now()
    with change_set(by=None, at=at, via="system"):
        owner = User.objects.get(name=SECRET)
        order = Order.objects.create(
            reference="ORD-777333",
            customer_reference=SECRET,
            company=Company.objects.create(name=SECRET),
            owner=owner,
            delivery_to=SECRET,
            notes=SECRET,
        )
        for seed, past in zip(seeds, ({"revoked_at": at}, {}), strict=True):
            day = timezone.localdate() + timedelta(days=9 if past else -9)
            digest = links.digest_of(links.token_of(seed))
            StatusLink.objects.create(order=order, seed=seed, digest=digest, language="es", expires_on=day, **past)
    tokens = [*map(links.token_of, seeds), "a" * 32, "x", "0" * 5000]
    bodies = {client.get(reverse("promises:status", args=(token,))).content for token in tokens}
    assert len(bodies) == 1
    told = bodies.pop().decode()
    assert SECRET not in told and "ORD-777333" not in told
    assert {client.post(reverse("promises:status", args=(token,))).status_code for token in tokens} == {410}


def carrier_door(client: Client) -> None:
    """A door without the signature of its carrier and one that is nowhere answer alike."""
    with change_set(by=None, at=timezone.now(), via="system"):
        made = Carrier.objects.create(name=SECRET, door="eine-tuer")
    urls = [reverse("shipping:door", args=(slug,)) for slug in (made.door, "no-hay")]
    assert {client.get(url).status_code for url in urls} == {405}
    answers = [client.post(url, "{}", content_type="application/json") for url in urls]
    assert {answer.status_code for answer in answers} == {403}
    assert len({answer.content for answer in answers}) == 1
    assert SECRET not in answers[0].content.decode()
    assert not client.cookies


TESTS: dict[str, Callable[[Client], None]] = {
    "web:sign_in": sign_in,
    "web:second_step": second_step,
    "web:provider": provider,
    "web:provider_back": provider_back,
    "web:passkey_ask": passkey_ask,
    "web:passkey_sign_in": passkey_sign_in,
    "web:first_run": first_run,
    "web:forgotten": forgotten,
    "web:access_link": access_link,
    "web:choose_password": choose_password,
    "web:health": health,
    "web:ready": ready,
    "web:language": language,
    "webforms:form": form,
    "webforms:confirm": confirm,
    "promises:status": status,
    "shipping:door": carrier_door,
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
