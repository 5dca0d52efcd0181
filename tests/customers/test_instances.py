"""Objects made and loaded without Django's constructor are what Django's constructor makes."""

from decimal import Decimal

import pytest

from coordina.core.instances import fresh, loaded
from coordina.customers.models import Company
from coordina.pipeline.models import Opportunity, StageEntry
from tests.world import World

pytestmark = pytest.mark.django_db


def test_a_fresh_row_is_as_django_makes_it(world: World) -> None:
    company = world.create(Company, name="Alfa", by=world.boss)
    values = {"name": "X", "company": company, "owner": world.rep, "amount": Decimal("7"), "team": None}
    ours, theirs = fresh(Opportunity, values), Opportunity(**values)
    assert [getattr(ours, f.attname) for f in Opportunity._meta.concrete_fields] == [
        getattr(theirs, f.attname) for f in Opportunity._meta.concrete_fields
    ]
    assert (ours.company, ours.owner, ours.team) == (company, world.rep, None)
    assert (ours._state.adding, ours._state.db, ours.other_data) == (True, None, theirs.other_data)


def test_fresh_rows_share_nothing() -> None:
    one, other = fresh(Opportunity, {}), fresh(Opportunity, {})
    one.other_data["a"] = "b"
    assert other.other_data == {}


def test_a_name_that_is_no_field_is_refused() -> None:
    with pytest.raises(TypeError, match="colour"):
        fresh(StageEntry, {"colour": "red"})


@pytest.fixture
def companies(world: World) -> list[Company]:
    return [world.create(Company, name=name, by=world.boss) for name in ("Alfa", "Bravo")]


def test_loaded_rows_are_as_django_loads_them(companies: list[Company]) -> None:
    keys = [c.pk for c in companies]
    ours, theirs = loaded(Company, [*keys, 10**9]), Company.objects.in_bulk(keys)
    assert ours == theirs
    for key in keys:
        assert {f.attname: getattr(ours[key], f.attname) for f in Company._meta.concrete_fields} == {
            f.attname: getattr(theirs[key], f.attname) for f in Company._meta.concrete_fields
        }
        assert not ours[key]._state.adding
        assert ours[key].owner == theirs[key].owner
