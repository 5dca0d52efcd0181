"""Somebody from whom fields are hidden tries to learn or to write them all the same, by every trick we know."""

import datetime as dt
from typing import Any

import pytest
from django.db.models import Q
from django.urls import reverse

from coordina.accounts.actions import set_fields, set_reach
from coordina.accounts.models import Role, User
from coordina.activity.following import follow
from coordina.activity.hearing import tell_due
from coordina.activity.models import Mail, Notification
from coordina.activity.news import compose
from coordina.api.openapi import document
from coordina.api.reading import readable
from coordina.core.actions import of, standard
from coordina.core.refusals import Forbidden, Invalid, Refusal
from coordina.core.types import TYPES
from coordina.core.watchers import WATCHERS
from coordina.customers.models import Company, Interaction, Person
from coordina.leads.conversion import convert
from coordina.leads.defaults import make_default_funnel
from coordina.leads.models import Lead
from coordina.ledger.doors import submit
from coordina.pipeline.actions import set_next_step
from coordina.pipeline.defaults import make_default_pipeline
from coordina.pipeline.models import Opportunity
from coordina.records.actions import set_tags
from coordina.records.bulk import steps as bulk
from coordina.records.duplicates.deciding import MERGES
from coordina.records.importing import files
from coordina.records.importing import steps as imports
from coordina.records.importing.targets import by_name

from .conftest import World

pytestmark = pytest.mark.django_db
SECRET = "4242"


def close(world: World, **fields: dict[str, str]) -> User:
    """Close fields to representatives; gives Ana as the next request reads her."""
    role = Role.objects.get(slug="representative")
    submit(of(set_fields), {"fields": fields}, by=world.director, via="web", pk=role.pk)
    return User.objects.for_request().get(pk=world.ana.pk)


def test_a_likely_twin_is_no_oracle_for_a_hidden_value(world: World) -> None:
    """Who types a tax id must not learn whose it is."""
    world.make(Company, name="Óptica Norte", email="norte@optica.es", phone="+34910424242")
    typed = {"name": "Algo", "email": "norte@optica.es", "phone": "+34910424242"}
    open_answer = world.client(world.ana).post("/companies/twins/", typed).content.decode()
    assert "Óptica Norte" in open_answer
    close(world, company={"email": "hidden", "phone": "hidden"})
    answer = world.client(world.ana).post("/companies/twins/", typed).content.decode()
    assert "Óptica Norte" not in answer
    made = world.client(world.ana).post("/companies/new/", {"name": "Algo", "relation": "prospect"} | typed)
    assert "Óptica Norte" not in made.content.decode()


def test_searching_by_a_hidden_value_finds_nothing(world: World) -> None:
    made = world.make(Person, by=world.ana, name="Ana Sol", email="zafiro@secreto.es")
    client = world.client(world.ana)
    asked = ("/search/?q={}", "/search/palette/?q={}", "/people/?q=name ~ {}", "/people/lookup/?q={}")
    for url in asked:
        assert "Ana Sol" in client.get(url.format("zafiro")).content.decode(), url
    close(world, person={"email": "hidden"})
    for word in ("zafiro", "zafiru", "secreto"):
        for url in asked:
            assert f"/people/{made.pk}/" not in client.get(url.format(word)).content.decode(), (url, word)
    assert "Ana Sol" in client.get("/search/?q=sol").content.decode()


@pytest.mark.parametrize("how", ["hidden", "read"])
def test_bulk_work_takes_no_closed_field(world: World, how: str) -> None:
    made = world.make(Company, by=world.ana, name="Óptica", city="Teruel")
    ana = close(world, company={"city": how, "description": how})
    edit: Any = standard(Company, "edit")
    for given in (
        {"set": {"city": "X"}},
        {"set": {}, "add": {"description": "X"}},
        {"set": {}, "remove": {"city": "X"}},
    ):
        with pytest.raises(Invalid):
            bulk.begin(ana, TYPES["company"], edit, given, keys=[made.pk], query=None)
    assert Company.objects.get(pk=made.pk).city == "Teruel"


@pytest.mark.parametrize("how", ["hidden", "read"])
def test_a_merge_takes_no_closed_field(world: World, how: str) -> None:
    first = world.make(Company, by=world.ana, name="Óptica", city="Teruel")
    other = world.make(Company, by=world.ana, name="Óptica", city="Soria")
    ana = close(world, company={"city": how})
    declared = of(MERGES["company"])
    with pytest.raises(Refusal):
        submit(declared, {"others": [other.pk], "take": {"city": other.pk}}, by=ana, via="web", pk=first.pk)
    client = world.client(world.ana)
    page = client.get(f"/companies/merge/?ids={first.pk},{other.pk}").content.decode()
    assert "take-city" not in page
    client.post("/companies/merge/", {"id": [first.pk, other.pk], "stays": first.pk, "take-city": other.pk})
    assert Company.objects.get(pk=first.pk).city == "Teruel"


@pytest.mark.parametrize("how", ["hidden", "read"])
def test_an_import_fills_no_closed_field(world: World, how: str) -> None:
    role = Role.objects.get(slug="representative")
    reach = {**role.reach, "records.add_importrun": "all"}
    submit(of(set_reach), {"reach": reach}, by=world.director, via="web", pk=role.pk)
    ana = close(world, company={"city": how})
    assert "city" not in by_name(TYPES["company"], ana)
    path, size = files.keep([b"nombre,ciudad\nFaro,Teruel\n"])
    run = imports.start(ana, "company", "a.csv", path, size)
    imports.read(run, lambda rows: None)
    assert "city" not in {c["target"] for c in run.columns}
    imports.decide(run, [{"target": "name"}, {"target": "city"}], {})
    assert [c["target"] for c in run.columns] == ["name", ""]


def test_tags_and_composer_ask_for_what_is_open_only(world: World) -> None:
    company = world.make(Company, by=world.ana, name="Óptica")
    ana = close(world, company={"tags": "read"}, interaction={"outcome": "hidden", "minutes": "read"})
    about = {"subject_type": "customers.Company", "subject_id": company.pk}
    with pytest.raises(Invalid):
        submit(of(set_tags), {"tags": ["vip"], **about}, by=ana, via="web")
    client = world.client(world.ana)
    page = client.get(f"/companies/{company.pk}/").content.decode()
    assert 'name="outcome"' not in page
    assert 'name="minutes"' not in page
    assert 'name="direction"' in page
    typed = {"kind": "call", "text": "Hablamos", "outcome": "no_answer", "minutes": "5"}
    assert client.post(reverse("customers:log", args=("companies", company.pk)), typed).status_code == 302
    logged = Interaction.objects.get(summary="Hablamos")
    assert (logged.outcome, logged.minutes) != ("no_answer", 5)


def test_a_conversion_does_not_carry_hidden_values_into_sight(world: World) -> None:
    submit(of(make_default_pipeline), {}, by=world.director, via="web")
    submit(of(make_default_funnel), {}, by=world.director, via="web")
    hidden = {"email": f"a{SECRET}@x.es", "campaign": f"C{SECRET}", "amount": SECRET, "annual_revenue": f"{SECRET}00"}
    lead = world.make(Lead, by=world.ana, name="Eva", company_name="Faro", owner=world.ana.pk, **hidden)
    ana = close(world, lead=dict.fromkeys(hidden, "hidden"))
    client = world.client(world.ana)
    assert SECRET not in client.get(f"/leads/{lead.pk}/convert/").content.decode()
    data = {"company_name": "Faro", "person_name": "Eva", "opportunity_name": "Venta"}
    done = submit(of(convert), data, by=ana, via="web", pk=lead.pk)
    for record in (done.company, done.person, done.opportunity):
        record.refresh_from_db()
        assert SECRET not in str({c.name: getattr(record, c.attname) for c in record._meta.concrete_fields}), record
    assert SECRET in Lead.objects.get(pk=lead.pk).email


def test_a_conversion_writes_no_closed_field_of_the_opportunity(world: World) -> None:
    submit(of(make_default_pipeline), {}, by=world.director, via="web")
    submit(of(make_default_funnel), {}, by=world.director, via="web")
    lead = world.make(Lead, by=world.ana, name="Eva", company_name="Faro", owner=world.ana.pk)
    ana = close(world, opportunity={"amount": "read"})
    assert 'name="amount"' not in world.client(world.ana).get(f"/leads/{lead.pk}/convert/").content.decode()
    data = {"company_name": "Faro", "opportunity_name": "Venta", "amount": "5"}
    with pytest.raises(Invalid) as caught:
        submit(of(convert), data, by=ana, via="web", pk=lead.pk)
    assert set(caught.value.errors) == {"amount"}


def test_news_that_were_told_before_are_not_shown_nor_mailed_after(world: World) -> None:
    submit(of(make_default_pipeline), {}, by=world.director, via="web")
    sale = world.make(Opportunity, by=world.ana, name="Puente", amount="1")
    follow(world.ana, sale)
    submit(standard(Opportunity, "edit"), {"amount": SECRET}, by=world.director, via="web", pk=sale.pk)  # type: ignore[arg-type]  # there is one
    tell_due.call()
    note = Notification.objects.get(person=world.ana.pk, subject_id=sale.pk)
    plain = note.text.replace(".", "")
    assert SECRET in plain
    mail = Mail(person_id=world.ana.pk, data={"ids": [note.pk]}, language="es")
    assert compose(mail) is not None
    close(world, opportunity={"amount": "hidden"})
    assert compose(mail) is None
    assert SECRET not in world.client(world.ana).get("/notifications/").content.decode().replace(".", "")


def test_an_alert_about_a_hidden_field_is_for_others(world: World) -> None:
    submit(of(make_default_pipeline), {}, by=world.director, via="web")
    sale = world.make(Opportunity, by=world.ana, name="Puente", amount=SECRET)
    ana = close(world, opportunity={"next_step": "hidden", "amount": "hidden"})
    client = world.client(world.ana)
    page = client.get("/").content.decode()
    assert "pipeline.no_next_step" not in page
    assert "pipeline.no_company" in page
    assert SECRET not in page.replace(".", "")
    assert client.post(f"/today/pipeline.no_next_step/{sale.pk}/close/", {"reason": "x"}).status_code == 404
    with pytest.raises(Forbidden):
        submit(of(set_next_step), {"next_step": "X"}, by=ana, via="web", pk=sale.pk)


def test_every_watcher_names_the_fields_that_its_matter_tells_of() -> None:
    """What a condition reads is named, unless it cannot be hidden anyway."""

    def names(condition: Any) -> set[str]:
        if isinstance(condition, Q):
            return {name for child in condition.children for name in names(child)}
        return {str(condition[0]).split("__")[0].removesuffix("_id")}

    for watcher in WATCHERS:
        if watcher.name == "pipeline.stalled":  # reads what stages say
            continue
        known = next(t for t in TYPES if t.model is watcher.of)
        told = names(watcher.when(dt.date(2026, 1, 1))) - known.fixed
        assert told <= {*watcher.about}, watcher.name


def test_programs_know_no_more_than_people(world: World) -> None:
    ana = close(world, company={"city": "hidden"})
    assert "city" not in readable(TYPES["company"], ana)
    assert "city" not in document(ana)["components"]["schemas"]["Company"]["properties"]
    assert (
        "city"
        in document(User.objects.for_request().get(pk=world.director.pk))["components"]["schemas"]["Company"][
            "properties"
        ]
    )
