"""The recipe of docs/webhooks.md, taken out of the page and run."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from coordina.customers.models import Company
from coordina.hooks.names import all_happenings
from coordina.hooks.signing import line_of, secrets_of

from ..api.conftest import program
from ..world import World
from .conftest import Receiver, hook, work

pytestmark = pytest.mark.django_db
PAGE = (Path(__file__).resolve().parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")


def recipe() -> Any:
    block = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert block is not None
    found: dict[str, Any] = {}
    exec(block[1], found)
    return found["is_from_coordina"]


def test_the_recipe_tells_ours_from_others(world: World, receiver: Receiver) -> None:
    made = hook(world.boss, receiver.url, "company.created")
    world.create(Company, name="Ñandú")
    work()
    check, got, now = recipe(), receiver.got[0], timezone.now().timestamp()
    (secret,) = secrets_of(line_of(made.pk), timezone.now())
    header = got.headers["Coordina-Signature"]
    assert check(header, got.body, secret)
    assert not check(header, got.body + b" ", secret)
    assert not check(header, got.body, secret + "x")
    assert not check(header, got.body, secret, now + 400), "an old one, sent again by somebody else"


def test_the_example_has_the_members_that_are_sent(world: World, receiver: Receiver) -> None:
    hook(world.boss, receiver.url, "company.created")
    world.create(Company, name="Uno")
    work()
    block = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert block is not None
    names = set(re.findall(r'^ {6}"(\w+)":', block[1], re.MULTILINE))
    assert names == set(receiver.events[0])
    assert set(re.findall(r'^ {2}"(\w+)":', block[1], re.MULTILINE)) == set(receiver.got[0].said)
    for header in re.findall(r"`(Coordina-\w+)`", PAGE):
        assert header in receiver.got[0].headers


def test_events_that_the_page_names_exist() -> None:
    known = all_happenings()
    named = set(re.findall(r"`([a-z_]+\.[a-z]+)`", PAGE)) - {"api.md"}
    assert len(named) > 8
    assert not named - known.keys()


def test_the_commands_of_the_page_are_answered(world: World) -> None:
    caller = program(world.boss)
    body = re.search(r"-d '(\{.*?\})'", PAGE)
    assert body is not None
    made = caller.ask("POST", "/hooks", json.loads(body[1]))
    assert made.status_code == 201
    for path in re.findall(r'"\$COORDINA/api/v1(/hooks/(?:events|sample)[^"]*)"', PAGE):
        assert caller.get(path).status_code == 200, path
    assert caller.delete(f"/hooks/{made.json()['id']}").status_code == 204
