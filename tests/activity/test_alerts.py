"""Alerts come by themselves and go by themselves: on every write, by the round of the day, and when people decide."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from coordina.activity.alerts import actions, jobs, rounds
from coordina.activity.alerts.keeping import Asking
from coordina.activity.models import Alert, AlertMark
from coordina.core.refusals import Forbidden, NotFound, Refusal
from coordina.core.watchers import WATCHERS
from coordina.customers.models import Company, Person
from coordina.ledger.doors import submit
from coordina.ledger.models import ChangeSet
from coordina.ledger.queue.worker import run_until_idle
from coordina.ledger.undo import undo
from coordina.pipeline import actions as pipeline
from coordina.pipeline.defaults import make_default_pipeline
from coordina.pipeline.models import Opportunity, Stage
from tests.clock import madrid_day
from tests.world import World

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def world() -> World:
    made = World()
    made.act(make_default_pipeline)
    return made


@pytest.fixture
def today() -> dt.date:
    return madrid_day()


def sale(world: World, **values: Any) -> Opportunity:
    """An opportunity of Bruno that needs no hand, but for what is said."""
    today = madrid_day()
    whole = {"next_step": "Llamar", "next_step_on": today + 5 * DAY, "closes_on": today + 30 * DAY, "amount": "500"}
    company = Company.objects.first() or world.create(Company, name="Marabú")
    made: Opportunity = world.create(
        Opportunity, name="Nave", **{"owner": world.rep, "company": company, **whole, **values}
    )
    return made


def kinds(obj: Any) -> set[str]:
    """What stands about a record."""
    found = Alert.objects.filter(subject_type=obj._meta.label, subject_id=obj.pk)
    return set(found.values_list("watcher", flat=True))


def about(alert: Alert) -> dict[str, Any]:
    """The matter, as actions take it."""
    return {"watcher": alert.watcher, "subject_type": alert.subject_type, "subject_id": alert.subject_id}


def the_alert(obj: Any) -> Alert:
    return Alert.objects.get(subject_type=obj._meta.label, subject_id=obj.pk)


def undo_last(world: World) -> None:
    undo(ChangeSet.objects.order_by("-pk")[0], by=world.boss, at=timezone.now())


OPENS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "pipeline.no_next_step": ({"next_step": "", "next_step_on": None}, {"next_step": "Visitar"}),
    "pipeline.next_step_due": ({"next_step_on": -DAY}, {"next_step_on": DAY}),
    "pipeline.close_passed": ({"closes_on": -DAY}, {"closes_on": DAY}),
    "pipeline.no_company": ({"company": None}, {"company": "Marabú"}),
    "pipeline.stalled": ({"opened_on": -40 * DAY}, {"stage": "Proposal"}),
}


def with_days(values: dict[str, Any], today: dt.date) -> dict[str, Any]:
    found = {n: today + v if isinstance(v, dt.timedelta) else v for n, v in values.items()}
    if found.get("company"):
        found["company"] = Company.objects.get(name=found["company"]).pk
    if found.get("stage"):
        found["stage"] = Stage.objects.get(position=3).pk
    return found


@pytest.mark.parametrize("name", OPENS)
def test_a_matter_of_the_pipeline_opens_and_ends_with_the_write(name: str, world: World, today: dt.date) -> None:
    world.create(Company, name="Marabú")
    opens, ends = with_days(OPENS[name][0], today), with_days(OPENS[name][1], today)
    obj = sale(world, **opens)
    assert kinds(obj) == {name}
    alert = the_alert(obj)
    assert (alert.owner_id, alert.team_id, alert.holder_id) == (world.rep.pk, world.north.pk, world.rep.pk)
    world.edit(obj, **ends)
    assert kinds(obj) == set()
    undo_last(world)
    assert kinds(obj) == {name}
    assert rounds.compare() == 0


def test_every_watcher_has_words_a_reason_and_something_to_do(world: World, today: dt.date, english: None) -> None:
    for watcher in WATCHERS:
        assert watcher.acts
        assert 1 <= len(watcher.acts) <= 2
        assert watcher.label
        assert len(watcher.name) <= 60


def test_consent_is_missing_until_it_is_recorded(world: World, today: dt.date) -> None:
    person = world.create(Person, name="Olga Cereza", owner=world.rep)
    assert kinds(person) == {"customers.no_consent"}
    from coordina.customers.actions import record_consent

    world.act(record_consent, pk=person.pk, consent="refused", consent_source="Llamada", consent_on=today)
    assert kinds(person) == set()
    with pytest.raises(Refusal):
        world.act(record_consent, pk=person.pk, consent="given", consent_source="x", consent_on=today + 9 * DAY)


def test_a_closed_or_deleted_opportunity_needs_no_hand(world: World, today: dt.date) -> None:
    obj = sale(world, next_step="", next_step_on=None, company=None, closes_on=today - DAY)
    assert len(kinds(obj)) == 3
    world.act(pipeline.win, pk=obj.pk, closed_on=today)
    assert kinds(obj) == set()
    undo_last(world)
    assert len(kinds(obj)) == 3
    world.delete(obj)
    assert kinds(obj) == set()
    undo_last(world)
    assert len(kinds(obj)) == 3


def test_an_alert_follows_its_record_to_another_owner(world: World) -> None:
    obj = sale(world, company=None)
    world.edit(obj, owner=world.other)
    alert = the_alert(obj)
    assert (alert.owner_id, alert.team_id, alert.holder_id) == (world.other.pk, world.south.pk, world.other.pk)


def test_time_alone_raises_what_is_due(world: World, today: dt.date, monkeypatch: pytest.MonkeyPatch) -> None:
    obj = sale(world, next_step_on=today + DAY, closes_on=today + 2 * DAY)
    rounds.go_round(Asking.now())
    assert kinds(obj) == set()
    assert not rounds.is_due(today)
    for module in ("coordina.activity.alerts.keeping", "coordina.activity.alerts.jobs"):
        monkeypatch.setattr(f"{module}.today", lambda: today + 3 * DAY)
    jobs.ask_all.enqueue()
    run_until_idle()
    assert kinds(obj) == {"pipeline.next_step_due", "pipeline.close_passed"}
    assert rounds.compare() == 0
    jobs.ask_all.enqueue()
    run_until_idle()
    monkeypatch.undo()
    rounds.go_round(Asking.now())  # and back: what is over goes by the round as well
    assert kinds(obj) == set()


def test_time_alone_makes_a_matter_urgent(world: World, today: dt.date, monkeypatch: pytest.MonkeyPatch) -> None:
    big = sale(world, company=None, amount="90000")
    small = sale(world, company=None, amount="10")
    assert [the_alert(o).place for o in (big, small)] == [2, 4]
    monkeypatch.setattr("coordina.activity.alerts.keeping.today", lambda: today + 14 * DAY)
    rounds.go_round(Asking.now())
    found = Alert.objects.filter(watcher="pipeline.no_company").order_by("subject_id")
    assert [a.place for a in found] == [1, 3]
    assert rounds.compare() == 0


def test_put_off_comes_back_by_itself(world: World, today: dt.date, monkeypatch: pytest.MonkeyPatch) -> None:
    obj = sale(world, company=None)
    place = the_alert(obj).place
    world.act(actions.put_off_alert, by=world.rep, until=today + DAY, **about(the_alert(obj)))
    assert the_alert(obj).place == 0
    undo(ChangeSet.objects.order_by("-pk")[0], by=world.rep, at=timezone.now())
    assert the_alert(obj).place == place
    world.act(actions.put_off_alert, by=world.rep, until=today + DAY, **about(the_alert(obj)))
    monkeypatch.setattr("coordina.activity.alerts.keeping.today", lambda: today + DAY)
    rounds.go_round(Asking.now())
    assert the_alert(obj).place == place
    assert rounds.compare() == 0


@pytest.mark.parametrize("days", [-1, 0, 400])
def test_nothing_is_put_off_to_the_past_or_for_ever(days: int, world: World, today: dt.date) -> None:
    obj = sale(world, company=None)
    with pytest.raises(Refusal):
        world.act(actions.put_off_alert, until=today + days * DAY, **about(the_alert(obj)))


def test_handed_on_to_somebody_who_sees_it_and_nobody_else(world: World) -> None:
    obj = sale(world, company=None)
    with pytest.raises(Refusal):
        world.act(actions.hand_on_alert, to=world.other, **about(the_alert(obj)))
    world.act(actions.hand_on_alert, by=world.rep, to=world.boss, **about(the_alert(obj)))
    alert = the_alert(obj)
    assert (alert.owner_id, alert.holder_id, alert.place) == (world.rep.pk, world.boss.pk, 14)
    world.act(actions.hand_on_alert, to=world.rep, **about(alert))
    assert (the_alert(obj).holder_id, the_alert(obj).place) == (world.rep.pk, 4)
    assert rounds.compare() == 0


def test_closed_with_a_reason_until_it_begins_anew(world: World, today: dt.date) -> None:
    obj = sale(world, next_step_on=today - 3 * DAY)
    with pytest.raises(Refusal):
        world.act(actions.close_alert, reason="  ", **about(the_alert(obj)))
    world.act(actions.close_alert, reason="El cliente llama él", **about(the_alert(obj)))
    assert the_alert(obj).place == 0
    world.edit(obj, amount="800")
    assert the_alert(obj).place == 0
    world.edit(obj, next_step_on=today - DAY)  # another follow-up that is overdue: another matter
    assert the_alert(obj).place != 0
    world.act(actions.bring_back_alert, **about(the_alert(obj)))
    assert rounds.compare() == 0


def test_what_one_cannot_see_cannot_be_decided_about(world: World, today: dt.date) -> None:
    obj = sale(world, company=None)
    matter = about(the_alert(obj))
    with pytest.raises(NotFound):
        world.act(actions.put_off_alert, by=world.other, until=today + DAY, **matter)
    with pytest.raises(NotFound):
        world.act(actions.put_off_alert, until=today + DAY, **matter | {"subject_type": "customers.Person"})
    with pytest.raises(Forbidden):
        world.act(actions.tune_alerts, by=world.rep, important_value="1", waits={}, off=[])
    assert not AlertMark.objects.exists()


def test_tuning_moves_what_stands_and_is_undone(world: World) -> None:
    obj = sale(world, company=None, amount="600")
    assert the_alert(obj).place == 4
    world.act(actions.tune_alerts, important_value="500", waits={"pipeline.no_company": 0}, off=[])
    run_until_idle()
    assert the_alert(obj).place == 1
    assert rounds.compare() == 0
    world.act(actions.tune_alerts, important_value="500", waits={}, off=["pipeline.no_company"])
    run_until_idle()
    assert kinds(obj) == set()
    undo_last(world)
    run_until_idle()
    assert the_alert(obj).place == 1
    assert rounds.compare() == 0


def test_another_limit_of_a_stage_is_heeded(world: World, today: dt.date) -> None:
    obj = sale(world, opened_on=today - 10 * DAY)
    assert kinds(obj) == set()
    world.edit(Stage.objects.get(pk=obj.stage_id), ageing_days=5)
    run_until_idle()
    assert kinds(obj) == {"pipeline.stalled"}
    assert rounds.compare() == 0


def test_many_at_once_and_a_rebuild_say_the_same(world: World) -> None:
    from coordina.core.types import type_of
    from coordina.ledger.change_sets import change_set

    writer = type_of(Opportunity).writer
    with change_set(by=world.boss, at=timezone.now(), via="web", action="test.bulk"):
        writer.create([writer.clean({"name": f"Op {n}"}) for n in range(70)], by=world.boss, at=timezone.now())
    assert Alert.objects.filter(watcher="pipeline.no_next_step").count() == 70
    assert rounds.compare() == 0
    Alert.objects.filter(subject_id__lte=35).delete()
    Alert.objects.filter(watcher="pipeline.no_company").update(importance=99)
    assert rounds.compare() > 35
    rounds.rebuild()
    assert rounds.compare() == 0


def test_permission_is_asked(world: World, today: dt.date) -> None:
    obj = sale(world, company=None)
    plain = world.service
    with pytest.raises((NotFound, Forbidden)):
        submit_put_off(plain, the_alert(obj), today)


def submit_put_off(by: Any, alert: Alert, today: dt.date) -> Any:
    from coordina.accounts.models import User
    from coordina.core.actions import of

    user = User.objects.for_request().get(pk=by.pk)
    return submit(of(actions.put_off_alert), {"until": today + DAY, **about(alert)}, by=user, via="web")


def test_a_stage_without_a_limit_goes_by_its_own_history(world: World, today: dt.date, english: None) -> None:
    from coordina.core.formats import formats_of
    from coordina.pipeline.jobs import measure_paces
    from coordina.pipeline.models import StagePace

    first = Stage.objects.get(position=1)
    world.edit(first, ageing_days=None)
    run_until_idle()
    for _ in range(20):
        quick = sale(world, opened_on=today - 12 * DAY)
        world.act(pipeline.move, pk=quick.pk, stage=Stage.objects.get(position=2), entered_on=today - 2 * DAY)
    slow = sale(world, opened_on=today - 11 * DAY)
    assert kinds(slow) == set()
    measure_paces.enqueue()
    run_until_idle()
    assert StagePace.objects.get(pk=first.pk).days == 10
    assert kinds(slow) == {"pipeline.stalled"}
    watcher = WATCHERS["pipeline.stalled"]
    row = Opportunity.objects.filter(pk=slow.pk).values("pk", *watcher.columns, *watcher.shows).get()
    said = watcher.says(row, formats_of("en", "Europe/Madrid", "EUR", timezone.now()))
    assert "four of five leave within 10" in said[1]
    assert rounds.compare() == 0
