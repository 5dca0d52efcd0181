"""Every way in of a person is dead at once when they are deactivated, lose factors or change the password.

Generated: each thing that ends access, for each door, with sessions in the database and with a copy in Redis.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from coordina.accounts.actions import deactivate, end_sessions, set_password
from coordina.accounts.factors.actions import reset_factors
from coordina.accounts.key_writers import make_token
from coordina.accounts.models import User
from coordina.ledger.change_sets import change_set
from coordina.ledger.doors import perform
from tests.accounts.factors import code_of, with_app
from tests.accounts.people import PASSWORD, Staff, signed_in, staffed

pytestmark = pytest.mark.django_db
ENGINES = {"database": "coordina.accounts.sessions", "redis": "coordina.accounts.cached_sessions"}


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest, settings: Any) -> Iterator[str]:
    """Where sessions are kept."""
    settings.SESSION_ENGINE = ENGINES[request.param]
    if request.param == "redis":
        url = request.getfixturevalue("redis_url")
        settings.CACHES = {
            "default": {
                "BACKEND": "coordina.config.cache.SharedCache",
                "LOCATION": url,
                "KEY_PREFIX": "test-doors",
            }
        }
    yield request.param
    if request.param == "redis":
        cache.clear()


def act(fn: Callable[..., Any], **more: Any) -> Callable[[Staff, Client], None]:
    """An administrator does something to the representative."""

    def done(staff: Staff, mine: Client) -> None:
        user = User.objects.get(pk=staff.rep.pk)
        perform(fn, via="web")(user=user, by=staff.admin, at=timezone.now(), **more)

    done.__name__ = fn.__name__
    return done


def own_password(staff: Staff, mine: Client) -> None:
    """The representative changes the password in another browser."""
    given = {"current": PASSWORD, "password": "otra-puerta-verde-31"}
    assert mine.post("/profile/password/", given).status_code == 302


def own_factor(staff: Staff, mine: Client) -> None:
    """The representative takes the app away in another browser."""
    assert mine.post("/profile/security/app/remove/").status_code == 302


def lost_right(staff: Staff, mine: Client) -> None:
    """The role may do nothing any more."""
    with change_set(by=None, at=timezone.now(), via="system"):
        role = staff.rep.role
        role.reach = {}
        role.save()


ENDS: list[Callable[[Staff, Client], None]] = [
    act(deactivate),
    act(end_sessions),
    act(set_password, password="otra-puerta-verde-31"),
    act(reset_factors),
    own_password,
    own_factor,
    lost_right,
]
TOKENS_TOO = {"deactivate", "lost_right"}
"""What ends tokens as well: they are no sessions, and are ended apart."""


@pytest.mark.parametrize("ends", ENDS, ids=lambda fn: fn.__name__)
def test_every_door_is_shut_at_once(ends: Callable[[Staff, Client], None], engine: str) -> None:
    staff = staffed()
    mine = signed_in(staff.rep)
    with_app(staff.rep, mine)

    def second() -> Client:
        client = Client()
        client.post("/sign-in/", {"email": staff.rep.email, "password": PASSWORD})
        return client

    whole, half = second(), second()
    assert whole.post("/sign-in/second/", {"code": code_of(staff.rep)}).status_code == 302
    at = timezone.now()
    with change_set(by=staff.rep, at=at, via="web"):
        secret = make_token(name="Hoja", by=staff.rep, at=at).secret
    bearer = {"Authorization": f"Bearer {secret}"}
    doors = {
        "page": lambda: whole.get("/companies/").status_code,
        "fragment": lambda: whole.get("/companies/", headers={"HX-Request": "true"}).status_code,
        "export": lambda: whole.get("/companies/export/").status_code,
        "search": lambda: whole.get("/search/?q=a").status_code,
        "token": lambda: Client().get("/api/v1/companies", headers=bearer).status_code,
    }
    before = {name: door() for name, door in doors.items()}
    assert set(before.values()) == {200}, before
    ends(staff, mine)
    after = {name: door() for name, door in doors.items()}
    lost = ends.__name__ == "lost_right"
    shut = {"page": 403, "fragment": 422, "export": 403} if lost else {"page": 302, "fragment": 204, "export": 302}
    assert {name: after[name] for name in shut} == shut, after
    assert after["token"] == (403 if lost else 401 if ends.__name__ in TOKENS_TOO else 200)
    if not lost:
        assert after["search"] == 302
        assert half.get("/sign-in/second/").headers["Location"] == "/sign-in/"
        cookie = whole.cookies[django_settings.SESSION_COOKIE_NAME].value
        again = Client()
        again.cookies[django_settings.SESSION_COOKIE_NAME] = cookie
        assert again.get("/companies/").status_code == 302
