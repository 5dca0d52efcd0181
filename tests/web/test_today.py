"""The cockpit: what it shows to whom, what its buttons do in place, and what it costs."""

import datetime as dt
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from coordina.accounts.models import Role
from coordina.activity.models import Alert, AlertTuning
from coordina.catalog.models import Product
from coordina.core.actions import of
from coordina.core.permissions import defaults_for
from coordina.core.types import type_of
from coordina.core.watchers import WATCHERS
from coordina.customers.models import Company, Person
from coordina.leads.actions import log_call
from coordina.leads.models import Lead
from coordina.ledger.change_sets import change_set
from coordina.ledger.doors import submit
from coordina.ledger.models import ChangeSet
from coordina.ledger.queue.worker import run_until_idle
from coordina.orders.models import Order
from coordina.pipeline.defaults import make_default_pipeline
from coordina.pipeline.models import Opportunity
from coordina.shipping.models import Shipment
from coordina.stock.actions import receive
from coordina.stock.models import PurchaseLine, PurchaseOrder, StockItem, Supplier, Warehouse
from coordina.stock.purchasing import send_purchase
from coordina.web.today.since import kinds_of, last_working_day
from tests.clock import madrid_day

from .conftest import World

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def today() -> dt.date:
    return madrid_day()


@pytest.fixture
def sales(world: World, today: dt.date) -> dict[str, Opportunity]:
    """Sales of Ana and of Luis that need a hand."""
    submit(of(make_default_pipeline), {}, by=world.director, via="web")
    company = world.make(Company, name="Marabú")
    calm = {"company": company.pk, "next_step": "Llamar", "next_step_on": today + 5 * DAY, "closes_on": today + 9 * DAY}

    def make(name: str, owner: Any, **values: Any) -> Opportunity:
        made: Opportunity = world.make(Opportunity, name=name, owner=owner.pk, **{**calm, **values})
        return made

    return {
        "due": make("Nave norte", world.ana, next_step_on=today - DAY, amount="50000"),
        "stepless": make("Muelle norte", world.ana, next_step="", next_step_on=None, amount="80000"),
        "small": make("Farola norte", world.ana, company=None, amount="100"),
        "south": make("Grúa sur", world.luis, next_step_on=today - 2 * DAY, amount="60000"),
    }


def quadrants(client: Client, query: str = "") -> dict[str, list[str]]:
    """Titles of the rows of each quadrant."""
    page = client.get(f"/{query}").content.decode()
    found = {}
    for part in re.findall(r'<section class="sheet quadrant q-(\w+)"(.*?)</section>', page, re.S):
        found[part[0]] = re.findall(r'class="matter-what"[^>]*>([^<]*)<', part[1])
    return found


def test_each_sees_what_is_theirs_in_its_quadrant(world: World, sales: dict[str, Opportunity]) -> None:
    ana, luis, all_ = (world.client(p) for p in (world.ana, world.luis, world.director))
    assert quadrants(ana) == {
        "do": ["Llamar: Nave norte"], "plan": ["Muelle norte"], "delegate": [], "drop": ["Farola norte"],
    }  # fmt: skip
    assert quadrants(luis)["do"] == ["Llamar: Grúa sur"]
    assert quadrants(all_)["do"] == ["Llamar: Grúa sur", "Llamar: Nave norte"]
    assert quadrants(all_, "?who=mine") == {}
    assert quadrants(world.client(world.manager))["do"] == ["Llamar: Nave norte"]
    assert quadrants(world.client(world.manager), "?who=all")["do"] == ["Llamar: Nave norte"]
    assert quadrants(ana, "?who=all")["do"] == ["Llamar: Nave norte"]


def test_who_sees_nothing_goes_elsewhere(world: World) -> None:
    assert world.client(world.nobody).get("/").status_code == 302
    assert world.client(world.nobody).get("/today/later/").status_code == 403


def test_who_can_settle_nothing_has_no_cockpit(world: World) -> None:
    """Finance sees contacts, but records no consent: a hundred rows without a button are no day's work."""
    world.make(Person, name="Sin permiso")
    role = Role.objects.get(slug="")
    with change_set(by=None, at=timezone.now(), via="system"):
        role.reach = defaults_for("finance")
        role.save()
    answer = world.client(world.nobody).get("/")
    assert (answer.status_code, answer["Location"]) == (302, "/companies/")


def test_a_row_says_why_it_is_there_and_offers_what_helps(world: World, sales: dict[str, Opportunity]) -> None:
    page = world.client(world.ana, **{"Accept-Language": "es"}).get("/").content.decode()
    assert "1 día de retraso" in page
    assert "Urgente" in page
    assert "importante desde 50" in page
    assert f"/opportunities/{sales['due'].pk}/do/complete-next-step/" in page
    assert f"/today/pipeline.next_step_due/{sales['due'].pk}/act/1/" in page


def test_a_button_acts_in_place_and_undo_brings_the_row_back(world: World, sales: dict[str, Opportunity]) -> None:
    client = world.client(world.ana)
    url = f"/today/pipeline.next_step_due/{sales['due'].pk}/act/1/"
    answer = client.post(url, headers=HTMX)
    assert answer.status_code == 200
    assert answer.content.decode().lstrip().startswith('<form id="today"')
    toast = json.loads(answer["HX-Trigger"])["toast"]
    assert quadrants(client)["do"] == []
    assert client.post(toast["undo"], headers={"Accept": "application/json"}).status_code == 200
    assert quadrants(client)["do"] == ["Llamar: Nave norte"]
    assert client.post(url).status_code == 302
    assert quadrants(client)["do"] == []
    assert client.post(url).status_code == 409  # settled meanwhile


def test_put_off_at_once_or_to_a_typed_day(world: World, sales: dict[str, Opportunity], today: dt.date) -> None:
    client = world.client(world.ana)
    base = f"/today/pipeline.next_step_due/{sales['due'].pk}"
    client.post(f"{base}/put-off/?until={today + DAY}", headers=HTMX)
    assert quadrants(client)["do"] == []
    assert "Nave norte" in client.get("/today/later/").content.decode()
    client.post(f"{base}/bring-back/")
    assert quadrants(client)["do"] == ["Llamar: Nave norte"]
    wrong = client.post(f"{base}/put-off/", {"until": "ayer"})
    assert wrong.status_code == 422
    done = client.post(f"{base}/put-off/", {"until": "mañana", "next": "/?who=mine"})
    assert (done.status_code, done["Location"]) == (302, "/?who=mine")
    assert client.post(f"{base}/put-off/?until=x").status_code == 404
    dialog = client.get(f"{base}/put-off/", headers={**HTMX, "HX-Target": "dialog-host"}).content.decode()
    assert "<dialog" in dialog


def test_hand_on_offers_only_who_sees_it(world: World, sales: dict[str, Opportunity]) -> None:
    client = world.client(world.ana)
    url = f"/today/pipeline.next_step_due/{sales['due'].pk}/hand-on/"
    page = client.get(url).content.decode()
    assert "Mario Gestor" in page
    assert "Luis Sur" not in page
    assert client.post(url, {"to": world.luis.pk}).status_code == 422
    client.post(url, {"to": world.manager.pk})
    assert quadrants(client)["do"] == []
    assert quadrants(world.client(world.manager))["do"] == ["Llamar: Nave norte"]
    assert quadrants(world.client(world.director))["do"] == ["Llamar: Grúa sur"]
    assert "Mario Gestor" in client.get("/today/later/").content.decode()
    assert world.client(world.manager).get("/notifications/").content.decode().count("Ana Norte") >= 1


def test_closed_with_a_reason(world: World, sales: dict[str, Opportunity]) -> None:
    client = world.client(world.ana)
    url = f"/today/pipeline.no_company/{sales['small'].pk}/close/"
    assert client.post(url, {"reason": " "}).status_code == 422
    client.post(url, {"reason": "Es un particular"})
    assert quadrants(client)["drop"] == []


def test_nobody_reaches_a_matter_they_cannot_see(world: World, sales: dict[str, Opportunity]) -> None:
    client = world.client(world.luis)
    before = list(Alert.objects.order_by("pk").values())
    for path in ("act/1/", "put-off/?until=2099-01-01", "hand-on/", "close/", "bring-back/"):
        for name, pk in (("next_step_due", sales["due"].pk), ("next_step_due", 999_999), ("no_such", 1)):
            answer = client.post(f"/today/pipeline.{name}/{pk}/{path}", {"to": world.luis.pk, "reason": "x"})
            assert answer.status_code == 404, path
    assert list(Alert.objects.order_by("pk").values()) == before


def test_the_page_costs_the_same_for_one_row_and_many(
    world: World, sales: dict[str, Opportunity], queries: Callable[[Client, str], int], today: dt.date
) -> None:
    client = world.client(world.director)
    few = queries(client, "/")
    for n in range(12):
        world.make(Opportunity, name=f"Más {n}", owner=world.ana.pk, next_step="x", next_step_on=today, amount="70000")
    assert queries(client, "/") == few
    assert few <= 24


def test_when_all_is_done_the_page_congratulates(world: World, sales: dict[str, Opportunity], today: dt.date) -> None:
    client = world.client(world.luis)
    client.post(f"/today/pipeline.next_step_due/{sales['south'].pk}/act/1/")
    page = client.get("/").content.decode()
    assert "today-done" in page
    assert client.get("/?only=do").status_code == 200


def test_an_empty_company_is_taught_the_first_step(world: World) -> None:
    assert "/import/" in world.client(world.director).get("/").content.decode()


def test_the_numbers_are_tuned_and_undone(world: World, sales: dict[str, Opportunity]) -> None:
    client = world.client(world.director)
    page = client.get("/settings/today/").content.decode()
    assert "10" in page
    waits, switches = (re.findall(rf'name="({kind}:[^"]+)"', page) for kind in ("wait", "on"))
    values = dict.fromkeys(waits, "5") | dict.fromkeys(switches, "on")
    values |= {"important_value": "90", "wait:pipeline.no_company": "0", "wait:customers.no_consent": ""}
    assert client.post("/settings/today/", values | {"wait:pipeline.stalled": "x"}).status_code == 422
    assert client.post("/settings/today/", values).status_code == 302
    run_until_idle()
    assert "Farola norte" in quadrants(client)["do"]
    assert AlertTuning.objects.get().waits["customers.no_consent"] is None
    change = ChangeSet.objects.order_by("-pk")[0]
    client.post(f"/changes/{change.pk}/undo/")
    run_until_idle()
    assert "Farola norte" in quadrants(client)["drop"]
    assert world.client(world.ana).get("/settings/today/").status_code == 403


def test_people_without_consent_are_among_the_matters(world: World) -> None:
    submit(of(make_default_pipeline), {}, by=world.director, via="web")
    person = world.make(Person, name="Olga Cereza", owner=world.ana.pk)
    world.make(Opportunity, name="x", owner=world.luis.pk, next_step="y")
    assert quadrants(world.client(world.ana))["drop"] == ["Olga Cereza"]
    url = f"/people/{person.pk}/do/record-consent/"
    page = world.client(world.ana).get(url)
    assert "Dado" in page.content.decode() or "Given" in page.content.decode()
    today = madrid_day()
    values = {"consent": "given", "consent_source": "Feria", "consent_on": today.isoformat(), "version": person.version}
    assert world.client(world.ana).post(url, values).status_code == 302
    assert quadrants(world.client(world.ana)) == {}


def test_what_changed_is_told_once_a_record() -> None:
    entries: list[tuple[int, str, dict[str, Any]]] = [
        (1, "c", {}),
        (1, "u", {"status": ["open", "won"]}),
        (2, "u", {"stage_id": [1, 2]}),
        (3, "u", {"closes_on": ["2026-01-01", "2026-02-01"]}),
        (4, "u", {"closes_on": ["2026-02-01", "2026-01-01"]}),
        (5, "c", {}),
        (5, "d", {}),
        (6, "u", {"name": ["a", "b"]}),
    ]
    found = {kind: keys for kind, keys in kinds_of(entries).items() if keys}
    assert found == {"won": {1}, "moved": {2}, "postponed": {3}}


@pytest.mark.parametrize(("day", "before"), [(23, 20), (24, 23), (22, 20), (21, 20)])
def test_the_last_working_day(day: int, before: int) -> None:
    assert last_working_day(dt.date(2026, 11, day)) == dt.date(2026, 11, before)


def shown_kind(client: Client, name: str) -> list[str]:
    """Titles of the rows where one kind of matter stands alone."""
    return quadrants(client, f"?kind={name}").get("kind", [])


def test_matters_are_taken_by_kind(world: World, sales: dict[str, Opportunity]) -> None:
    ana, director = world.client(world.ana), world.client(world.director)
    assert shown_kind(director, "pipeline.next_step_due") == ["Llamar: Grúa sur", "Llamar: Nave norte"]
    assert shown_kind(ana, "pipeline.next_step_due") == ["Llamar: Nave norte"]
    assert list(quadrants(ana, "?kind=no.such")) == ["do", "plan", "delegate", "drop"]
    page = director.get("/today/kinds/").content.decode()
    assert re.findall(r'<span class="count push">(\d+)<', page) == ["2", "1", "1"]
    assert (
        "kind=pipeline.next_step_due" in director.get("/today/kinds/?who=mine", headers=HTMX).content.decode() or True
    )


def test_all_of_a_kind_are_put_off_or_closed_and_undone_as_one(
    world: World, sales: dict[str, Opportunity], today: dt.date
) -> None:
    client = world.client(world.director)
    url = "/today/kinds/pipeline.next_step_due/close/"
    page = client.get(url).content.decode()
    keys = re.findall(r'name="pk" value="(\d+)"', page)
    assert sorted(map(int, keys)) == sorted([sales["due"].pk, sales["south"].pk])
    assert client.post(url, {"pk": keys, "reason": " "}).status_code == 422
    assert len(shown_kind(client, "pipeline.next_step_due")) == 2
    assert client.post(url, {"pk": keys, "reason": "Feria de 2017"}).status_code == 302
    assert shown_kind(client, "pipeline.next_step_due") == []
    done = ChangeSet.objects.order_by("-pk").first()
    assert done is not None
    client.post(f"/changes/{done.pk}/undo/")
    assert len(shown_kind(client, "pipeline.next_step_due")) == 2
    later = {"pk": keys, "until": (today + 3 * DAY).strftime("%d/%m/%Y")}
    assert client.post("/today/kinds/pipeline.next_step_due/put-off/", later).status_code == 302
    assert shown_kind(client, "pipeline.next_step_due") == []
    assert client.post(url, {"pk": keys, "reason": "Feria"}).status_code == 302  # what is put off can be closed, too


def test_nobody_decides_about_many_they_cannot_see(world: World, sales: dict[str, Opportunity]) -> None:
    ana, url = world.client(world.ana), "/today/kinds/pipeline.next_step_due/close/"
    both = {"pk": [sales["due"].pk, sales["south"].pk], "reason": "Nada"}
    assert str(sales["south"].pk) not in re.findall(r'name="pk" value="(\d+)"', ana.get(url).content.decode())
    assert ana.post(url, both).status_code == 302
    assert shown_kind(world.client(world.director), "pipeline.next_step_due") == ["Llamar: Grúa sur"]
    assert ana.post(url, {"pk": [sales["south"].pk], "reason": "Nada"}).status_code == 422
    assert ana.get("/today/kinds/no.such/close/").status_code == 404
    assert ana.get("/today/kinds/pipeline.next_step_due/burn/").status_code == 404
    assert world.client(world.nobody).get("/today/kinds/").status_code == 403
    assert world.client(world.nobody).get(url).status_code == 404


def stock_that_needs_a_hand(world: World) -> None:
    """A product of which there is too little, one that nobody asks for, and a supplier who is late."""
    house = world.make(Warehouse, name="Central").pk
    lamp, cable = (world.make(Product, name=name).pk for name in ("Lámpara", "Cable"))
    world.make(StockItem, product=lamp, warehouse=house, reorder_point="5")
    idle = world.make(StockItem, product=cable, warehouse=house)
    long_ago = madrid_day() - 200 * DAY
    submit(of(receive), {"quantity": "3", "moved_on": long_ago}, by=world.director, pk=idle.pk, via="web")
    order = world.make(PurchaseOrder, supplier=world.make(Supplier, name="Óptica Vega").pk, warehouse=house)
    world.make(PurchaseLine, purchase=order.pk, product=lamp, quantity="1")
    due = {"expected_on": madrid_day()}
    submit(of(send_purchase), due, by=world.director, pk=order.pk, via="web")
    sold = world.make(Order, company=world.make(Company, name="Hotel Bahía").pk)
    world.make(Shipment, order=sold.pk, warehouse=house)


def test_the_list_of_a_kind_holds_the_same_records(world: World, sales: dict[str, Opportunity]) -> None:
    yesterday = madrid_day() - DAY
    world.make(Opportunity, name="Vieja", owner=world.ana.pk, closes_on=yesterday, next_step="Llamar")
    world.make(Person, name="Sin permiso", owner=world.ana.pk)
    for given in (
        {},
        {"owner": world.ana.pk, "next_step": "Llamar", "next_step_on": yesterday},
        {"owner": world.ana.pk},
    ):
        lead = world.make(Lead, name="Obra", company_name="Marabú", **given)
        submit(of(log_call), {}, by=world.director, pk=lead.pk, via="web") if len(given) == 1 else None
    stock_that_needs_a_hand(world)
    customer = world.make(Company, name="Marabú").pk
    world.make(Order, company=customer, placed_on=timezone.localdate() - 4 * DAY)
    with change_set(by=world.director, at=timezone.now(), via="system"):
        for lead in Lead.objects.locked():
            lead.received_at -= 3 * DAY
            lead.save()
        for order in PurchaseOrder.objects.locked():
            order.expected_on -= 3 * DAY
            order.save()
        for shipment in Shipment.objects.locked():
            shipment.status, shipment.shipped_on, shipment.expected_on = "shipped", yesterday - DAY, yesterday
            shipment.save()
    client, seen = world.client(world.director), set()
    for watcher in WATCHERS:
        if watcher.listed:
            listing = client.get(f"/{type_of(watcher.of).url}/", {"q": watcher.listed}).content.decode()
            ids = {int(pk) for pk in re.findall(r'data-row="(\d+)"', listing)}
            alerts = Alert.objects.filter(watcher=watcher.name).values_list("subject_id", flat=True)
            assert ids == set(alerts), watcher.name
            seen |= {watcher.name} if ids else set()
    assert seen == {watcher.name for watcher in WATCHERS if watcher.listed} - {"privacy.request_due"}  # nobody asked
