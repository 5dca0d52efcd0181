"""Parameters that nobody in their senses sends: never more than a 400, never a fault of ours."""

from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from coordina.customers.models import Company

from ..world import World
from .conftest import Program, program

pytestmark = pytest.mark.django_db
USUAL = 'name amount owner company.city status tags = != < >= ~ in has is not empty set and or ( ) , "x" 12 -1 1e999 me'
WORDS = [*USUAL.split(), "my_team", "today+30d", "this_month", "9" * 30, "id;--", "x" * 300, "'", "\\", "%", "{{7*7}}"]
WORDS += ["owner__password", "null", "ñ", "🦩"]
NOISE = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join),
    st.lists(st.sampled_from(WORDS), max_size=9).map("".join),
)
QUIET = settings(
    max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True
)


@pytest.fixture
def caller(world: World) -> Program:
    world.create(Company, by=world.rep, name="Faro", city="Lugo")
    return program(world.rep)


def asked(caller: Program, noun: str, **query: Any) -> Any:
    from coordina.accounts import pace

    pace._counts.clear()
    return caller._client.get(f"/api/v1/{noun}", query)


@pytest.mark.parametrize("noun", ["opportunities", "companies"])
@pytest.mark.parametrize("name", ["filter", "order", "fields", "after"])
def test_nothing_but_a_400(caller: Program, noun: str, name: str) -> None:
    @QUIET
    @given(text=NOISE)
    @example(text="")
    @example(text="\x00")
    @example(text='name = "\x00"')
    @example(text="-" * 4000)
    @example(text="(" * 500)
    def run(text: str) -> None:
        answer = asked(caller, noun, **{name: text})
        assert answer.status_code in (200, 400), (name, text, answer.content)
        if answer.status_code == 400:
            assert answer["Content-Type"] == "application/problem+json"

    run()


@pytest.mark.parametrize("name", ["view", "limit", "count", "before", "nothing"])
def test_other_parameters_too(caller: Program, name: str) -> None:
    @QUIET
    @given(text=NOISE)
    def run(text: str) -> None:
        assert asked(caller, "people", **{name: text}).status_code in (200, 400, 404), (name, text)

    run()


def test_no_name_of_a_record_breaks_anything(caller: Program) -> None:
    from urllib.parse import quote

    @QUIET
    @given(text=NOISE)
    def run(text: str) -> None:
        from coordina.accounts import pace

        pace._counts.clear()
        answer = caller.get(f"/opportunities/{quote(text, safe='')}")
        assert answer.status_code in (200, 404), (text, answer.content)

    run()
