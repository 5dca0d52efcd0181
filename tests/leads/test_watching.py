"""Leads that need a hand raise alerts, and what is done about them takes these back."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from coordina.accounts.company import company_midnight
from coordina.activity.models import Alert
from coordina.core.watchers import Tuning
from coordina.leads import actions
from coordina.leads.models import Lead
from coordina.leads.rules import importance
from coordina.leads.watchers import came
from tests.clock import madrid_day
from tests.leads.ground import Leads

AGO = timezone.now() - timedelta(days=3)
TOUCHED = {"first_touch_at": AGO, "received_at": AGO, "next_step": "Llamar", "next_step_on": "2030-01-01"}


def kinds(lead: Lead) -> set[str]:
    """What stands about a lead."""
    rows = Alert.objects.filter(subject_type="leads.Lead", subject_id=lead.pk)
    return set(rows.values_list("watcher", flat=True))


def test_nobody_looks_after_it(leads: Leads) -> None:
    lead = leads.lead(**TOUCHED)
    assert kinds(lead) == {"leads.no_owner"}
    leads.act(actions.assign, pk=lead.pk, owner=leads.rep)
    assert kinds(lead) == set()
    leads.undo_last("leads.assign")
    assert kinds(lead) == {"leads.no_owner"}


def test_nobody_was_in_touch(leads: Leads) -> None:
    fresh, lead = leads.lead(leads.rep), leads.lead(leads.rep, received_at=AGO)
    assert kinds(fresh) == set()
    assert kinds(lead) == {"leads.no_first_touch"}
    leads.act(actions.log_call, leads.rep, lead.pk, outcome="no_answer")
    assert kinds(lead) == set()
    assert leads.now(lead).status == "new"
    leads.act(actions.log_call, leads.rep, lead.pk)
    assert leads.now(lead).status == "contacted"
    assert kinds(lead) == {"leads.no_next_step"}
    leads.act(actions.set_lead_step, leads.rep, lead.pk, next_step="Visitar", next_step_on=madrid_day())
    assert kinds(lead) == {"leads.next_step_due"}
    tomorrow = madrid_day() + timedelta(days=1)
    leads.act(actions.put_off_lead_step, leads.rep, lead.pk, next_step_on=tomorrow)
    assert kinds(lead) == set()


@pytest.mark.parametrize("done", [True, False])
def test_the_end_takes_all_of_it_back(leads: Leads, done: bool) -> None:
    lead = leads.lead(leads.rep, received_at=AGO, next_step="Llamar", next_step_on="2026-01-01")
    assert kinds(lead) == {"leads.no_first_touch", "leads.next_step_due"}
    if done:
        leads.converted(lead, leads.rep)
    else:
        leads.act(actions.disqualify, leads.rep, lead.pk, reason=leads.reason())
    assert kinds(lead) == set()


@pytest.mark.parametrize(
    ("amount", "status", "points"),
    [(None, "new", 50), (None, "contacted", 20), (10_000, "contacted", 40), (10_000, "new", 70), (90_000, "new", 100)],
)
def test_points(amount: Any, status: str, points: int) -> None:
    assert importance(amount, status, Tuning().value) == points


@pytest.mark.parametrize("zone", ["UTC", "America/Lima", "Pacific/Auckland"])
def test_a_lead_came_on_the_companys_day_whoever_asks(leads: Leads, zone: str) -> None:
    at = datetime(2026, 3, 3, 23, 30, tzinfo=UTC)
    with timezone.override(zone):
        assert came({"received_at": at}) == date(2026, 3, 4)
        assert company_midnight(date(2026, 3, 4)) == datetime(2026, 3, 3, 23, tzinfo=UTC)
