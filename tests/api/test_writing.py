"""What programs write: through actions alone, once by key, never over what others did, and on record."""

from typing import Any

import pytest

from coordina.customers.models import Company, Person
from coordina.ledger.models.changes import ChangeSet
from coordina.pipeline.models import Opportunity, Stage
from coordina.records.models import Note
from tests.clock import madrid_day

from ..world import World
from .conftest import program

pytestmark = pytest.mark.django_db
TODAY = madrid_day().isoformat()


@pytest.fixture
def deal(world: World) -> Any:
    company = world.create(Company, by=world.rep, name="Faro", city="Lugo")
    return world.create(Opportunity, by=world.rep, name="Torre", company=company, amount="100", currency="EUR")


def test_a_record_is_made_changed_and_removed(world: World) -> None:
    caller = program(world.rep)
    made = caller.post("/companies", {"name": "Faro", "annual_revenue": {"amount": "12.50", "currency": "EUR"}})
    assert made.status_code == 201
    url, row = made["Location"], made.json()
    assert caller.get(url).json() == row
    assert made["ETag"] == '"1"'
    changed = caller.patch(url, {"city": "Lugo"})
    assert (changed.status_code, changed.json()["city"], changed["ETag"]) == (200, "Lugo", '"2"')
    assert caller.delete(url).status_code in (204, 403)
    gone = program(world.boss).delete(url)
    assert gone.status_code in (204, 404)
    assert not Company.objects.exists()
    doors = set(
        ChangeSet.objects.filter(by=world.rep).exclude(action="accounts.make_token").values_list("via", flat=True)
    )
    assert doors == {"rest"}


def test_actions_are_done_by_name(world: World, deal: Any) -> None:
    caller = program(world.rep)
    won = caller.post(f"/opportunities/{deal.reference}/win", {"closed_on": TODAY})
    assert won.status_code == 200, won.content
    assert won.json()["status"] == "won"
    again = caller.post(f"/opportunities/{deal.pk}/win", {"closed_on": TODAY})
    assert (again.status_code, again.json()["code"]) == (409, "state")


def test_what_belongs_to_a_record_is_written_too(world: World, deal: Any) -> None:
    caller = program(world.rep)
    note = caller.post("/notes", {"subject_type": "pipeline.Opportunity", "subject_id": deal.pk, "text": "Llamar"})
    assert note.status_code == 201, note.content
    assert note.json()["subject_id"] == deal.pk
    assert Note.objects.get().owner_id == world.rep.pk
    tags = caller.post(
        "/actions/set-tags", {"subject_type": "pipeline.Opportunity", "subject_id": deal.pk, "tags": ["a"]}
    )
    assert tags.status_code == 200, tags.content
    assert caller.get(f"/opportunities/{deal.pk}").json()["tags"] == ["a"]


def test_references_are_ids_references_or_foreign_ids(world: World, deal: Any) -> None:
    caller = program(world.rep)
    stage = Stage.objects.filter(kind="open").order_by("-position").first()
    moved = caller.post(f"/opportunities/{deal.pk}/move", {"stage": str(stage.pk)})
    assert moved.status_code == 200, moved.content
    hidden = world.create(Person, by=world.other, name="Otra")
    for value in (hidden.pk, "hubspot:1", "OPP-000001", "x", [], {"id": 1}):
        refused = caller.patch(f"/opportunities/{deal.pk}", {"person": value})
        seen = program(world.rep).get(f"/people/{hidden.pk}").status_code == 200
        if value == hidden.pk and seen:
            continue
        assert refused.status_code == 422, (value, refused.content)
        assert refused.json()["errors"][0]["pointer"] == "/person"


def test_wrong_fields_are_pointed_to_in_the_language_of_the_request(world: World) -> None:
    refused = program(world.rep, language="es").post("/companies", {"name": "", "employees": "muchos", "nada": 1})
    assert refused.status_code == 422
    assert refused["Content-Type"] == "application/problem+json"
    body = refused.json()
    assert {e["pointer"] for e in body["errors"]} == {"/name", "/employees", "/nada"}
    assert "needs" not in str(body)
    assert not Company.objects.exists()


@pytest.mark.parametrize(
    "amount",
    [
        {"amount": "1", "currency": "XXX1"},
        {"amount": "x"},
        {"currency": "EUR"},
        {"amount": "1", "currency": "USD", "z": 1},
        {"amount": None, "currency": []},
        *("NaN", "1e999", [], "99999999999999999999"),
    ],
)
def test_amounts_that_are_none_are_refused(world: World, deal: Any, amount: Any) -> None:
    refused = program(world.rep).patch(f"/opportunities/{deal.pk}", {"amount": amount})
    assert refused.status_code == 422, refused.content
    deal.refresh_from_db()
    assert deal.amount == 100


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [(b"{", "application/json", 400), (b"[]", "application/json", 400), (b'"x"', "application/json", 400),
     (b'{"name": NaN}', "application/json", 400), (b'{"name": "a\\u0000b"}', "application/json", 400),
     (b'{"name": "\\ud800"}', "application/json", 400), (b"name=x", "application/x-www-form-urlencoded", 415),
     (b'{"name": "x"}', "text/plain", 415), (b"\xff\xfe", "application/json", 400)],
)  # fmt: skip
def test_bodies_that_are_no_json_are_refused(world: World, body: bytes, kind: str, status: int) -> None:
    caller = program(world.rep)
    answer = caller._client.generic("POST", "/api/v1/companies", body, content_type=kind)
    assert answer.status_code == status, answer.content
    assert not Company.objects.exists()


# Once -----------------------------------------------------------------------------------------------------------------


def test_the_same_key_makes_one_record(world: World) -> None:
    caller = program(world.rep)
    first = caller.post("/companies", {"name": "Faro"}, Idempotency_Key="k 1")
    second = caller.post("/companies", {"name": "Faro"}, Idempotency_Key="k 1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]
    assert second["Idempotent-Replay"] == "true"
    assert first["Change-Set"] == second["Change-Set"]
    assert Company.objects.count() == 1
    other = caller.post("/companies", {"name": "Otra"}, Idempotency_Key="k 1")
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert program(world.other).post("/companies", {"name": "Faro"}, Idempotency_Key="k 1").status_code == 201
    assert Company.objects.count() == 2


def test_keys_hold_for_edits_actions_and_removals(world: World, deal: Any) -> None:
    caller = program(world.boss)
    url = f"/opportunities/{deal.pk}"
    for _turn in range(2):
        assert caller.patch(url, {"name": "Otra"}, Idempotency_Key="e").status_code == 200
        assert caller.post(f"{url}/win", {"closed_on": TODAY}, Idempotency_Key="w").status_code == 200
    assert caller.get(url)["ETag"] == '"3"'
    for _turn in range(2):
        assert caller.delete(url, Idempotency_Key="d").status_code == 204
    assert not Opportunity.objects.exists()


# Versions -------------------------------------------------------------------------------------------------------------


def test_if_match_refuses_any_other_version_and_says_what_differs(world: World, deal: Any) -> None:
    mine, theirs = program(world.rep), program(world.boss)
    url = f"/opportunities/{deal.pk}"
    etag = mine.get(url)["ETag"]
    assert theirs.patch(url, {"name": "Suya"}).status_code == 200
    for answer in (
        mine.patch(url, {"source": "Feria"}, If_Match=etag),
        mine.delete(url, If_Match=etag),
        mine.post(f"{url}/win", {"closed_on": TODAY}, If_Match=etag),
    ):
        if answer.status_code == 403:
            continue
        assert answer.status_code == 412, answer.content
        assert answer.json()["code"] == "precondition"
        assert answer.json()["differs"] == {"name": {"then": "Torre", "now": "Suya"}}
    now = mine.get(url)["ETag"]
    assert mine.patch(url, {"source": "Feria"}, If_Match=f"W/{now}").status_code == 200
    assert mine.patch(url, {"source": "x"}, If_Match="nonsense").status_code == 400


def test_a_version_joins_what_touched_other_fields(world: World, deal: Any) -> None:
    mine, theirs = program(world.rep), program(world.boss)
    url, version = f"/opportunities/{deal.pk}", deal.version
    assert theirs.patch(url, {"name": "Suya"}).status_code == 200
    assert mine.patch(f"{url}?version={version}", {"source": "Feria"}).status_code == 200
    clash = mine.patch(f"{url}?version={version}", {"name": "Mía"})
    assert (clash.status_code, clash.json()["code"]) == (409, "conflict")
    assert clash.json()["fields"] == ["name"]
    assert clash.json()["differs"]["name"] == {"then": "Torre", "now": "Suya"}
    deal.refresh_from_db()
    assert (deal.name, deal.source) == ("Suya", "Feria")


# Undo -----------------------------------------------------------------------------------------------------------------


def test_a_change_set_is_read_and_taken_back(world: World, deal: Any) -> None:
    caller, url = program(world.rep), f"/opportunities/{deal.pk}"
    change = caller.patch(url, {"name": "Otra"})["Change-Set"]
    said = caller.get(f"/changes/{change}").json()
    assert said["operation"] == "opportunities.edit"
    assert (said["door"], said["state"], said["can_undo"]) == ("rest", "done", True)
    undone = caller.post(f"/changes/{change}/undo")
    assert undone.status_code == 200
    assert (undone.json()["undone"], undone.json()["left"]) == (1, [])
    assert caller.get(url).json()["name"] == "Torre"
    assert caller.get(f"/changes/{change}").json()["state"] == "undone"
    assert program(world.other).get(f"/changes/{change}").status_code == 404
    assert program(world.other).post(f"/changes/{change}/undo").status_code == 404
    narrow = program(world.rep, types=["company"])
    assert narrow.post(f"/changes/{undone.json()['change_set']}/undo").status_code in (403, 404)


def test_history_says_that_a_program_did_it(world: World, deal: Any) -> None:
    program(world.rep).patch(f"/opportunities/{deal.pk}", {"name": "Otra"})
    page = world.client(world.rep).get(f"/opportunities/{deal.pk}/history/").content.decode()
    assert "desde otro programa" in page


def test_a_refused_write_changes_no_row(world: World, deal: Any) -> None:
    before = ChangeSet.objects.count()
    stranger = program(world.other)
    looker = program(world.service)
    before += 2
    url = f"/opportunities/{deal.pk}"
    for caller in (stranger, looker):
        assert caller.patch(url, {"name": "x"}).status_code in (403, 404)
        assert caller.delete(url).status_code in (403, 404)
        assert caller.post(f"{url}/win", {"closed_on": TODAY}).status_code in (403, 404)
        assert caller.patch(f"/companies/{deal.company_id}", {"name": "x"}).status_code in (403, 404, 200)
    deal.refresh_from_db()
    assert (deal.name, deal.status) == ("Torre", "open")
