"""Lists."""

from typing import Any

import pytest

from coordina.customers.models import Company

from .conftest import World

pytestmark = pytest.mark.django_db


def test_a_list_shows_rows(world: World, director: Any) -> None:
    world.make(Company, name="Óptica Lince", city="Lugo", employees=12)
    page = director.get("/companies/").content.decode()
    assert "Óptica Lince" in page
    assert "Lugo" in page
