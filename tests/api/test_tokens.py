"""Tokens: made once and shown once, narrower than their person, dead at once when they end."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from coordina.accounts.actions import deactivate
from coordina.accounts.key_writers import end_token
from coordina.accounts.models import Attempt, Token, TokenKey, User
from coordina.accounts.passwords import store_password
from coordina.customers.models import Company
from coordina.ledger.models.changes import Change, ChangeSet

from ..world import World
from .conftest import Program, program, token_for

pytestmark = pytest.mark.django_db


def test_a_token_says_who_calls_and_what_it_may_do(world: World) -> None:
    said = program(world.rep, writes=False, types=["company"]).get("/me").json()
    assert said["name"] == world.rep.name
    assert said["token"] == {"name": "Program", "access": "read", "types": ["company"], "expires_on": None}


def test_without_a_token_that_works_there_is_nothing(world: World) -> None:
    secret = token_for(world.rep).secret
    for wrong in ("", secret[:-1], secret + "x", "coordina_", "x" * 5000, "coordina_ñandú"):
        answer = Program(wrong).get("/companies")
        assert answer.status_code == 401, wrong
        assert answer["WWW-Authenticate"].startswith("Bearer")
        assert answer.json()["code"] == "token"


def test_a_session_opens_nothing(world: World) -> None:
    """A cookie never lets a program in, so no other site can make a browser call."""
    client = world.client(world.boss)
    assert client.get("/companies/").status_code == 200
    answer = client.get("/api/v1/companies")
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer
    assert not answer.cookies


def test_the_secret_is_nowhere(world: World) -> None:
    token = token_for(world.rep)
    rows = [*Change.objects.values_list("delta", flat=True), *ChangeSet.objects.values_list("key", flat=True)]
    rows += [str(row) for row in TokenKey.objects.values()] + [str(row) for row in Token.objects.values()]
    assert not [row for row in rows if row and token.secret in row]
    assert token.hint == token.secret[-4:]


def test_an_ended_token_is_dead_at_once_and_stays_in_the_history(world: World) -> None:
    token = token_for(world.rep)
    caller = Program(token.secret)
    assert caller.get("/me").status_code == 200
    world.act(end_token, by=world.rep, pk=token.pk)
    assert caller.get("/me").status_code == 401
    assert Change.objects.filter(model="accounts.Token", object_id=token.pk).count() == 2
    assert not ChangeSet.objects.filter(action="accounts.end_token", undoable=True).exists()


def test_who_loses_access_loses_all_tokens(world: World) -> None:
    caller = program(world.rep)
    assert caller.get("/me").status_code == 200
    world.act(deactivate, pk=world.rep.pk)
    assert caller.get("/me").status_code == 401


def test_a_token_ends_with_its_day(world: World) -> None:
    token = token_for(world.rep, expires_on=timezone.now().date() + dt.timedelta(days=2))
    assert Program(token.secret).get("/me").status_code == 200
    Token.objects.model._base_manager.filter(pk=token.pk)
    from coordina.accounts import tokens

    assert tokens.find(token.secret, today=token.expires_on) is not None
    assert tokens.find(token.secret, today=token.expires_on + dt.timedelta(days=1)) is None


def test_a_reading_token_writes_nothing(world: World) -> None:
    caller = program(world.boss, writes=False)
    company = world.create(Company, name="Faro")
    for answer in (
        caller.post("/companies", {"name": "Otra"}),
        caller.patch(f"/companies/{company.pk}", {"name": "Otra"}),
        caller.delete(f"/companies/{company.pk}"),
        caller.post("/companies/bulk/create", {"rows": [{"name": "Otra"}]}),
        caller.post("/changes/1/undo"),
    ):
        assert answer.status_code == 403
        assert answer.json()["code"] == "scope"
    assert list(Company.objects.values_list("name", flat=True)) == ["Faro"]


def test_a_token_for_some_types_knows_no_others(world: World) -> None:
    caller = program(world.boss, types=["company"])
    assert caller.get("/companies").status_code == 200
    assert caller.get("/stages").status_code == 200
    assert caller.get("/opportunities").status_code == 403
    assert caller.post("/stages", {"name": "x"}).status_code in (403, 422)
    answer = caller.get("/companies?filter=owner.email is set")
    assert answer.status_code in (200, 400)


def test_nobody_sees_the_tokens_of_others_but_administrators(world: World) -> None:
    mine, theirs = token_for(world.rep), token_for(world.other)
    assert [t["id"] for t in program(world.rep).get("/tokens?fields=name").json()["data"]] != []
    seen = {t["id"] for t in program(world.rep).get("/tokens").json()["data"]}
    assert mine.pk in seen
    assert theirs.pk not in seen
    listed = program(world.boss).get("/tokens").content.decode()
    assert {mine.hint, theirs.hint} <= {t["hint"] for t in program(world.boss).get("/tokens").json()["data"]}
    assert mine.secret not in listed
    assert TokenKey.objects.get(token_id=mine.pk).digest not in listed


def test_programs_make_no_tokens_and_set_no_passwords(world: World) -> None:
    caller = program(world.boss)
    token = token_for(world.rep)
    assert caller.post("/tokens", {"name": "x"}).status_code == 405
    assert caller.delete(f"/tokens/{token.pk}").status_code == 405
    assert caller.post(f"/users/{world.rep.pk}/set-password", {"password": "una-clave-larga-9"}).status_code == 404
    assert caller.post(f"/users/{world.rep.pk}/use-link", {"password": "una-clave-larga-9"}).status_code == 404
    assert caller.post("/users/change-password", {}).status_code in (404, 405)


def test_guessing_is_slowed_down_and_holds_up_nobody_else(world: World, settings: Any) -> None:
    caller = program(world.rep)
    answers = [Program(f"coordina_{n}").get("/me").status_code for n in range(52)]
    assert answers[0] == 401
    assert answers[-1] == 429
    assert caller.get("/me").status_code == 200
    assert not [key for key in Attempt.objects.values_list("key", flat=True) if "127.0.0.1" in key]


def test_too_many_requests_are_told_when_to_go_on(world: World, settings: Any) -> None:
    settings.API_PER_MINUTE = 5
    caller = program(world.rep)
    answers = [caller.get("/me") for _n in range(7)]
    assert [a.status_code for a in answers] == [200] * 5 + [429] * 2 or 200 in {a.status_code for a in answers[5:]}
    last = caller.get("/me")
    assert last["RateLimit-Limit"] == "5"
    if last.status_code == 429:
        assert 1 <= int(last["Retry-After"]) <= 60
    assert program(world.rep).get("/me").status_code == 200


# The page -------------------------------------------------------------------------------------------------------------


def with_password(user: User) -> None:
    store_password(user, "una-clave-larga-9", at=timezone.now())


def test_the_page_shows_the_secret_once(world: World) -> None:
    with_password(world.rep)
    client = world.client(world.rep)
    page = client.get("/profile/tokens/").content.decode()
    once = page.split('name="once" value="')[1].split('"')[0]
    given = {"name": "Hoja de cálculo", "access": "read", "current": "una-clave-larga-9", "once": once}
    made = client.post("/profile/tokens/", given | {"types": ["company"], "expires_on": "2099-01-01"})
    assert made.status_code == 200
    secret = made.content.decode().split('id="secret" readonly value="')[1].split('"')[0]
    assert Program(secret).get("/me").json()["token"]["types"] == ["company"]
    again = client.post("/profile/tokens/", given | {"types": ["company"], "expires_on": "2099-01-01"})
    assert secret not in again.content.decode()
    assert Token.objects.filter(owner=world.rep).count() == 1
    assert secret not in client.get("/profile/tokens/").content.decode()


def test_a_wrong_password_makes_no_token_and_keeps_what_was_typed(world: World) -> None:
    with_password(world.rep)
    client = world.client(world.rep)
    answer = client.post("/profile/tokens/", {"name": "Hoja", "access": "write", "current": "no", "once": "a"})
    assert answer.status_code == 422
    assert 'value="Hoja"' in answer.content.decode()
    assert not Token.objects.exists()


def test_a_day_in_the_past_is_refused_at_its_field(world: World) -> None:
    with_password(world.rep)
    given = {"name": "Hoja", "access": "read", "current": "una-clave-larga-9", "expires_on": "2020-01-01", "once": "a"}
    answer = world.client(world.rep).post("/profile/tokens/", given)
    assert answer.status_code == 422
    assert "id_expires_on_error" in answer.content.decode()


def test_one_ends_ones_own_tokens_only(world: World) -> None:
    mine, theirs = token_for(world.rep), token_for(world.other)
    client: Client = world.client(world.rep)
    assert client.post("/profile/tokens/end/", {"token": theirs.pk}).status_code == 404
    assert client.post("/profile/tokens/end/", {"token": mine.pk}).status_code == 302
    assert list(Token.objects.values_list("pk", flat=True)) == [theirs.pk]


def test_administrators_see_who_has_tokens_without_secrets(world: World) -> None:
    token = token_for(world.rep)
    page = world.client(world.boss).get("/tokens/").content.decode()
    assert token.name in page
    assert token.secret not in page
    assert world.client(world.service).get(f"/tokens/{token.pk}/").status_code == 404
