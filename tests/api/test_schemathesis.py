"""Requests made up from the OpenAPI document, with three roles: no fault of ours, and every answer as it promises.

Within the usual run each operation is tried by one of the roles; with `--large` by all of them, many times.
"""

import json
from functools import cache
from itertools import count
from typing import Any
from zlib import crc32

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema import Draft202012Validator

from coordina.accounts import pace
from coordina.customers.models import Company
from coordina.leads.models import Lead
from coordina.pipeline.models import Opportunity

from ..world import World
from .conftest import Program, program

pytestmark = pytest.mark.django_db
ROLES = ("boss", "rep", "service")
LEFT = ("authorization", "content-length", "cookie", "accept-encoding")
"""Headers that the caller itself decides about."""


@pytest.fixture
def filled(world: World) -> World:
    company = world.create(Company, by=world.rep, name="Faro", city="Lugo")
    world.create(Opportunity, by=world.rep, name="Torre", company=company, amount="1800", currency="EUR")
    world.create(Lead, by=world.rep, name="Ada", email="ada@x.example")
    return world


def answered(caller: Program, case: Any, number: int) -> Any:
    """The answer to a made-up request; half of them name a record that there is."""
    pace._counts.clear()
    if number % 2 and "ref" in (case.path_parameters or {}):
        case.path_parameters["ref"] = "1"
    sent = requests.Request(**case.as_transport_kwargs(base_url="http://testserver/api/v1")).prepare()
    path = sent.url.removeprefix("http://testserver")
    headers = {n: v for n, v in sent.headers.items() if n.lower() not in LEFT}
    kind = headers.pop("Content-Type", "application/json")
    data = sent.body or b""
    data = data.encode() if isinstance(data, str) else data
    return caller._client.generic(case.method, path, data, content_type=kind, headers=_plain(headers))


def _plain(headers: dict[str, Any]) -> dict[str, str]:
    return {n: v if isinstance(v, str) else v.decode("latin-1") for n, v in headers.items()}


@cache
def _validator(text: str) -> Any:
    return Draft202012Validator(json.loads(text))


def check(document: Any, case: Any, answer: Any) -> None:
    """What the document promises of an answer: its status, its kind, its shape."""
    if answer.streaming:
        assert answer.headers["Content-Disposition"].startswith("attachment")
        return
    told = f"{case.method} {case.path} {case.body!r} {case.query!r} → {answer.status_code} {answer.content[:600]!r}"
    assert answer.status_code < 500, told
    said = document["paths"][case.operation.path][case.method.lower()]["responses"]
    if str(answer.status_code) not in said:
        assert answer.status_code >= 400, told
        assert answer["Content-Type"] == "application/problem+json", told
        schema = {"$ref": "#/components/schemas/Problem"}
    elif not answer.content:
        return
    else:
        schema = said[str(answer.status_code)]["content"]["application/json"]["schema"]
    whole = {**schema, "components": {"schemas": document["components"]["schemas"]}}
    faults = list(_validator(json.dumps(whole)).iter_errors(answer.json()))
    assert not faults, (told, faults[:2])


def try_out(document: Any, operation: Any, caller: Program, examples: int) -> None:
    """Send some made-up requests of one operation."""
    numbers = count(1)

    @settings(
        max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None,
        derandomize=True, phases=[Phase.generate],
    )  # fmt: skip
    @given(case=operation.as_strategy())
    def once(case: Any) -> None:
        check(document, case, answered(caller, case, next(numbers)))

    once()


def run(filled: World, roles: Any, examples: int) -> int:
    """Try every operation as often as asked, by the roles that are chosen for it."""
    document = program(filled.boss).get("/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document)
    callers = {role: program(getattr(filled, role)) for role in ROLES}
    tried = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        for role in roles(operation.label):
            tried += 1
            try_out(document, operation, callers[role], examples)
    return tried


def test_made_up_requests_are_answered_as_promised(filled: World) -> None:
    assert run(filled, lambda name: [ROLES[crc32(name.encode()) % len(ROLES)]], 1) > 250


@pytest.mark.large
@pytest.mark.timeout(3600)
def test_made_up_requests_of_all_roles(filled: World) -> None:
    assert run(filled, lambda name: ROLES, 25) > 750
