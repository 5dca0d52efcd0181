"""What happens is told: which events, what they hold, in which order, and to whom."""

import datetime as dt
import json
from typing import Any

import pytest
from django.utils import timezone

from coordina.core import listening
from coordina.core.actions import of
from coordina.core.types import TYPES
from coordina.customers.models import Company
from coordina.hooks.gathering import APART, TOGETHER, gather
from coordina.hooks.models import Delivery, DeliveryState, Due
from coordina.hooks.names import all_happenings
from coordina.ledger.change_sets import change_set
from coordina.ledger.doors import submit
from coordina.ledger.models import ChangeSet
from coordina.ledger.undo import undo
from coordina.pipeline.actions import lose, move, reopen, win
from coordina.pipeline.models import Opportunity, Pipeline, Reason, Stage
from tests.clock import madrid_day

from ..world import World
from .conftest import Receiver, hook, person, work

pytestmark = pytest.mark.django_db


def deal(world: World, **said: Any) -> Opportunity:
    company = world.create(Company, name="Aceites del Valle")
    values = {"name": "Envases", "company": company.pk, "pipeline": Pipeline.objects.get().pk, "amount": "100.00"}
    made: Opportunity = world.create(Opportunity, **(values | said))
    return made


def test_names_follow_from_the_declarations() -> None:
    names = set(all_happenings())
    assert {"company.created", "company.changed", "company.deleted", "company.assigned"} <= names
    assert {"opportunity.won", "opportunity.lost", "opportunity.reopened", "opportunity.moved"} <= names
    assert {"lead.converted", "lead.disqualified", "person.created", "custom_field.changed"} <= names
    assert not [name for name in names if name.startswith(("token.", "webhook."))]
    for known in TYPES:
        if known.name not in ("webhook", "token", "savedview"):
            assert f"{known.name}.deleted" in names


def test_a_created_record_is_told_as_the_interface_shows_it(world: World, receiver: Receiver) -> None:
    hook(world.boss, receiver.url, "company.created")
    company = world.create(Company, by=world.rep, name="Aceites del Valle")
    assert work() == 1
    (event,) = receiver.events
    row = ChangeSet.objects.latest("pk")
    assert event["id"] == f"{row.pk}-company.created-{company.pk}"
    assert (event["event"], event["type"], event["record_id"]) == ("company.created", "company", company.pk)
    assert event["who"] == {"id": world.rep.pk, "name": world.rep.name}
    assert (event["via"], event["action"]) == ("web", "customers.create_company")
    assert event["record"]["name"] == "Aceites del Valle"
    assert event["record"]["owner"] == {"id": world.rep.pk, "label": world.rep.name}
    assert event["previous"] == {}
    assert dt.datetime.fromisoformat(event["at"]) == row.at
    said = receiver.got[0].said
    assert said["delivery"] == receiver.got[0].headers["Coordina-Delivery"] == Delivery.objects.get().token
    assert Delivery.objects.get().state == DeliveryState.SENT


def test_a_change_says_what_it_was_before(world: World, receiver: Receiver) -> None:
    made = deal(world)
    hook(world.boss, receiver.url, "opportunity.changed", "opportunity.assigned")
    world.edit(made, amount="250.00", name="Envases de vidrio", owner=world.rep.pk)
    work()
    changed = next(e for e in receiver.events if e["event"] == "opportunity.changed")
    assert changed["previous"]["amount"] == {"amount": "100.00", "currency": "EUR"}
    assert changed["previous"]["name"] == "Envases"
    assert changed["previous"]["owner"] == {"id": world.boss.pk, "label": world.boss.name}
    assert changed["record"]["amount"]["amount"] == "250.00"
    assert changed["reference"] == made.reference
    assert sorted(receiver.names) == ["opportunity.assigned", "opportunity.changed"]


def test_states_have_events_of_their_own_whatever_brought_them_about(world: World, receiver: Receiver) -> None:
    made = deal(world)
    hook(world.boss, receiver.url, "opportunity.won", "opportunity.lost", "opportunity.reopened", "opportunity.moved")
    stage = Stage.objects.filter(pipeline=made.pipeline, kind="open").exclude(pk=made.stage_id).order_by("position")[0]
    today = madrid_day()
    world.act(move, pk=made.pk, stage=stage.pk)
    world.act(win, pk=made.pk, closed_on=today, reason=None)
    world.act(reopen, pk=made.pk, stage=stage.pk)
    lost = Reason.objects.filter(kind="lost").first()
    world.act(lose, pk=made.pk, closed_on=today, reason=lost.pk if lost else None)
    work(6)
    told = [name for name in receiver.names if name != "opportunity.moved"]
    assert told == ["opportunity.won", "opportunity.reopened", "opportunity.lost"]
    assert receiver.names[0] == "opportunity.moved"


def test_a_deleted_record_is_told_with_its_last_values(world: World, receiver: Receiver) -> None:
    company = world.create(Company, name="Aceites del Valle")
    hook(world.boss, receiver.url, "company.deleted")
    world.delete(company)
    work()
    (event,) = receiver.events
    assert event["record"] is None
    assert event["previous"]["name"] == "Aceites del Valle"
    assert event["record_id"] == company.pk


def test_only_what_was_asked_for_is_told(world: World, receiver: Receiver, other_receiver: Receiver) -> None:
    hook(world.boss, receiver.url, "company.changed")
    hook(world.boss, other_receiver.url, "company.*")
    company = world.create(Company, name="Uno")
    world.edit(company, name="Dos")
    world.edit(company, name="Tres")
    work(3)
    assert receiver.names == ["company.changed", "company.changed"]
    assert other_receiver.names == ["company.created", "company.changed", "company.changed"]
    assert [e["previous"]["name"] for e in receiver.events] == ["Uno", "Dos"]


def test_a_filter_narrows_to_records_that_meet_it(world: World, receiver: Receiver) -> None:
    hook(world.boss, receiver.url, "opportunity.created", filter="amount >= 1000")
    small, large = deal(world, amount="10.00"), deal(world, amount="5000.00")
    work(2)
    assert [e["record_id"] for e in receiver.events] == [large.pk]
    withheld = Delivery.objects.get(state=DeliveryState.WITHHELD)
    assert withheld.ids == [small.pk]


def test_a_webhook_is_not_told_of_the_time_before_it(world: World, receiver: Receiver) -> None:
    world.create(Company, name="Antes")
    made = hook(world.boss, receiver.url)
    assert listening.labels()
    with change_set(by=None, at=made.created_at - dt.timedelta(minutes=5), via="system"):
        Company.objects.create(name="Tarde apuntada", owner=person(world.boss))
    with change_set(by=None, at=made.created_at - dt.timedelta(days=3), via="system"):
        Company.objects.create(name="Historia", owner=person(world.boss))
    work()
    assert not receiver.got


def test_bulk_work_is_told_a_hundred_at_a_time(world: World, receiver: Receiver) -> None:
    hook(world.boss, receiver.url, "company.created")
    number = 2 * TOGETHER + 7
    with change_set(by=person(world.boss), at=timezone.now(), via="import"):
        boss = person(world.boss)
        Company.objects.bulk_create([Company(name=f"Empresa {n}", owner=boss) for n in range(number)])
    work()
    assert [len(each.events) for each in receiver.got] == [TOGETHER, TOGETHER, 7]
    assert len({event["id"] for event in receiver.events}) == number
    assert number > APART


def test_an_open_change_set_waits_until_it_is_over(world: World, receiver: Receiver) -> None:
    hook(world.boss, receiver.url, "company.created")
    row = ChangeSet(by=world.boss, at=timezone.now(), via="import", action="records.import", state="open")
    for name in ("Uno", "Dos"):
        with change_set(by=world.boss, at=row.at, via="import", resume=row):
            Company.objects.create(name=name, owner=person(world.boss))
        assert gather.call() == 0
    assert Due.objects.count() == 1
    ChangeSet.objects.filter(pk=row.pk).update(state="done")
    work()
    assert receiver.names == ["company.created"] * 2
    assert not Due.objects.exists()


def test_what_is_undone_before_it_left_is_not_told(world: World, receiver: Receiver) -> None:
    company = world.create(Company, name="Uno")
    hook(world.boss, receiver.url, "company.changed")
    world.edit(company, name="Dos")
    first = ChangeSet.objects.latest("pk")
    gather.call()
    assert Delivery.objects.get().state == DeliveryState.WAITING
    undo(first, by=person(world.boss), at=timezone.now())
    assert Delivery.objects.get(change_set_id=first.pk).state == DeliveryState.CANCELLED
    work()
    assert [e["previous"]["name"] for e in receiver.events] == ["Dos"]


def test_a_record_made_and_removed_in_one_go_is_no_event(world: World, receiver: Receiver) -> None:
    hook(world.boss, receiver.url, "company.*")
    with change_set(by=person(world.boss), at=timezone.now(), via="web"):
        Company.objects.create(name="Nada", owner=person(world.boss)).delete()
    work()
    assert not receiver.got


def test_writes_without_a_webhook_cost_no_query(
    world: World, receiver: Receiver, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            world.create(Company, name="Aceites")
        return len(captured)

    count()
    without = count()
    made = hook(world.boss, receiver.url, "person.created")
    assert count() == without, "somebody listens to another kind of record"
    from coordina.hooks.actions import end_webhook

    submit(of(end_webhook), {}, by=person(world.boss), via="web", pk=made.pk)
    hook(world.boss, receiver.url, "company.created")
    assert count() > without


def test_two_jobs_make_no_delivery_twice(world: World, receiver: Receiver) -> None:
    hook(world.boss, receiver.url, "company.created")
    world.create(Company, name="Uno")
    due = Due.objects.get()
    gather.call()
    Due.objects.create(change_set_id=due.change_set_id)
    gather.call()
    assert Delivery.objects.count() == 1


def test_a_process_learns_of_webhooks_with_the_next_request(world: World, receiver: Receiver) -> None:
    hook(world.boss, receiver.url, "company.created")
    listening.forget()
    assert not listening.labels()
    world.client(world.rep).get("/companies/")
    assert "customers.Company" in listening.labels()


def test_a_job_learns_of_webhooks_when_it_begins(world: World, receiver: Receiver) -> None:
    from coordina.accounts import definitions

    hook(world.boss, receiver.url, "company.created")
    listening.forget()
    definitions.agree()
    assert "customers.Company" in listening.labels()


def test_a_plain_hook_sends_the_event_alone(world: World, receiver: Receiver) -> None:
    hook(world.boss, receiver.url, "company.created", shape="plain")
    company = world.create(Company, name="Uno")
    work()
    assert json.loads(receiver.got[0].body)["record_id"] == company.pk
