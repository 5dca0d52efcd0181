"""Many records at once on the web: picking, preview, run, what is left out, undo; never more than one may change."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from coordina.core.actions import of
from coordina.customers.models import Company
from coordina.leads.defaults import make_default_funnel
from coordina.leads.models import Lead
from coordina.ledger.doors import submit
from coordina.ledger.models import ChangeSet
from coordina.ledger.queue.worker import run_until_idle
from coordina.pipeline.models import Opportunity, Pipeline, Stage
from coordina.records.bulk import steps
from coordina.records.models import BulkRun, BulkState, Tag, TagLink
from coordina.web.bulk import choices

from .conftest import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def pipeline(world: World) -> Pipeline:
    """Two open stages, a won and a lost one."""
    made: Pipeline = world.make(Pipeline, name="Ventas")
    for name, kind, probability in (("Nueva", "open", 10), ("Oferta", "open", 50), ("Ganada", "won", 100)):
        world.make(Stage, pipeline=made.pk, name=name, kind=kind, probability=probability)
    world.make(Stage, pipeline=made.pk, name="Perdida", kind="lost", probability=0)
    return made


@pytest.fixture
def companies(world: World) -> list[Company]:
    """Three of Ana's, one of Luis's."""
    owners = (world.ana, world.ana, world.ana, world.luis)
    return [world.make(Company, owner=o.pk, name=f"Empresa {n}", city="Soria") for n, o in enumerate(owners)]


def text(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(content.decode())


def order(client: Client, url: str = "companies", **given: Any) -> BulkRun:
    """Send the form; gives the run whose preview it leads to."""
    answer = client.post(f"/{url}/bulk/", given)
    assert answer.status_code == 302, text(answer)[:3000]
    return BulkRun.objects.get(pk=int(answer["Location"].split("/")[-2]))


def go(client: Client, run: BulkRun) -> BulkRun:
    assert client.post(f"/bulk/{run.pk}/start/").status_code == 302
    return BulkRun.objects.get(pk=run.pk)


def test_a_list_offers_boxes_and_a_bar_to_those_who_may_do_something(world: World, companies: list[Company]) -> None:
    page = text(world.client(world.ana).get("/companies/"))
    assert page.count('class="check pick"') == 4  # she sees all companies, and may change her own
    assert '<form id="bulk"' in page
    assert 'value="edit"' in page
    assert 'value="delete"' not in page  # her role may not
    reader = world.nobody
    from coordina.ledger.change_sets import change_set

    with change_set(by=None, at=dt.datetime.now(dt.UTC), via="system"):
        reader.role.reach = {"customers.view_company": "all"}
        reader.role.save()
    page = text(world.client(reader).get("/companies/"))
    assert "Empresa 1" in page
    assert "pick" not in page.split("<main")[1].split("</main")[0]


def test_fields_of_many_are_set_and_taken_back_as_one(world: World, companies: list[Company]) -> None:
    client = world.client(world.ana)
    page = text(client.get("/companies/bulk/", {"do": "edit", "id": [c.pk for c in companies]}))
    assert "mode_city" in page
    assert "mode_name" not in page
    run = order(client, do="edit", id=[c.pk for c in companies], mode_city="set", city="Ávila", mode_phone="keep")
    assert run.state == BulkState.CHECKED
    assert run.counts == {"change": 3, "same": 0, "refused": 1}
    assert not Company.objects.filter(city="Ávila").exists()
    preview = text(client.get(f"/bulk/{run.pk}/"))
    assert "Soria" in preview
    assert "Ávila" in preview
    assert "Empresa 3" in preview  # left out: it is Luis's
    run = go(client, run)
    assert run.state == BulkState.DONE
    assert run.counts["done"] == 3
    assert set(Company.objects.filter(city="Ávila").values_list("pk", flat=True)) == {c.pk for c in companies[:3]}
    result = text(client.get(f"/bulk/{run.pk}/"))
    assert f"/changes/{run.change_set_id}/undo/" in result
    file = text(client.get(f"/bulk/{run.pk}/left-out/"))
    assert "Empresa 3" in file
    assert client.post(f"/changes/{run.change_set_id}/undo/").status_code == 302
    assert set(Company.objects.values_list("city", flat=True)) == {"Soria"}


def test_nobody_reaches_further_by_many_than_by_one(world: World, companies: list[Company], pipeline: Pipeline) -> None:
    client = world.client(world.luis)
    run = order(client, do="edit", all="yes", q="city = Soria", mode_city="set", city="Vigo")
    assert run.counts == {"change": 1, "same": 0, "refused": 3}
    go(client, run)
    assert list(Company.objects.filter(city="Vigo").values_list("pk", flat=True)) == [companies[3].pk]
    secret = world.make(Opportunity, name="Secreta", owner=world.ana.pk)
    answer = client.post(
        "/opportunities/bulk/", {"do": "edit", "id": [secret.pk], "mode_next_step": "set", "next_step": "x"}
    )
    assert answer.status_code == 422  # nothing of what was picked exists for him
    assert client.get("/companies/bulk/", {"do": "delete", "id": [companies[3].pk]}).status_code == 404
    assert client.get("/stages/bulk/", {"do": "edit", "id": [1]}).status_code == 404
    theirs = order(world.client(world.ana), do="edit", id=[companies[0].pk], mode_city="set", city="Lugo")
    for url in (f"/bulk/{theirs.pk}/", f"/bulk/{theirs.pk}/left-out/"):
        assert client.get(url).status_code == 404
    assert client.post(f"/bulk/{theirs.pk}/start/").status_code == 404


def test_a_permission_lost_meanwhile_is_not_used(world: World, companies: list[Company]) -> None:
    run = order(world.client(world.ana), do="edit", id=[companies[0].pk], mode_city="set", city="Lugo")
    from coordina.ledger.change_sets import change_set

    with change_set(by=None, at=dt.datetime.now(dt.UTC), via="system"):
        role = world.ana.role
        role.reach = {"customers.view_company": "all"}
        role.save()
    assert world.client(world.ana).post(f"/bulk/{run.pk}/start/").status_code == 403
    companies[0].refresh_from_db()
    assert companies[0].city == "Soria"


def test_tags_are_added_and_taken_off_beside_what_each_has(world: World, companies: list[Company]) -> None:
    client = world.client(world.director)
    one, two = companies[:2]
    order_of_one = order(client, do="tags", id=[one.pk], mode_tags="set", tags="feria, vip")
    go(client, order_of_one)
    added = go(client, order(client, do="tags", id=[one.pk, two.pk], mode_tags="add", tags="VIP, norte"))
    assert added.counts["done"] == 2

    def words(company: Company) -> set[str]:
        return set(TagLink.of(company).values_list("tag__name", flat=True))

    assert words(one) == {"feria", "vip", "norte"}
    assert {w.casefold() for w in words(two)} == {"vip", "norte"}
    again = order(client, do="tags", id=[one.pk, two.pk], mode_tags="add", tags="norte")
    assert again.counts == {"change": 0, "same": 2, "refused": 0}
    go(client, order(client, do="tags", id=[one.pk, two.pk], mode_tags="remove", tags="vip"))
    assert words(one) == {"feria", "norte"}
    assert Tag.objects.count() == 3
    client.post(f"/changes/{added.change_set_id}/undo/")
    assert "norte" not in words(two)


def test_a_value_that_is_wrong_or_missing_is_said_at_its_field(world: World, companies: list[Company]) -> None:
    client = world.client(world.director)
    ids = [c.pk for c in companies]
    answers = [
        client.post("/companies/bulk/", {"do": "edit", "id": ids}),
        client.post("/companies/bulk/", {"do": "edit", "id": ids, "mode_city": "set", "city": ""}),
        client.post("/companies/bulk/", {"do": "edit", "id": ids, "mode_employees": "set", "employees": "muchos"}),
        client.post("/companies/bulk/", {"do": "owner", "id": ids, "mode_owner": "set", "owner": "999999"}),
        client.post("/companies/bulk/", {"do": "edit", "mode_city": "set", "city": "x"}),
    ]
    assert [a.status_code for a in answers] == [422] * 5
    assert not BulkRun.objects.exists()
    assert client.post("/companies/bulk/", {"do": "edit", "all": "yes", "q": "(("}).status_code == 400
    cleared = go(client, order(client, do="edit", id=ids, mode_city="clear"))
    assert cleared.counts["done"] == 4
    assert set(Company.objects.values_list("city", flat=True)) == {""}


def test_actions_of_many_keep_their_states_and_reasons(world: World, pipeline: Pipeline) -> None:
    client = world.client(world.director)
    sales = [world.make(Opportunity, name=f"Venta {n}") for n in range(3)]
    lost = dt.date(2020, 1, 1)
    run = order(client, "opportunities", do="win", id=[s.pk for s in sales], closed_on=lost.isoformat())
    assert run.counts["refused"] == 3  # before they began
    run = order(client, "opportunities", do="win", id=[s.pk for s in sales[:2]], closed_on="hoy")
    assert run.counts["change"] == 2
    run = go(client, run)
    assert [s.status for s in Opportunity.objects.order_by("pk")] == ["won", "won", "open"]
    again = order(client, "opportunities", do="win", id=[s.pk for s in sales], closed_on="hoy")
    assert again.counts == {"change": 1, "same": 0, "refused": 2}
    back = go(client, order(client, "opportunities", do="reopen", id=[s.pk for s in sales]))
    assert back.counts == {"change": 2, "same": 0, "refused": 1, "done": 2}
    assert {s.status for s in Opportunity.objects.all()} == {"open"}
    client.post(f"/changes/{back.change_set_id}/undo/")
    assert [s.status for s in Opportunity.objects.order_by("pk")] == ["won", "won", "open"]


def test_what_others_refer_to_is_not_deleted_with_the_rest(
    world: World, companies: list[Company], pipeline: Pipeline
) -> None:
    client = world.client(world.director)
    world.make(Opportunity, name="Venta", company=companies[0].pk)
    run = order(client, do="delete", id=[c.pk for c in companies])
    assert run.counts == {"change": 3, "same": 0, "refused": 1}
    run = go(client, run)
    assert list(Company.objects.values_list("pk", flat=True)) == [companies[0].pk]
    client.post(f"/changes/{run.change_set_id}/undo/")
    assert Company.objects.count() == 4


def test_what_somebody_changes_meanwhile_is_left_or_merged(world: World, companies: list[Company]) -> None:
    client = world.client(world.director)
    ids = [c.pk for c in companies[:3]]
    run = order(client, do="edit", id=ids, mode_city="set", city="Ávila")
    other = world.client(world.ana)
    edit = {"version": companies[0].version, "city": "Teruel"}
    assert other.post(f"/companies/{ids[0]}/edit/city/", edit, headers={"HX-Request": "true"}).status_code == 200
    edit = {"version": companies[1].version, "industry": "Vino"}
    other.post(f"/companies/{ids[1]}/edit/industry/", edit, headers={"HX-Request": "true"})
    run = go(client, run)
    assert run.counts["done"] == 2
    assert run.counts["refused"] == 1
    cities = dict(Company.objects.values_list("pk", "city"))
    assert [cities[pk] for pk in ids] == ["Teruel", "Ávila", "Ávila"]


def test_many_become_a_job_that_can_be_stopped_and_goes_on(
    world: World, companies: list[Company], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "AT_ONCE", 1)
    client = world.client(world.director)
    run = order(client, do="edit", all="yes", mode_city="set", city="Ávila")
    assert run.state == BulkState.CHECKING
    assert client.get(f"/bulk/{run.pk}/").status_code == 200
    run_until_idle()
    run.refresh_from_db()
    assert run.counts["change"] == 4
    assert go(client, run).state == BulkState.RUNNING
    assert client.post(f"/bulk/{run.pk}/start/").status_code == 409
    client.post(f"/bulk/{run.pk}/stop/")
    page = text(client.get(f"/bulk/{run.pk}/"))
    assert f"/bulk/{run.pk}/start/" in page
    go(client, run)
    run_until_idle()
    run.refresh_from_db()
    assert (run.state, run.counts["done"]) == (BulkState.DONE, 4)
    change = ChangeSet.objects.get(pk=run.change_set_id)
    assert change.state == "done"
    assert change.via == "bulk"


def test_boxes_and_bar_cost_no_query(
    world: World, companies: list[Company], queries: Callable[[Client, str], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with_boxes = queries(world.client(world.director), "/companies/")
    monkeypatch.setattr(choices, "bulk_actions", lambda user, known: [])
    assert queries(world.client(world.director), "/companies/") == with_boxes


def test_leads_are_handed_out_and_discarded_by_the_hundred(world: World) -> None:
    client = world.client(world.director)
    submit(of(make_default_funnel), {}, by=world.director, via="web")
    leads = [world.make(Lead, name=f"Interesado {n}", owner=world.ana.pk) for n in range(3)]
    ids = [lead.pk for lead in leads]
    done = go(client, order(client, "leads", do="owner", id=ids, mode_owner="set", owner=world.luis.pk))
    assert done.counts["done"] == 3
    assert set(Lead.objects.values_list("owner__name", flat=True)) == {"Luis Sur"}
    client.post(f"/changes/{done.change_set_id}/undo/")
    assert set(Lead.objects.values_list("owner__name", flat=True)) == {"Ana Norte"}
