"""Parameters that strangers write into addresses of public pages are text, and nothing of them reaches the database."""

from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from coordina.accounts.models import User
from coordina.customers.models import Person

from ..accounts.people import staffed
from ..world import World

pytestmark = pytest.mark.django_db
PLACES = ("/sign-in/", "/forgotten/", "/access/nothing/", "/first-run/", "/", "/companies/")
NAMES = ("next", "error", "message", "q", "lang", "email", "user", "token", "id", "once")
MARKUP = '"><svg onload=alert(1)>'
STATEMENT = "1' OR '1'='1' --"


@pytest.mark.parametrize(
    "bad", [MARKUP, "</script><script>alert(1)</script>", "javascript:alert(1)", STATEMENT, "{{7*7}}"]
)
def test_no_public_page_reflects_markup_or_breaks(bad: str) -> None:
    staffed()
    client = Client(raise_request_exception=False)
    for place in PLACES:
        answer = client.get(f"{place}?" + "&".join(f"{name}={quote(bad)}" for name in NAMES), follow=True)
        said = answer.content.decode()
        assert answer.status_code < 500, place
        assert "<svg onload" not in said and "<script>alert" not in said, place
        assert 'href="javascript:' not in said and ">49<" not in said, place


@pytest.mark.parametrize("email", [STATEMENT, "' UNION SELECT password FROM accounts_credential --", "%", "_%@%"])
def test_a_statement_for_a_name_is_a_name_that_nobody_has(email: str) -> None:
    staffed()
    client = Client()
    for place in ("/sign-in/", "/forgotten/"):
        plain = client.post(place, {"email": "nadie@example.com", "password": "no es esta clave"})
        answer = client.post(place, {"email": email, "password": STATEMENT})
        assert answer.status_code in (200, 302, 422), place
        assert "_auth_user_id" not in client.session and plain.status_code < 500


def test_the_address_of_a_person_says_nothing_about_who_signs_in(db: Any) -> None:
    world = World()
    before = User.objects.values_list("email", flat=True).order_by("pk")
    kept = list(before)
    person = world.create(Person, name="Bruno Encina", email=kept[1])
    world.edit(person, email="otra@example.com")
    assert list(before.all()) == kept
