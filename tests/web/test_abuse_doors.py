"""Every route of the site, asked and written to by people whom the records do not concern.

Luis of the south has an opportunity with everything on it. Whoever may not see it walks through the whole URLconf with
its ids, reading and posting: nothing of it shows, nothing of it changes, and the answer is that of a record that never
was. A route whose address cannot be filled in fails here, so that no door is forgotten.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from coordina.accounts.models import User
from coordina.activity.actions import add_comment
from coordina.catalog.models import Product
from coordina.core.actions import actions_on, of
from coordina.core.panels import PANELS
from coordina.core.types import TYPES
from coordina.core.watchers import WATCHERS
from coordina.customers.models import Company, Interaction, Person
from coordina.leads.defaults import make_default_funnel
from coordina.leads.models import Lead
from coordina.ledger.doors import submit
from coordina.ledger.models import ChangeSet
from coordina.ledger.models.jobs import Job
from coordina.orders.models import Order
from coordina.pipeline.defaults import make_default_pipeline
from coordina.pipeline.models import Opportunity, OpportunityLine, Stakeholder
from coordina.records.actions import add_note, attach_file, set_tags
from coordina.records.files import keep
from coordina.records.importing import checking, files, steps
from coordina.records.jobs import import_rows
from coordina.records.models import ImportRun
from coordina.shipping.models import Shipment
from coordina.stock.models import PurchaseLine, PurchaseOrder, Supplier, Warehouse
from coordina.stock.purchasing import send_purchase
from tests.clock import madrid_day
from tests.guards.replay import Key, stored, touching_records

from .conftest import World, sound

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(1500)]
CANARY = "CNRYluis"
MISSING = 999_999
LEAVES = {"web:sign_out", "web:sign_in", "web:first_run"}
"""Routes that end the session; each has its own tests."""
_PART = re.compile(r"<(?:(\w+):)?(\w+)>")


@dataclass
class Planted:
    """What belongs to Luis alone, and what is bought: neither is for the eyes of Ana, Mario or Nadie.

    Attributes:
        ids: By what the id of an address is of.
        rows: The rows of the database that must stay as they are.
    """

    ids: dict[str, list[int]] = field(default_factory=dict)
    rows: dict[Key, dict[str, Any]] = field(default_factory=dict)


@pytest.fixture
def planted(world: World) -> Planted:
    """An opportunity with its parts, note, file, tag, interaction, change sets, import run and job; what is bought."""
    submit(of(make_default_pipeline), {}, by=world.director, via="web")
    submit(of(make_default_funnel), {}, by=world.director, via="web")
    luis = world.luis
    company = world.make(Company, name="Común", by=luis)
    person = world.make(Person, name="Persona común", company=company.pk, by=luis)
    product = world.make(Product, name="Producto común")
    texts = dict.fromkeys(("description", "next_step", "source", "competitors"), CANARY)
    sale = world.make(
        Opportunity, by=luis, name=CANARY, company=company.pk, person=person.pk, amount="777333.11", **texts
    )
    about = {"subject_type": "pipeline.Opportunity", "subject_id": sale.pk}
    line = world.make(OpportunityLine, by=luis, opportunity=sale.pk, product=product.pk, unit_price="777333.11")
    holder = world.make(Stakeholder, by=luis, opportunity=sale.pk, person=person.pk)
    call = world.make(
        Interaction, by=luis, summary=CANARY, body=CANARY, company=company.pk, person=person.pk, kind="call"
    )
    note = submit(of(add_note), {"text": CANARY, **about}, by=luis, via="web")
    comment = submit(of(add_comment), {"text": CANARY, **about}, by=luis, via="web")
    lead = world.make(Lead, by=luis, name=CANARY, description=CANARY)
    house = world.make(Warehouse, name="Central")
    seller = world.make(Supplier, name=CANARY)
    bought = world.make(PurchaseOrder, supplier=seller.pk, warehouse=house.pk, supplier_reference=CANARY, why=CANARY)
    part = world.make(PurchaseLine, purchase=bought.pk, product=product.pk, quantity="5", unit_price="777333.11")
    submit(of(send_purchase), {"expected_on": madrid_day()}, by=world.director, pk=bought.pk, via="web")
    ordered = world.make(Order, by=luis, company=company.pk, notes=CANARY, customer_reference=CANARY)
    shipment = world.make(Shipment, order=ordered.pk, notes=CANARY, tracking_number=CANARY)
    ticket = keep([CANARY.encode()])
    file = submit(of(attach_file), {"name": f"{CANARY}.txt", "ticket": ticket, **about}, by=luis, via="web")
    submit(of(set_tags), {"tags": ["vip"], **about}, by=luis, via="web")
    path, size = files.keep([f"name,account,value\n{CANARY} fichero,Común,x\n{CANARY},Común,5\n".encode()])
    run = steps.start(User.objects.for_request().get(pk=luis.pk), "opportunity", f"{CANARY}.csv", path, size)
    steps.read(run, lambda rows: None)
    checking.check(run, progress=lambda rows: None)
    import_rows.using(by=luis.pk).enqueue(run.pk)
    keys = {"opportunity": [sale.pk], "opportunityline": [line.pk], "stakeholder": [holder.pk]}
    keys |= {"interaction": [call.pk], "note": [note.pk], "attachment": [file.pk]}
    keys |= {"comment": [comment.pk], "lead": [lead.pk]}
    keys |= {"supplier": [seller.pk], "purchase_order": [bought.pk], "purchase_line": [part.pk]}
    keys |= {"order": [ordered.pk], "shipment": [shipment.pk]}
    keys |= {"change": list(ChangeSet.objects.filter(by=luis).values_list("pk", flat=True))}
    keys |= {"run": [run.pk], "job": list(Job.objects.values_list("pk", flat=True))}
    return Planted(keys, stored())


def routes(resolver: Any = None, prefix: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    """Name and pattern of every address."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, route, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name}", route


def owner_of(route: str) -> str:
    """What the id in an address is of, where the address has no noun."""
    heads = {
        "changes": "change",
        "jobs": "job",
        "import": "run",
        "notes": "note",
        "files": "attachment",
        "opportunities": "opportunity",
        "leads": "lead",
        "comments": "comment",
        "duplicates": "change",
        "purchase-orders": "purchase_order",
        "notifications": "",
        "reminders": "",
        "bulk": "",
        "custom-fields": "",
        "settings": "",
        "today": "",
        "roles": "",
        "users": "",
        "orders": "order",
        "shipments": "shipment",
        "web-forms": "",
        "webhooks": "",
    }
    return heads[route.split("/")[0]]


def addresses(ids: dict[str, list[int]]) -> Iterator[tuple[str, str]]:
    """Every route, filled in with the planted ids; those without ids as they are.

    Raises:
        KeyError: For a route of a kind nobody thought of.
    """
    guarded = [t for t in TYPES if t.name in ids]
    for name, route in routes():
        if name in LEAVES:
            continue
        parts = {key: kind or "str" for kind, key in _PART.findall(route)}
        if not parts:
            yield name, f"/{route}"
        elif "known" in parts or "url" in parts:
            for known in guarded if "pk" in parts else TYPES:
                for pk in ids.get(known.name, [0]) if "pk" in parts else [0]:
                    for word in words(name, known):
                        yield name, "/" + _fill(route, known.url, pk, word)
        elif "noun" in parts:
            yield name, "/" + _fill(route, "opportunities", 0, "")
        elif set(parts) in ({"token"}, {"tag"}, {"slug"}, {"pk", "what"}, {"pk", "token"}):
            yield name, "/" + _fill(route, "", 1, "x")
        elif route.startswith("today/"):
            for watcher in (w for w in WATCHERS if w.of is Opportunity):
                for pk in ids["opportunity"]:
                    yield name, "/" + _fill(route, "", pk, watcher.name)
        else:
            assert set(parts) == {"pk"}, f"nobody knows how to fill in {route}"
            about = owner_of(route)
            for pk in ids[about] if about else [1]:
                yield name, "/" + _fill(route, "", pk, "")


def words(name: str, known: Any) -> list[str]:
    """What stands for the last part of an address."""
    if name == "web:do":
        return [a.slug for a in actions_on(known.model)] or ["x"]
    if name == "web:panel":
        return [key for key, panel in PANELS.items() if panel.slot.startswith(f"{known.name}.")] or ["x"]
    if name in ("web:edit_cell", "web:options"):
        return list(known.editable)[:4] or ["x"]
    return [""]


def _fill(route: str, noun: str, pk: int, word: str) -> str:
    values = {"known": noun, "url": noun, "pk": str(pk), "name": word, "slug": word, "place": "0"}
    values |= {"noun": noun, "token": word, "tag": "companies", "what": word, "segment": f"{pk}-x"}
    values |= {"deed": "edit"}
    return _PART.sub(lambda match: values[match[2]], route)


def answer_of(response: Any) -> str:
    """Everything of an answer that a person could read."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode(errors="replace") + str(dict(response.headers))


def shape(response: Any) -> tuple[int, str]:
    """An answer without what differs from one request to the next."""
    text = re.sub(r"[\w-]{22,}", "…", answer_of(response))
    return response.status_code, re.sub(r"\d+(\.\d+)?", "#", text)


def payload(world: World, planted: Planted) -> dict[str, Any]:
    """Everything a form might take, and what none may: ids of others, owner, version, status, reference."""
    sale = planted.ids["opportunity"][0]
    return {
        "name": "Robado",
        "text": "Robado",
        "summary": "Robado",
        "version": "1",
        "opportunity": sale,
        "subject_type": "pipeline.Opportunity",
        "subject_id": sale,
        "owner": world.ana.pk,
        "team": world.ana.team_id,
        "stage": 2,
        "status": "won",
        "reference": "OPP-1",
        "force": "yes",
        "closed_on": "2026-01-01",
        "reason": 1,
        "kind": "note",
        "tags": "robado",
        "quantity": "9",
        "unit_price": "1",
        "product": Product.objects.values_list("pk", flat=True)[0],
        "person": Person.objects.values_list("pk", flat=True)[0],
    }


@pytest.mark.parametrize("who", ["ana", "manager", "nobody"])
def test_whom_it_does_not_concern_sees_nothing_of_it(who: str, world: World, planted: Planted) -> None:
    client = world.client(getattr(world, who))
    cells = 0
    for name, url in addresses(planted.ids):
        for headers in ({}, {"HX-Request": "true", "Accept": "application/json"}):
            answer = client.get(url, headers=headers)
            text = answer_of(answer)
            cells += 1
            assert CANARY not in text, (name, url, headers)
            assert not re.search("777.?333", text), (name, url, headers)
            assert sound(name, answer), (name, url)
    assert cells > 300
    assert unchanged(planted) == []


def test_an_invisible_record_answers_as_one_that_never_was(world: World, planted: Planted) -> None:
    client = world.client(world.ana)
    never = {what: [MISSING] for what in planted.ids} | {"change": [MISSING], "job": [MISSING]}
    known = {what: keys[:1] for what, keys in planted.ids.items()}
    here, there = list(addresses(known)), list(addresses(never))
    assert len(here) == len(there)
    for (name, url), (_name, other) in zip(here, there, strict=True):
        if url == other:
            continue
        for method in (client.get, client.post):
            assert shape(method(url)) == shape(method(other)), (name, url)


@pytest.mark.slow
@pytest.mark.parametrize("who", ["ana", "manager", "nobody"])
def test_whom_it_does_not_concern_changes_nothing_of_it(who: str, world: World, planted: Planted) -> None:
    client: Client = world.client(getattr(world, who))
    data = payload(world, planted)
    with touching_records() as wrote:
        for name, url in addresses(planted.ids):
            if name in ("web:profile", "web:password", "web:language"):
                continue
            sent = data | {
                "file": SimpleUploadedFile("a.txt", b"x"),
                "files": SimpleUploadedFile("a.csv", b"name\nx\n"),
            }
            answer = client.post(url, sent)
            assert sound(name, answer), (name, url)
            assert CANARY not in answer_of(answer), (name, url)
            if wrote:
                assert unchanged(planted) == [], (name, url, answer.status_code)
                wrote.clear()
    assert unchanged(planted) == []
    assert ImportRun.objects.filter(file_name__startswith=CANARY, state="checked").exists()


def unchanged(planted: Planted) -> list[str]:
    """Planted rows that changed, and new ones that hang on the planted opportunity."""
    now = stored()
    sale = planted.ids["opportunity"][0]
    apart = [f"{key} changed" for key, row in planted.rows.items() if now.get(key) != row]
    for key in now.keys() - planted.rows.keys():
        row = now[key]
        if row.get("opportunity_id") == sale or (
            row.get("subject_type") == "pipeline.Opportunity" and row.get("subject_id") == sale
        ):
            apart.append(f"{key} was hung on it")
    return apart


@pytest.mark.slow
def test_reading_changes_nothing(world: World, planted: Planted) -> None:
    """The director sees everything: GET of every address, and HEAD of each that shows something, write nothing."""
    client = world.client(world.director)
    for name, url in addresses(planted.ids):
        answer = client.get(url)
        assert sound(name, answer), (name, url)
        if answer.status_code == 200:
            assert sound(name, client.head(url)), (name, url)
    assert stored() == planted.rows
