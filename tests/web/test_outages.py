"""The database is away for a moment: every door says so, with a time to come back, and nothing is written."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from ..api.conftest import program, token_for
from ..world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: Any) -> World:
    return World()


class Away:
    """Answers no statement from some moment on."""

    def __init__(self) -> None:
        self.on = ""

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if self.on and self.on in sql:
            raise OperationalError("server closed the connection unexpectedly")
        return execute(sql, params, many, context)


@pytest.fixture
def away() -> Iterator[Away]:
    made = Away()
    with connection.execute_wrapper(made):
        yield made


@pytest.mark.parametrize("statement", ["accounts_tokenkey", "customers_company"])
def test_programs_are_told_when_to_send_it_again(world: World, away: Away, statement: str) -> None:
    caller = program(world.boss, language="es")
    away.on = statement
    answer = caller.get("/companies")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert answer.json()["code"] == "unavailable"
    assert "base de datos" in answer.json()["detail"]
    assert "connection" not in answer.content.decode()


@pytest.mark.parametrize("statement", ["accounts_tokenkey", "customers_company"])
def test_language_models_too(world: World, away: Away, statement: str) -> None:
    headers = {"Authorization": f"Bearer {token_for(world.boss).secret}", "Accept": "application/json"}
    call = {"name": "list_records", "arguments": {"type": "company"}}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    client = Client(headers=headers)
    assert client.post("/mcp", json.dumps(body), content_type="application/json").status_code == 200
    away.on = statement
    answer = client.post("/mcp", json.dumps(body), content_type="application/json")
    assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "2")


@pytest.mark.parametrize("statement", ["accounts_user", "customers_company"])
def test_people_read_a_page_that_needs_no_database(world: World, away: Away, statement: str) -> None:
    client = world.client(world.boss)
    client.raise_request_exception = False
    away.on = statement
    answer = client.get("/companies/", headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert "Nothing was saved" in answer.content.decode() or "No se ha guardado nada" in answer.content.decode()


def test_a_fault_of_ours_stays_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from coordina.web import lists

    monkeypatch.setattr(lists, "render", lambda *_a, **_b: 1 / 0)
    client = world.client(world.boss)
    client.raise_request_exception = False
    answer = client.get("/companies/")
    assert answer.status_code == 500
    assert "Retry-After" not in answer.headers
