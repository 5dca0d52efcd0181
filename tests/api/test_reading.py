"""What programs read: the lists and records of the pages, no more, in the shapes that the document promises."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coordina.customers.models import Company, Person
from coordina.leads.models import Lead
from coordina.ledger.change_sets import change_set
from coordina.pipeline.models import Opportunity
from coordina.records.models import ExternalId
from coordina.records.view_writers import save_view

from ..world import World
from .conftest import program

pytestmark = pytest.mark.django_db


@pytest.fixture
def deals(world: World) -> list[Any]:
    company = world.create(Company, by=world.rep, name="Faro", city="Lugo")
    return [
        world.create(Opportunity, by=world.rep, name=f"Torre {n}", company=company, amount=f"{n}00.50", currency="EUR")
        for n in range(1, 6)
    ]


def test_money_references_and_days_have_their_shapes(world: World, deals: list[Any]) -> None:
    row = program(world.rep).get(f"/opportunities/{deals[0].pk}").json()
    assert row["amount"] == {"amount": "100.50", "currency": "EUR"}
    assert row["company"] == {"id": deals[0].company_id, "label": "Faro"}
    assert row["opened_on"] == deals[0].opened_on.isoformat()
    assert row["changed_at"].endswith("Z")
    assert row["tags"] == []
    assert row["version"] == deals[0].version


def test_a_record_is_named_by_id_reference_or_foreign_id(world: World, deals: list[Any]) -> None:
    caller, deal = program(world.rep), deals[1]
    with change_set(by=world.boss, at=timezone.now(), via="system"):
        ExternalId(subject_type="pipeline.Opportunity", subject_id=deal.pk, system="hubspot", value="47:11").save()
    for ref in (deal.pk, deal.reference, deal.reference.lower(), "hubspot:47:11"):
        assert caller.get(f"/opportunities/{ref}").json()["id"] == deal.pk, ref
    for ref in ("0", "999999999", "OPP-999999", "hubspot:1", "x", "9" * 40, "%00", "..", "bulk"):
        assert caller.get(f"/opportunities/{ref}").status_code == 404, ref
    other = program(world.other)
    assert {other.get(f"/opportunities/{ref}").status_code for ref in (deal.pk, deal.reference, "hubspot:47:11")} == {
        404
    }


def test_missing_and_invisible_answer_alike(world: World, deals: list[Any]) -> None:
    other = program(world.other)
    missing, hidden = other.get("/opportunities/999999"), other.get(f"/opportunities/{deals[0].pk}")
    assert missing.status_code == hidden.status_code == 404
    assert missing.content == hidden.content


def test_pages_follow_each_other_and_nothing_comes_twice(world: World, deals: list[Any]) -> None:
    caller = program(world.rep)
    url, seen, counted = "/opportunities?order=-amount&limit=2&fields=name&filter=amount>200", [], 0
    while url:
        answer = caller.get(url.replace(">", "%3E")).json()
        assert set(answer["data"][0]) == {"id", "version", "created_at", "name"} | (
            {"changed_at"} & set(answer["data"][0])
        )
        seen += [row["name"] for row in answer["data"]]
        counted += 1
        url = (
            f"/opportunities?order=-amount&limit=2&fields=name&filter=amount>200&after={answer['next']}"
            if answer["next"]
            else ""
        )
    assert seen == ["Torre 5", "Torre 4", "Torre 3", "Torre 2"]
    assert counted == 2


def test_counts_come_on_request_only(world: World, deals: list[Any]) -> None:
    caller = program(world.rep)
    assert "count" not in caller.get("/opportunities").json()
    assert caller.get("/opportunities?count=true").json()["count"] == {"number": 5, "more": False}


def test_filters_join_with_and_or_and_groups(world: World, deals: list[Any]) -> None:
    caller = program(world.rep)
    text = "(name = “x” or amount = 100.50) or (owner = me and amount >= 500)".replace("“", '"').replace("”", '"')
    got = caller._client.get("/api/v1/opportunities", {"filter": text, "order": "amount"}).json()
    assert [row["name"] for row in got["data"]] == ["Torre 1", "Torre 5"]


def test_a_saved_view_brings_its_filter_and_order(world: World, deals: list[Any]) -> None:
    view = world.act(
        save_view, by=world.rep, name="Grandes", type="opportunity", state={"q": "amount > 300", "sort": "-amount"}
    )
    caller = program(world.rep)
    got = caller.get(f"/opportunities?view={view.pk}&fields=name").json()["data"]
    assert [row["name"] for row in got] == ["Torre 5", "Torre 4", "Torre 3"]
    assert program(world.other).get(f"/opportunities?view={view.pk}").status_code == 404


def test_fields_of_related_records_come_along_where_they_may(world: World, deals: list[Any]) -> None:
    row = program(world.boss).get("/opportunities?fields=name,company.city&limit=1").json()["data"][0]
    assert row["company.city"] == "Lugo"


@pytest.mark.parametrize(
    "query",
    ["filter=(", "filter=password = 1", "filter=id;--", "order=id;--", "order=password", "order=(case when 1)",
     "fields=password", "fields=owner__password", "limit=0", "limit=1001", "limit=x", "after=x", "nothing=1",
     "count=maybe", "filter=name ~ %00"],
)  # fmt: skip
def test_nonsense_is_a_400_with_a_code(world: World, query: str) -> None:
    answer = program(world.rep).get(f"/companies?{query.replace(' ', '%20')}")
    assert answer.status_code == 400, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] in ("filter", "parameter")


def test_parts_are_listed_of_one_whole(world: World) -> None:
    company = world.create(Company, by=world.rep, name="Faro")
    caller = program(world.rep)
    made = caller.post("/addresses", {"company": company.pk, "kind": "billing", "street": "Rúa 1", "city": "Lugo"})
    assert made.status_code == 201, made.content
    assert [a["city"] for a in caller.get(f"/addresses?company={company.pk}").json()["data"]] == ["Lugo"]
    assert caller.get("/addresses").status_code == 400
    assert caller.get("/addresses?company=999999").status_code == 404


def test_an_etag_says_whether_anything_changed(world: World, deals: list[Any]) -> None:
    caller, url = program(world.rep), f"/opportunities/{deals[0].pk}"
    etag = caller.get(url)["ETag"]
    assert caller.get(url, If_None_Match=etag).status_code == 304
    caller.patch(url, {"name": "Otra"})
    assert caller.get(url, If_None_Match=etag).status_code == 200


def test_answers_are_in_the_language_that_is_asked_for(world: World) -> None:
    spanish = program(world.rep, language="es").get("/companies/999").json()
    english = program(world.rep, language="en-GB,en;q=0.8").get("/companies/999").json()
    assert spanish["code"] == english["code"] == "not_found"
    assert spanish["detail"] != english["detail"]


def test_a_page_asks_as_many_queries_for_one_row_as_for_three(world: World) -> None:
    caller = program(world.rep)
    for model, url in ((Company, "/companies"), (Person, "/people"), (Lead, "/leads")):
        counts = []
        for name in ("Uno", "Dos", "Tres"):
            world.create(model, by=world.rep, name=name, **({"email": f"{name}@x.example"} if model is Lead else {}))
            caller.get(url)
            with CaptureQueriesContext(
                connection,
            ) as asked:
                assert caller.get(url).status_code == 200
            counts.append(len(asked))
        assert counts[0] == counts[-1], (url, counts)
        assert counts[0] <= 10, (url, counts)


def test_a_method_that_there_is_not_says_which_there_are(world: World) -> None:
    answer = program(world.rep).ask("PUT", "/companies", {})
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, POST, HEAD"
    assert program(world.rep).get("/nothing").status_code == 404
    assert program(world.rep).ask("HEAD", "/companies").status_code == 200
