"""Converting: every value arrives, nothing is overwritten, and all of it comes back as one."""

import random
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from coordina.catalog.models import Product
from coordina.core.images import image
from coordina.core.records import Record
from coordina.core.refusals import Refusal
from coordina.customers.actions import log_interaction
from coordina.customers.models import Address, Company, Industry, Interaction, Person, Position
from coordina.leads.models import Handover, Lead, LeadProduct
from coordina.leads.rules import WAYS
from coordina.ledger.change_sets import change_set
from coordina.pipeline.models import Opportunity, OpportunityLine
from coordina.records.actions import add_note, attach_file
from coordina.records.files import keep
from coordina.records.models import Attachment, Note
from coordina.records.tags import words_of
from coordina.records.timeline import current_formats
from tests.leads.ground import Leads, check

TEXTS: dict[str, list[str]] = {
    "name": ["Berta Boxer", ""],
    "company_name": ["Granja Alta SL", "Ñandú & Hijos", ""],
    "job_title": ["Compras", ""],
    "email": ["berta@granja.es", ""],
    "phone": ["+34910123456", ""],
    "mobile": ["+34600123456", ""],
    "website": ["https://granja.es/", ""],
    "tax_id": ["B12345674", ""],
    "street": ["Calle Mayor 1", ""],
    "postal_code": ["28001", ""],
    "city": ["Lugo", ""],
    "region": ["Galicia", ""],
    "country": ["ES", ""],
    "source": ["Feria", ""],
    "campaign": ["Otoño", ""],
    "tracking": ["utm_medium=cpc", ""],
    "description": ["Quiere luz", ""],
    "next_step": ["Llamar", ""],
    "outcome_note": ["Hay dinero", ""],
}


def stored() -> dict[tuple[str, int], dict[str, Any]]:
    """Every record as the tables hold it, without what only counts writes."""
    found = {}
    for model in apps.get_models():
        if issubclass(model, Record):
            for row in model._base_manager.order_by("pk"):
                held = image(row)
                for name in ("version", "changed_at"):
                    held.pop(name)
                found[model._meta.label, row.pk] = held
    return found


def full_lead(leads: Leads, dice: random.Random) -> Lead:
    """A lead with some of everything."""
    values: dict[str, Any] = {n: dice.choice(texts) for n, texts in TEXTS.items()}
    values["name"] = values["name"] or ("" if values["company_name"] else "Solo Ella")
    values |= {"employees": dice.choice([None, 12]), "annual_revenue": dice.choice([None, "1000.50"])}
    values |= {"amount": dice.choice([None, "250.75"]), "currency": "EUR", "next_step_on": "2026-12-01"}
    values["industry"] = leads.create(Industry, name=f"Sector {dice.random()}")
    values["tags"] = dice.choice([[], ["feria", "grande"]])
    lead = leads.lead(
        **{n: v for n, v in values.items() if v not in (None, "")} | {n: values[n] for n in ("name", "company_name")}
    )
    about = {"subject_type": "leads.Lead", "subject_id": lead.pk}
    leads.act(log_interaction, kind="call", text="Llamó", outcome="done", **about)
    leads.act(add_note, text="Ojo con esto", **about)
    leads.act(attach_file, name="plano.pdf", ticket=keep([b"bytes"]), **about)
    product = leads.create(Product, name=f"Foco {dice.random()}")
    leads.create(LeadProduct, lead=lead, product=product, quantity="3")
    with change_set(by=None, at=timezone.now(), via="system"):
        row = Lead.objects.get(pk=lead.pk)
        row.other_data = {"Nota interna": "azul"}
        row.save()
    return leads.now(lead)


def haystack(lead: Lead) -> str:
    """Everything that company, person and opportunity of a lead hold, as one text."""
    found: list[str] = []
    for obj in (lead.company, lead.person, lead.opportunity):
        if obj is not None:
            found += [str(v) for v in image(obj).values()]
            found += [str(v) for v in obj.other_data.values()]
    found += [str(image(a)) for a in Address.objects.filter(company=lead.company_id or 0)]
    return "\n".join(found)


@pytest.mark.parametrize("seed", range(6))
def test_every_value_arrives_and_all_comes_back(leads: Leads, seed: int) -> None:
    dice = random.Random(seed)
    lead = full_lead(leads, dice)
    there: dict[str, Any] = {}
    if seed % 3 == 1:
        there["company"] = leads.create(Company, name="Otra", city="Vigo", email="otra@otra.es", description="Suya")
    if seed % 3 == 2:
        home = leads.create(Company, name="Casa")
        there["person"] = leads.create(Person, name="Berta B.", company=home, email="vieja@casa.es")
    if seed % 2:
        there |= {"opportunity_name": "Luz", "amount": dice.choice([None, "99"]), "closes_on": "2026-12-24"}
    before = stored()
    now = leads.converted(lead, **there)
    check(now)
    assert now.status == "converted"
    text, formats = haystack(now), current_formats()
    for name in WAYS:
        value = getattr(lead, f"{name}_id" if name == "industry" else name)
        if value in (None, ""):
            continue
        words = {
            "next_step_on": lambda: formats.date_full(lead.next_step_on),
            "annual_revenue": lambda: formats.money(lead.annual_revenue, cents=True),
            "industry": lambda: str(lead.industry),
        }
        ways = {str(value), words[name]()} if name in words else {str(value)}
        assert any(each in text for each in ways), (name, value, text)
    assert "azul" in text
    if lead.amount is not None:
        assert any(each in text for each in ("250.75", "250,75"))
    whole = [o for o in (now.company, now.person) if o is not None]
    for each in whole:
        assert set(words_of(lead)) <= set(words_of(each))
    for model in (Note, Attachment):
        [row] = model.objects.all()
        assert (row.subject_type, row.subject_id) == (whole[0]._meta.label, whole[0].pk)
    assert Handover.objects.filter(lead=lead).count() == 2
    talk = Interaction.objects.get()
    assert (talk.company_id, talk.person_id) == (now.company_id or talk.company_id, now.person_id)
    if now.opportunity is not None:
        [line] = OpportunityLine.objects.filter(opportunity=now.opportunity)
        assert line.quantity == Decimal(3)
    else:
        assert "Foco" in text
    report = leads.undo_last("leads.convert")
    assert report.held == []
    assert stored() == before


def test_nothing_of_an_existing_company_is_overwritten(leads: Leads) -> None:
    company = leads.create(Company, name="Granja", city="Vigo", phone="+34910000000")
    lead = leads.lead(city="Lugo", phone="+34910123456", name="", employees=7)
    now = leads.converted(lead, company=company)
    company.refresh_from_db()
    assert (company.city, company.phone, company.employees) == ("Vigo", "+34910000000", 7)
    assert "Lugo" in company.other_data.values()
    assert "+34910123456" in company.other_data.values()
    assert now.person_id is None


def test_a_person_who_works_elsewhere_gets_a_further_company(leads: Leads) -> None:
    home, new = leads.create(Company, name="Casa"), leads.create(Company, name="Nueva")
    person = leads.create(Person, name="Berta", company=home)
    alone = leads.create(Person, name="Sola")
    leads.converted(leads.lead(job_title="Jefa"), company=new, person=person)
    assert Position.objects.filter(person=person, company=new, job_title="Jefa").exists()
    leads.converted(leads.lead(), company=new, person=alone)
    alone.refresh_from_db()
    assert alone.company_id == new.pk


def test_what_was_edited_since_stays_and_is_listed(leads: Leads) -> None:
    lead = leads.lead(leads.rep, phone="+34910123456")
    now = leads.converted(lead, leads.rep, opportunity_name="Luz")
    leads.edit(now.company, city="Lugo")
    report = leads.undo_last("leads.convert")
    assert [(h.model, h.reason, h.names) for h in report.held] == [("customers.Company", "changed", ("city",))]
    assert Company.objects.filter(pk=now.company_id, city="Lugo").exists()
    assert not Opportunity.objects.exists()
    assert not Person.objects.exists()
    back = leads.now(lead)
    check(back)
    assert (back.status, back.company_id, back.opportunity_id) == ("new", None, None)


def test_what_others_built_on_stays_with_what_it_needs(leads: Leads) -> None:
    lead = leads.lead(leads.rep)
    now = leads.converted(lead, leads.rep, opportunity_name="Luz")
    about = {"subject_type": "pipeline.Opportunity", "subject_id": now.opportunity_id}
    leads.act(log_interaction, kind="call", text="Siguió", outcome="done", **about)
    report = leads.undo_last("leads.convert")
    held = {h.model for h in report.held if h.reason == "held"}
    assert held == {"customers.Company", "customers.Person", "pipeline.Opportunity"}
    assert Opportunity.objects.filter(pk=now.opportunity_id).exists()
    assert leads.now(lead).status == "new"
    check(lead)


def test_a_converted_lead_is_history(leads: Leads) -> None:
    lead = leads.converted(leads.lead(leads.rep), leads.rep)
    for attempt in (
        lambda: leads.edit(lead, name="Otra"),
        lambda: leads.converted(lead),
        lambda: leads.create(LeadProduct, lead=lead, product=leads.create(Product, name="Foco")),
    ):
        with pytest.raises(Refusal):
            attempt()
    leads.delete(leads.now(lead).company and lead.person)
    assert leads.now(lead).person_id is None


def test_one_may_not_make_what_one_may_not_make(leads: Leads) -> None:
    lead = leads.lead(leads.rep)
    with change_set(by=None, at=timezone.now(), via="system"):
        role = leads.rep.role
        role.reach = {n: r for n, r in role.reach.items() if n != "customers.add_company"}
        role.save()
    rep = type(leads.rep).objects.for_request().get(pk=leads.rep.pk)
    with pytest.raises(Refusal) as caught:
        leads.converted(lead, rep)
    assert caught.value.status == 403
    assert Company.objects.count() == 0
    with pytest.raises(Refusal):
        leads.converted(leads.lead(), company_name="", person_name="", name="")


def test_an_opportunity_begins_where_one_says(leads: Leads) -> None:
    from coordina.pipeline.models import Stage

    won, third = Stage.objects.get(kind="won"), Stage.objects.filter(kind="open").order_by("position")[2]
    lead = leads.lead(leads.rep, amount="500", currency="EUR", source="Web")
    with pytest.raises(Refusal):
        leads.converted(lead, opportunity_name="Luz", stage=won)
    sale = leads.converted(lead, opportunity_name="Luz", stage=third).opportunity
    assert sale is not None
    assert (sale.stage_id, sale.amount, sale.source, sale.owner_id) == (third.pk, Decimal(500), "Web", leads.rep.pk)
