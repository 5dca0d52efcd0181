"""A lead from hand to hand: states, touches, steps, owners, and what may not be done."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from coordina.core.refusals import Refusal
from coordina.customers.actions import log_interaction
from coordina.leads import actions
from coordina.leads.models import Lead, LeadEntry, LeadStage
from tests.clock import madrid_day
from tests.leads.ground import Leads, check


def test_a_lead_is_new_and_belongs_to_whoever_sells(leads: Leads) -> None:
    mine, nobodys = leads.lead(leads.rep), leads.lead()
    assert (mine.reference, mine.status, mine.owner, mine.team) == ("LEA-000001", "new", leads.rep, leads.north)
    assert (nobodys.owner_id, nobodys.team_id, nobodys.title) == (None, None, "Berta Boxer")
    for lead in (mine, nobodys):
        check(lead)
    assert LeadStage.objects.count() == 5


def test_somebody_must_be_named(leads: Leads) -> None:
    with pytest.raises(Refusal) as caught:
        leads.lead(name="", company_name="")
    assert "name" in caught.value.errors


@pytest.mark.parametrize(
    ("values", "title"),
    [
        ({"name": "Ana"}, "Ana"),
        ({"name": "", "company_name": "ACME"}, "ACME"),
        ({"name": "", "company_name": "", "email": "A@b.es"}, "a@b.es"),
        ({"name": "", "company_name": "", "phone": "910 123 456"}, "+34910123456"),
    ],
)
def test_the_title_is_what_is_known(leads: Leads, values: dict[str, str], title: str) -> None:
    assert leads.lead(**values).title == title


def test_the_way_through_the_funnel(leads: Leads) -> None:
    lead = leads.lead(leads.rep)
    leads.act(actions.contact, leads.rep, lead.pk)
    assert leads.now(lead).first_touch_at is not None
    leads.act(actions.qualify, leads.rep, lead.pk)
    leads.act(actions.disqualify, leads.rep, lead.pk, reason=leads.reason(), outcome_note="Nada")
    now = leads.now(lead)
    assert (now.status, now.closed_on, now.reason_id) == ("disqualified", madrid_day(), leads.reason().pk)
    check(lead)
    leads.act(actions.reopen_lead, leads.rep, lead.pk)
    now = leads.now(lead)
    assert (now.status, now.closed_on, now.reason_id, now.outcome_note) == ("qualified", None, None, "Nada")
    names = LeadEntry.objects.filter(lead=lead).order_by("position").values_list("stage__kind", flat=True)
    assert list(names) == ["new", "contacted", "qualified", "disqualified", "qualified"]
    check(lead)


def test_undo_walks_the_way_back(leads: Leads) -> None:
    lead = leads.lead(leads.rep)
    leads.act(actions.contact, leads.rep, lead.pk)
    leads.act(actions.disqualify, leads.rep, lead.pk, reason=leads.reason())
    leads.undo_last("leads.disqualify")
    check(lead)
    assert leads.now(lead).status == "contacted"
    leads.undo_last("leads.contact")
    check(lead)
    assert (leads.now(lead).status, leads.now(lead).first_touch_at) == ("new", None)


@pytest.mark.parametrize("kind", ["converted", "disqualified"])
def test_ends_are_not_reached_by_a_move(leads: Leads, kind: str) -> None:
    lead = leads.lead()
    for attempt in (
        lambda: leads.act(actions.move_lead, pk=lead.pk, stage=leads.stage(kind)),
        lambda: leads.edit(lead, stage=leads.stage(kind)),
        lambda: leads.lead(stage=leads.stage(kind)),
    ):
        with pytest.raises(Refusal) as caught:
            attempt()
        assert "stage" in caught.value.errors


@pytest.mark.parametrize(
    ("said", "touched", "status"),
    [
        ({"kind": "call", "outcome": "done"}, True, "contacted"),
        ({"kind": "call", "outcome": "no_answer"}, True, "new"),
        ({"kind": "email"}, True, "contacted"),
        ({"kind": "call", "direction": "in", "outcome": "done"}, False, "contacted"),
        ({"kind": "note"}, False, "new"),
    ],
)
def test_being_in_touch_moves_a_lead(leads: Leads, said: dict[str, str], touched: bool, status: str) -> None:
    lead = leads.lead(leads.rep, received_at=timezone.now() - timedelta(hours=3))
    about = {"subject_type": "leads.Lead", "subject_id": lead.pk, "text": "Hola"}
    leads.act(log_interaction, leads.rep, **about, **said)
    now = leads.now(lead)
    assert (now.first_touch_at is not None, now.status) == (touched, status)
    assert now.touch_minutes == (180 if touched else None)
    check(lead)
    leads.undo_last("customers.log_interaction")
    now = leads.now(lead)
    assert (now.first_touch_at, now.touch_minutes, now.status) == (None, None, "new")


def test_leads_are_given_to_people_and_to_teams(leads: Leads) -> None:
    lead = leads.lead()
    leads.act(actions.assign, pk=lead.pk, team=leads.north)
    assert (leads.now(lead).owner, leads.now(lead).team) == (None, leads.north)
    assert Lead.objects.visible_to(leads.manager).count() == 1
    leads.act(actions.assign, leads.manager, lead.pk, owner=leads.rep)
    assert (leads.now(lead).owner, leads.now(lead).team) == (leads.rep, leads.north)
    leads.edit(lead, owner=None)
    assert (leads.now(lead).owner, leads.now(lead).team) == (None, leads.north)
    with pytest.raises(Refusal):
        leads.act(actions.assign, leads.rep, lead.pk, owner=leads.rep)
    with pytest.raises(Refusal):
        leads.act(actions.assign, pk=lead.pk)


def test_next_steps(leads: Leads) -> None:
    lead = leads.lead()
    with pytest.raises(Refusal):
        leads.act(actions.complete_lead_step, pk=lead.pk)
    leads.act(actions.set_lead_step, pk=lead.pk, next_step="Llamar", next_step_on="2026-12-01")
    leads.act(actions.complete_lead_step, pk=lead.pk, next_step="Visitar")
    assert (leads.now(lead).next_step, leads.now(lead).next_step_on) == ("Visitar", None)


@pytest.mark.parametrize(
    ("of", "to", "field"),
    [(LeadStage, {"kind": "qualified"}, "kind")],
)
def test_stages_in_use_keep_their_meaning(leads: Leads, of: Any, to: dict[str, str], field: str) -> None:
    lead = leads.lead()
    with pytest.raises(Refusal) as caught:
        leads.edit(lead.stage, **to)
    assert field in caught.value.errors
    with pytest.raises(Refusal):
        leads.delete(lead.stage)
    leads.delete(leads.stage("qualified"))
