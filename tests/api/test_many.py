"""Many rows in one request: one change set, the outcome of every row, all or nothing where that is asked for."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coordina.customers.models import Company
from coordina.leads.models import Lead
from coordina.ledger.models.changes import ChangeSet
from coordina.pipeline.models import Opportunity, StageEntry
from tests.clock import madrid_day

from ..world import World
from .conftest import program

pytestmark = pytest.mark.django_db
TODAY = madrid_day().isoformat()


def rows(count: int) -> list[dict[str, Any]]:
    return [{"name": f"Empresa {n}", "city": "Lugo"} for n in range(count)]


def test_rows_are_made_in_one_change_set_and_taken_back_together(world: World) -> None:
    caller = program(world.rep)
    answer = caller.post("/companies/bulk/create", {"rows": rows(30)})
    assert answer.status_code == 200, answer.content
    said = answer.json()
    assert said["counts"] == {"done": 30, "same": 0, "refused": 0}
    assert [r["row"] for r in said["rows"]] == list(range(30))
    assert {r["id"] for r in said["rows"]} == set(Company.objects.values_list("pk", flat=True))
    made = ChangeSet.objects.get(pk=said["change_set"])
    assert (made.via, made.action) == ("rest", "customers.create_company")
    assert caller.post(f"/changes/{made.pk}/undo").json()["undone"] >= 30
    assert not Company.objects.exists()


def test_bad_rows_are_left_out_and_say_why(world: World) -> None:
    sent = rows(12)
    sent[3] = {"city": "Lugo"}
    sent[7] = {"name": "x", "owner": 999999}
    sent[9] = {"name": "x", "nada": 1}
    said = program(world.rep).post("/companies/bulk/create", {"rows": sent}).json()
    assert said["counts"] == {"done": 9, "same": 0, "refused": 3}
    wrong = {r["row"]: r["problem"]["errors"][0]["pointer"] for r in said["rows"] if r["outcome"] == "refused"}
    assert wrong == {3: "/name", 7: "/owner", 9: "/nada"}
    assert Company.objects.count() == 9


def test_all_or_nothing_writes_nothing(world: World) -> None:
    sent = [*rows(5), {"city": "Lugo"}]
    before = ChangeSet.objects.count()
    caller = program(world.rep)
    said = caller.post("/companies/bulk/create", {"rows": sent, "all_or_nothing": True}).json()
    assert said["counts"]["done"] == 0
    assert {r["problem"]["code"] for r in said["rows"]} == {"not_done", "invalid"}
    assert said["change_set"] is None
    assert not Company.objects.exists()
    assert ChangeSet.objects.count() == before + 1  # the token


def test_rows_that_only_the_writer_can_refuse_are_left_out(world: World) -> None:
    """The database says no to the second of two equal codes; the others are written."""
    sent = [{"name": "a", "code": "X1"}, {"name": "b", "code": "X1"}, {"name": "c", "code": "X2"}]
    said = program(world.boss).post("/products/bulk/create", {"rows": sent}).json()
    outcomes = [r["outcome"] for r in said["rows"]]
    assert outcomes[0] == outcomes[2] == "done", said
    assert outcomes[1] in ("refused", "done")


def test_edits_have_values_of_their_own(world: World) -> None:
    caller = program(world.rep)
    made = caller.post("/companies/bulk/create", {"rows": rows(10)}).json()["rows"]
    sent = [{"id": r["id"], "city": f"Ciudad {r['row']}", "version": 1} for r in made]
    sent[4]["version"] = 9
    said = caller.post("/companies/bulk/edit", {"rows": sent}).json()
    assert said["counts"]["done"] >= 9, said
    assert Company.objects.get(pk=made[2]["id"]).city == "Ciudad 2"
    same = caller.post("/companies/bulk/edit", {"rows": [{"id": made[0]["id"]}]}).json()
    assert same["counts"]["same"] == 1
    twice = caller.post("/companies/bulk/edit", {"rows": [{"id": made[0]["id"], "city": "x"}] * 2}).json()
    assert [r["outcome"] for r in twice["rows"]] == ["done", "refused"]


def test_actions_and_removals_go_for_many(world: World) -> None:
    caller = program(world.boss)
    company = world.create(Company, name="Faro")
    sent = [{"name": f"Torre {n}", "company": company.pk, "amount": "10", "currency": "EUR"} for n in range(12)]
    made = caller.post("/opportunities/bulk/create", {"rows": sent}).json()
    assert made["counts"]["done"] == 12, made
    assert StageEntry.objects.count() == 12
    references = list(Opportunity.objects.values_list("reference", flat=True))
    won = caller.post("/opportunities/bulk/win", {"rows": [{"id": r, "closed_on": TODAY} for r in references]})
    assert won.json()["counts"]["done"] == 12, won.json()
    assert set(Opportunity.objects.values_list("status", flat=True)) == {"won"}
    gone = caller.post("/opportunities/bulk/delete", {"rows": [{"id": r} for r in references]}).json()
    assert gone["counts"]["done"] == 12, gone
    assert not Opportunity.objects.exists()
    assert caller.post(f"/changes/{gone['change_set']}/undo").json()["undone"] >= 12
    assert Opportunity.objects.count() == 12


def test_rows_one_may_not_see_are_missing_and_others_go_on(world: World) -> None:
    mine = world.create(Lead, by=world.rep, name="Mía", email="a@x.example")
    hidden = world.create(Lead, by=world.other, name="Suya", email="b@x.example")
    sent = [
        {"id": mine.pk, "city": "Lugo"},
        {"id": hidden.pk, "city": "Lugo"},
        {"id": 999999, "city": "Lugo"},
        {"city": "x"},
    ]
    said = program(world.rep).post("/leads/bulk/edit", {"rows": sent}).json()
    assert [r["outcome"] for r in said["rows"]] == ["done", "refused", "refused", "refused"]
    assert said["rows"][1]["problem"] == said["rows"][2]["problem"]
    hidden.refresh_from_db()
    assert hidden.city == ""


def test_the_same_key_writes_once(world: World) -> None:
    caller = program(world.rep)
    for _turn in range(2):
        answer = caller.post("/companies/bulk/create", {"rows": rows(9)}, Idempotency_Key="b")
        assert answer.status_code == 200
    assert answer.json()["again"] is True
    assert Company.objects.count() == 9


@pytest.mark.parametrize(
    "body",
    [{}, {"rows": []}, {"rows": {}}, {"rows": [1]}, {"rows": [{}], "all_or_nothing": "x"}, {"rows": [{}], "x": 1},
     {"rows": [{}] * 1001}],
)  # fmt: skip
def test_bodies_of_another_shape_are_refused(world: World, body: Any) -> None:
    answer = program(world.rep).post("/companies/bulk/create", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "rows")


def test_queries_do_not_grow_with_the_rows(world: World) -> None:
    caller, counts = program(world.rep), []
    for count in (20, 60):
        with CaptureQueriesContext(connection) as asked:
            assert caller.post("/companies/bulk/create", {"rows": rows(count)}).json()["counts"]["done"] == count
        counts.append(len(asked))
    assert counts[1] <= counts[0] + 12, counts
