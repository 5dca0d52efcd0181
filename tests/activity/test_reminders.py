"""Reminders: for oneself or a colleague who sees the record, once for each time, for nobody else's eyes."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from coordina.accounts.models import User
from coordina.activity import reminding
from coordina.activity.actions import add_reminder, delete_reminder, finish_reminder, snooze_reminder
from coordina.activity.models import Reminded, Reminder
from coordina.activity.shown import newest
from coordina.core.refusals import NotFound, Refusal
from coordina.customers.models import Company, Interaction
from coordina.ledger.change_sets import change_set
from coordina.ledger.models import ChangeSet
from coordina.ledger.queue import run_until_idle
from coordina.ledger.undo import undo
from tests.world import World

pytestmark = pytest.mark.django_db


def soon(hours: float = 1) -> dt.datetime:
    return timezone.now() + dt.timedelta(hours=hours)


def remind(world: World, subject: Any, by: User, text: str = "Llamar", **values: Any) -> Reminder:
    data = {"due_at": soon(), "text": text} | values
    made: Reminder = world.act(add_reminder, by=by, subject_type=subject._meta.label, subject_id=subject.pk, **data)
    return made


def pass_time(reminder: Reminder) -> None:
    with change_set(by=None, at=timezone.now(), via="system"):
        Reminder.objects.filter(pk=reminder.pk).update(due_at=timezone.now() - dt.timedelta(minutes=1))


def ring() -> None:
    reminding.remind.enqueue()
    run_until_idle()


def texts(user: User, **options: Any) -> list[str]:
    return [each.text for each in newest(User.objects.for_request().get(pk=user.pk), **options)]


def test_a_reminder_rings_once_at_its_time(world: World) -> None:
    company = world.create(Company, name="Una")
    made = remind(world, company, world.rep)
    ring()
    assert texts(world.rep) == []
    pass_time(made)
    for _n in range(3):
        ring()
    assert texts(world.rep) == ["Llamar"]
    world.act(snooze_reminder, by=world.rep, pk=made.pk, due_at=soon(2))
    assert texts(world.rep, unread=True) == []
    pass_time(made)
    ring()
    assert texts(world.rep) == ["Llamar", "Llamar"]
    assert Reminded.objects.count() == 1


def test_a_colleague_is_reminded_only_of_what_they_see(world: World) -> None:
    company = world.create(Company, name="Una")
    made = remind(world, company, world.rep, person=world.other)
    pass_time(made)
    ring()
    assert texts(world.other) == ["Llamar (de Bruno Encina)"]
    assert texts(world.rep) == []
    secret = world.create(Interaction, by=world.rep, summary="Secreta")
    with pytest.raises(Refusal) as caught:
        remind(world, secret, world.rep, person=world.other)
    assert set(caught.value.errors) == {"person"}
    with pytest.raises(NotFound):
        remind(world, secret, world.other)


def test_who_lost_sight_of_the_record_is_not_reminded(world: World) -> None:
    secret = world.create(Interaction, by=world.rep, summary="Secreta")
    made = remind(world, secret, world.rep, text="Canario")
    world.edit(secret, owner=world.other)
    pass_time(made)
    ring()
    assert texts(world.rep) == []
    client = world.client(world.rep)
    assert "Canario" not in client.get("/notifications/").content.decode()
    assert client.get(f"/reminders/{made.pk}/").status_code == 404


def test_only_who_made_it_and_who_gets_it_see_it(world: World) -> None:
    company = world.create(Company, name="Una")
    made = remind(world, company, world.rep, text="CanarioRecordatorio", person=world.other)
    for user, seen in ((world.rep, True), (world.other, True), (world.boss, False), (world.service, False)):
        assert Reminder.objects.visible_to(User.objects.for_request().get(pk=user.pk)).exists() is seen
        client = world.client(user)
        page = client.get(f"/timeline/companies/{company.pk}/?only=reminders").content.decode()
        assert ("CanarioRecordatorio" in page) is seen
        assert client.get(f"/reminders/{made.pk}/").status_code == (200 if seen else 404)
        assert ("CanarioRecordatorio" in client.get("/reminders/").content.decode()) is seen
        mine = user.pk == world.other.pk
        assert ("CanarioRecordatorio" in client.get("/notifications/").content.decode()) is mine


def test_past_times_and_empty_texts_are_refused(world: World) -> None:
    company = world.create(Company, name="Una")
    for values, field in (({"due_at": soon(-1)}, "due_at"), ({"text": ""}, "text")):
        with pytest.raises(Refusal) as caught:
            remind(world, company, world.rep, **values)
        assert set(caught.value.errors) == {field}


def test_done_and_deleted_are_undone(world: World) -> None:
    company = world.create(Company, name="Una")
    made = remind(world, company, world.rep)
    pass_time(made)
    ring()
    world.act(finish_reminder, by=world.rep, pk=made.pk)
    assert texts(world.rep, unread=True) == []
    undo(ChangeSet.objects.latest("pk"), by=world.rep, at=timezone.now())
    assert Reminder.objects.get().done_at is None
    world.act(delete_reminder, by=world.rep, pk=made.pk)
    undo(ChangeSet.objects.latest("pk"), by=world.rep, at=timezone.now())
    assert Reminder.objects.get().text == "Llamar"


def test_the_pages_set_put_off_and_tick_off(world: World) -> None:
    company = world.create(Company, name="Una", by=world.rep)
    client = world.client(world.rep)
    panel = client.get(f"/companies/{company.pk}/panels/activity.around.company/", headers={"HX-Request": "true"})
    assert "Recuérdame" in panel.content.decode()
    url = f"/reminders/of/companies/{company.pk}/"
    when = (timezone.localtime() + dt.timedelta(days=2)).strftime("%Y-%m-%dT10:00")
    for _n in range(2):
        data = {"text": "Preguntar", "due_at": when, "person": "", "once": "k"}
        assert client.post(url, data).status_code == 302
    made = Reminder.objects.get()
    assert timezone.localtime(made.due_at, dt.timezone(dt.timedelta(hours=1))).hour in (9, 10)
    assert client.post(url, {"text": "x", "due_at": "cuando sea"}).status_code == 422
    assert client.get(url).status_code == 200
    page = client.get("/notifications/").content.decode()
    assert "Preguntar" in page
    for do in ("hour", "tomorrow", "week"):
        back = client.post(f"/reminders/{made.pk}/", {"do": do, "back": "/notifications/"})
        assert back["Location"] == "/notifications/"
    assert client.post(f"/reminders/{made.pk}/", {"do": "later", "due_at": ""}).status_code == 422
    assert client.post(f"/reminders/{made.pk}/", {"do": "done"})["Location"] == f"/companies/{company.pk}/"
    assert Reminder.objects.get().done_at is not None
    client.post(f"/reminders/{made.pk}/", {"do": "delete"})
    assert not Reminder.objects.exists()
