"""A company in which somebody defines fields."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone, translation

from coordina.accounts import definitions
from coordina.core.filters import Asker, compile_filter, parse
from coordina.core.types import TYPES
from coordina.customers.models import Company
from coordina.ledger import queue
from coordina.records.fields import actions
from coordina.records.models import CustomField
from coordina.records.vocabularies import vocabulary_of
from tests.fields.kinds import Sample
from tests.world import World

type Define = Callable[..., CustomField]


@pytest.fixture(autouse=True)
def _in_spanish() -> Any:
    with translation.override("es"):
        yield


@pytest.fixture
def world(db: Any) -> World:
    return World()


@pytest.fixture
def define(world: World) -> Define:
    """Add a field; indexed ones are ready at once."""

    def made(label: str, kind: str = "text", noun: str = "company", **said: Any) -> CustomField:
        field: CustomField = world.act(actions.add_field, noun=noun, label=label, kind=kind, **said)
        if field.indexed:
            settle()
        return field

    return made


def settle() -> None:
    """Let all jobs be done, and know the fields as they are then; no check of a foreign key may wait meanwhile."""
    connection.check_constraints()
    queue.run_until_idle()
    definitions.agree()


def found(world: World, text: str, model: Any = Company, by: Any = None) -> set[str]:
    """Names of what a filter finds."""
    asker = Asker(user=by or world.boss, now=timezone.now(), time_zone=ZoneInfo("Europe/Madrid"))
    known = next(t for t in TYPES if t.model is model)
    rows = model.objects.visible_to(asker.user).filter(compile_filter(parse(text), vocabulary_of(known), asker))
    return set(rows.values_list("name", flat=True))


class Two:
    """A field of one kind with three companies: with the first value, with the second, without."""

    def __init__(self, world: World, define: Define, sample: Sample, *, indexed: bool = True) -> None:
        self.world, self.sample = world, sample
        far = [world.create(Company, name=f"Destino {letter}") for letter in "AB"] if sample.kind == "ref" else []
        self.keys = [c.pk for c in far]
        self.field = define("Campo nuevo", sample.kind, indexed=indexed and sample.kind != "long_text", **sample.extra)
        self.name = self.field.slug
        self.url = "/companies/"
        self.client = world.client(world.boss)
        self.rows: list[Any] = []
        for number, title in enumerate(("Uno", "Dos", "Nada")):
            given = {self.name: self.python(number)} if number < 2 else {}
            self.rows.append(world.create(Company, name=title, **given))

    def typed(self, number: int) -> Any:
        return self.keys[number] if self.keys else self.sample.typed[number]

    def held(self, number: int) -> Any:
        return self.keys[number] if self.keys else self.sample.held[number]

    def python(self, number: int) -> Any:
        return self.keys[number] if self.keys else self.sample.python[number]

    def text(self, template: str) -> str:
        text = template.replace("{}", self.name)
        for number, key in enumerate(self.keys):
            text = text.replace(f"{{r{number}}}", str(key))
        return text

    def now(self, number: int) -> Any:
        return Company.objects.get(pk=self.rows[number].pk)
