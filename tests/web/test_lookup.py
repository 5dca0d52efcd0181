"""Records that a reference may name."""

from typing import Any

import pytest

from coordina.accounts.models import Team
from coordina.customers.models import Company

from .conftest import World

pytestmark = pytest.mark.django_db


def labels(client: Any, url: str) -> list[str]:
    return [item["label"] for item in client.get(url).json()["items"]]


def test_titles_that_begin_with_what_was_typed(world: World, director: Any) -> None:
    for name in ("Óptica Lince", "Ópera", "Lince Óptica"):
        world.make(Company, name=name, city="Lugo")
    assert labels(director, "/companies/lookup/?q=Óp")[:2] == ["Ópera", "Óptica Lince"]
    assert labels(director, "/companies/lookup/?q=óp")[:2] == ["Ópera", "Óptica Lince"]
    assert director.get("/companies/lookup/?q=Lin").json()["items"][0]["fact"] == "Lugo"
    assert labels(director, "/companies/lookup/?q=lince") == ["Lince Óptica", "Óptica Lince"]


def test_own_and_newest_first_at_most_twenty(world: World) -> None:
    world.make(Company, by=world.luis, name="De Luis")
    for number in range(25):
        world.make(Company, by=world.ana, name=f"De Ana {number:02}")
    found = labels(world.client(world.ana), "/companies/lookup/?q=")
    assert len(found) == 20
    assert found[0] == "De Ana 24"


def test_settings_are_offered_by_name(world: World, director: Any) -> None:
    world.make(Team, name="Centro")
    assert labels(director, "/teams/lookup/") == ["Centro", "Norte", "Sur"]


def test_without_permission_nothing(world: World) -> None:
    assert world.client(world.nobody).get("/companies/lookup/?q=a").status_code == 403
