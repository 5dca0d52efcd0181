"""Ending somebody's access with a hand-over: who takes over what, open things only, undone as bulk work."""

from typing import Any

import pytest

from coordina.accounts.enums import Access
from coordina.accounts.models import User
from coordina.core.actions import of
from coordina.customers.models import Company
from coordina.ledger.doors import submit
from coordina.ledger.queue.worker import run_until_idle
from coordina.pipeline.defaults import make_default_pipeline
from coordina.pipeline.models import Opportunity
from coordina.records.bulk import steps
from coordina.records.models import BulkRun

from .conftest import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(world: World) -> World:
    """Ana looks after two companies and three opportunities, one of them won."""
    submit(of(make_default_pipeline), {}, by=world.director, via="web")
    for n in range(2):
        world.make(Company, name=f"Empresa {n}", owner=world.ana.pk)
    sales = [world.make(Opportunity, name=f"Venta {n}", owner=world.ana.pk) for n in range(3)]
    from coordina.pipeline.actions import win

    submit(of(win), {"closed_on": sales[0].opened_on}, by=world.director, via="web", pk=sales[0].pk)
    return world


def owners(model: Any) -> list[str]:
    return [row.owner.name for row in model.objects.select_related("owner").order_by("pk")]


def test_everything_open_goes_to_whom_was_chosen_and_comes_back(held: World) -> None:
    client = held.client(held.director)
    url = f"/users/{held.ana.pk}/do/deactivate/"
    page = client.get(url).content.decode()
    assert 'name="to_company"' in page
    given = {"sure": "yes", "to_all": held.luis.pk, "to_opportunity": held.manager.pk}
    answer = client.post(url, given)
    assert answer["Location"] == f"/users/{held.ana.pk}/hand-over/"
    assert User.objects.get(pk=held.ana.pk).access == Access.DEACTIVATED
    assert owners(Company) == ["Luis Sur"] * 2
    assert owners(Opportunity) == ["Ana Norte", "Mario Gestor", "Mario Gestor"]
    assert {c.team.name for c in Company.objects.select_related("team")} == {"Sur"}
    page = client.get(answer["Location"]).content.decode()
    assert page.count("/bulk/") >= 2
    history = client.get(f"/companies/{Company.objects.first().pk}/history/").content.decode()
    assert "Ana Norte" in history
    run = BulkRun.objects.get(type="company")
    client.post(f"/changes/{run.change_set_id}/undo/")
    assert owners(Company) == ["Ana Norte"] * 2


def test_without_a_choice_nothing_moves_and_it_can_be_done_later(held: World) -> None:
    client = held.client(held.director)
    client.post(f"/users/{held.ana.pk}/do/deactivate/", {"sure": "yes"})
    assert owners(Company) == ["Ana Norte"] * 2
    later = f"/users/{held.ana.pk}/hand-over/"
    client.post(later, {"to_all": held.luis.pk, "to_opportunity": "leave"})
    assert owners(Company) == ["Luis Sur"] * 2
    assert set(owners(Opportunity)) == {"Ana Norte"}


def test_nobody_hands_over_to_strangers_or_without_the_right(held: World) -> None:
    client = held.client(held.director)
    url = f"/users/{held.ana.pk}/do/deactivate/"
    assert client.post(url, {"sure": "yes", "to_all": "999999"}).status_code == 422
    assert User.objects.get(pk=held.ana.pk).access == Access.ACTIVE
    assert held.client(held.luis).get(f"/users/{held.ana.pk}/hand-over/").status_code == 403
    assert held.client(held.luis).post(f"/users/{held.ana.pk}/hand-over/", {"to_all": held.luis.pk}).status_code == 403
    assert owners(Company) == ["Ana Norte"] * 2


def test_much_goes_on_as_a_job(held: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "AT_ONCE", 1)
    client = held.client(held.director)
    client.post(f"/users/{held.ana.pk}/hand-over/", {"to_all": held.luis.pk})
    assert owners(Company) == ["Ana Norte"] * 2
    run_until_idle()
    assert owners(Company) == ["Luis Sur"] * 2
    assert client.get(f"/users/{held.ana.pk}/hand-over/").status_code == 200
