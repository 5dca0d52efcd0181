"""Pages of leads: list, record, board, conversion; what somebody may not see is neither shown nor hinted at."""

from typing import Any

import pytest
from django.utils import timezone

from coordina.customers.models import Company, Person
from coordina.leads import actions
from coordina.leads.matching import companies_like, people_like
from coordina.leads.models import Lead
from coordina.leads.rules import core_name, domain_of, minutes_between, same_name, title_of
from coordina.ledger.change_sets import change_set
from coordina.pipeline.models import Stage
from tests.leads.ground import Leads

AT = timezone.now()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Granja Alta S.L.", "granja alta", True),
        ("Cafés Tucán, S.A. de C.V.", "CAFES TUCAN", True),
        ("Granja Alta", "Granja Baja", False),
        ("Nave 12 Logística", "Nave 13 Logística", False),
        ("Transportes Martínez", "Transportes Martinez e Hijos", False),
        ("Transportes Martínez", "Transportes Martines", True),
        ("SA", "SL", False),
        ("", "", False),
    ],
)
def test_names_of_companies_are_compared(one: str, other: str, same: bool) -> None:
    assert same_name(one, other) is same


def test_small_rules() -> None:
    assert same_name("Boxer, Berta", "berta boxer", person=True)
    assert core_name("Compañía de Aguas S.A.") == "deaguas"
    assert domain_of("a@granja.es", "") == domain_of("", "https://www.granja.es/x") == "granja.es"
    assert domain_of("a@gmail.com", "") == ""
    assert title_of("", "", "", "", "", "LEA-000001") == "LEA-000001"
    assert minutes_between(AT, None) is None
    assert minutes_between(AT, AT) == 0


def test_matches_say_why(leads: Leads) -> None:
    farm = leads.create(Company, name="Granja Alta", website="https://granja.es", tax_id="B12345674", country="ES")
    boss = leads.create(Person, name="Otra Persona", email="berta@granja.es", company=farm)
    leads.create(Company, name="Nada que ver")
    lead = leads.lead(email="berta@granja.es", tax_id="B12345674", country="ES")
    [match] = companies_like(lead, leads.boss)
    assert (match.pk, len(match.why)) == (farm.pk, 4)
    [person] = people_like(lead, leads.boss)
    assert (person.pk, person.company) == (boss.pk, farm.pk)


def test_matches_one_may_not_see_are_not_hinted_at(leads: Leads) -> None:
    with change_set(by=None, at=timezone.now(), via="system"):
        for noun in ("customers.view_company", "customers.view_person"):
            leads.rep.role.reach[noun] = "own"
        leads.rep.role.save()
    farm = leads.create(Company, name="Granja Alta", website="https://granja.es", owner=leads.other)
    hers = leads.create(Person, name="Berta Boxer", email="berta@granja.es", company=farm, owner=leads.other)
    lead = leads.lead(leads.rep, email="berta@granja.es")
    rep = type(leads.rep).objects.for_request().get(pk=leads.rep.pk)
    assert companies_like(lead, rep) == []
    assert people_like(lead, rep) == []
    page = leads.client(leads.rep).get(f"/leads/{lead.pk}/convert/").content.decode()
    assert f'name="company" value="{farm.pk}"' not in page
    sent = {"company": farm.pk, "person": hers.pk, "version": lead.version}
    for name, pk in (("company", farm.pk), ("person", hers.pk)):
        none = {"company": "none", "person": "none", name: "other", f"{name}_other": str(pk)}
        answer = leads.client(leads.rep).post(f"/leads/{lead.pk}/convert/", none)
        assert answer.status_code == 422
        assert "Granja" not in answer.content.decode().replace("Granja Alta SL", "")
    assert leads.client(leads.rep).post(f"/leads/{lead.pk}/convert/", sent).status_code == 422


def test_converting_by_form(leads: Leads) -> None:
    lead = leads.lead(leads.rep, amount="1500", email="berta@granja.es")
    client = leads.client(leads.rep)
    page = client.get(f"/leads/{lead.pk}/convert/").content.decode()
    assert "Granja Alta SL" in page
    stage = Stage.objects.filter(kind="open").order_by("position")[1]
    sent: dict[str, Any] = {
        "company": "new", "company_name": "Granja Alta SL", "person": "new", "person_name": "Berta Boxer",
        "sale": "1", "opportunity_name": "Luz", "stage": stage.pk, "amount": "1.500,50", "currency": "EUR",
        "version": lead.version,
    }  # fmt: skip
    bad = client.post(f"/leads/{lead.pk}/convert/", sent | {"amount": "x", "opportunity_name": ""})
    assert bad.status_code == 422
    assert bad.content.decode().count('class="error"') == 2
    answer = client.post(f"/leads/{lead.pk}/convert/", sent, headers={"Accept-Language": "es"})
    now = leads.now(lead)
    assert answer["Location"] == f"/opportunities/{now.opportunity_id}/"
    assert now.opportunity is not None
    assert (str(now.opportunity.amount), now.opportunity.stage_id) == ("1500.50", stage.pk)
    for url in (f"/companies/{now.company_id}/", f"/people/{now.person_id}/", answer["Location"]):
        assert f'href="/leads/{lead.pk}/"' in client.get(url).content.decode(), url
    shown = client.get(f"/leads/{lead.pk}/").content.decode()
    assert f'href="/companies/{now.company_id}/"' in shown
    assert "/convert/" not in shown
    assert 'id="composer"' not in shown
    assert client.get(f"/leads/{lead.pk}/convert/").status_code == 302


def test_who_may_only_look_cannot_convert(leads: Leads) -> None:
    lead = leads.lead(leads.rep)
    assert leads.client(leads.other).get(f"/leads/{lead.pk}/convert/").status_code == 404
    assert leads.client(leads.other).post(f"/leads/{lead.pk}/move/", {"stage": "1"}).status_code == 404
    assert leads.client(leads.service).get("/leads/board/").status_code == 403
    assert leads.client(leads.rep).get("/leads/999999/convert/").status_code == 404


def test_the_board_shows_open_leads_in_reach(leads: Leads) -> None:
    mine, other, free = leads.lead(leads.rep, name="MiaUna"), leads.lead(leads.other, name="SuyaDos"), leads.lead()
    leads.act(actions.disqualify, pk=leads.lead(name="FueraTres").pk, reason=leads.reason())
    page = leads.client(leads.rep).get("/leads/board/").content.decode()
    assert "MiaUna" in page
    assert "SuyaDos" not in page
    assert free.title not in page
    whole = leads.client(leads.boss).get("/leads/board/").content.decode()
    assert all(lead.title in whole for lead in (mine, other, free))
    assert "FueraTres" not in whole
    filtered = leads.client(leads.boss).get("/leads/board/?q=name+%7E+SuyaDos").content.decode()
    assert "MiaUna" not in filtered


def test_moving_a_card(leads: Leads) -> None:
    lead, stage = leads.lead(leads.rep), leads.stage("qualified")
    client = leads.client(leads.rep)
    answer = client.post(
        f"/leads/{lead.pk}/move/", {"stage": stage.pk, "version": 1}, headers={"X-Requested-With": "fetch"}
    )
    assert answer.json()["columns"][str(stage.pk)]["count"] == "1"
    assert leads.now(lead).status == "qualified"
    refused = client.post(
        f"/leads/{lead.pk}/move/", {"stage": leads.stage("converted").pk}, headers={"X-Requested-With": "fetch"}
    )
    assert refused.status_code == 422
    plain = client.post(f"/leads/{lead.pk}/move/", {"stage": leads.stage("new").pk, "next": "/leads/board/"})
    assert plain["Location"] == "/leads/board/"


def test_the_board_asks_as_much_for_three_as_for_one(leads: Leads, django_assert_num_queries: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    client = leads.client(leads.boss)
    for number in range(3):
        leads.lead(name=f"Persona {number}")
        client.get("/leads/board/")
        with CaptureQueriesContext(connection) as captured:
            client.get("/leads/board/")
        counts.append(len(captured))
    assert counts[0] == counts[2], counts


def test_more_cards_of_a_column(leads: Leads) -> None:
    for number in range(23):
        leads.lead(name=f"Persona {number}")
    client = leads.client(leads.boss)
    page = client.get("/leads/board/").content.decode()
    assert page.count('class="card ') == 20
    url = page.split('hx-get="/leads/board/?')[1].split('"')[0].replace("&amp;", "&")
    more = client.get(f"/leads/board/?{url}", headers={"HX-Request": "true"}).content.decode()
    assert more.count('class="card ') == 3
    assert Lead.objects.count() == 23
