"""What becomes of a delivery when the other side is down, slow, rude or gone, and when our own worker is killed."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from coordina.activity.models import Notification
from coordina.core.actions import of
from coordina.customers.models import Company
from coordina.hooks import calling, sending
from coordina.hooks.actions import pause_webhook, resume_webhook
from coordina.hooks.calling import Answer
from coordina.hooks.gathering import gather
from coordina.hooks.keeping import KEPT, PATIENCE, forget, send_again
from coordina.hooks.models import Delivery, DeliveryState, Line, Webhook
from coordina.hooks.sending import MOST, due, next_request, pause, send, send_sample, settle
from coordina.hooks.signing import OVERLAP, line_of, reveal, rotate, secrets_of
from coordina.ledger.doors import submit
from coordina.ledger.models import ChangeSet
from coordina.ledger.models.jobs import Job

from ..world import World
from .conftest import Receiver, hook, over, person, work

pytestmark = pytest.mark.django_db


def tokens(receiver: Receiver) -> list[str]:
    return [each.headers["Coordina-Delivery"] for each in receiver.got]


def test_the_signature_holds_for_the_very_body(world: World, receiver: Receiver) -> None:
    made = hook(world.boss, receiver.url, "company.created")
    secret = reveal(line_of(made.pk))
    assert secret is not None
    assert secret.startswith("whsec_")
    assert reveal(line_of(made.pk)) is None, "once"
    world.create(Company, name="Ñandú")
    work()
    got = receiver.got[0]
    assert got.is_signed_with(secret)
    assert not got.is_signed_with(secret + "x")
    got.body += b" "
    assert not got.is_signed_with(secret)


def test_a_changed_secret_leaves_the_old_one_good_for_a_day(world: World, receiver: Receiver) -> None:
    made = hook(world.boss, receiver.url, "company.created")
    old = secrets_of(line_of(made.pk), timezone.now())[0]
    new = rotate(line_of(made.pk), timezone.now())
    world.create(Company, name="Uno")
    work()
    assert receiver.got[0].is_signed_with(old)
    assert receiver.got[0].is_signed_with(new)
    Line.objects.update(old_until=timezone.now() - dt.timedelta(seconds=1))
    world.create(Company, name="Dos")
    work()
    assert not receiver.got[1].is_signed_with(old)
    assert receiver.got[1].is_signed_with(new)
    assert secrets_of(line_of(made.pk), timezone.now() + OVERLAP) == [new]


def test_no_table_holds_a_secret(world: World, receiver: Receiver) -> None:
    made = hook(world.boss, receiver.url, "company.created")
    world.create(Company, name="Uno")
    work()
    secret = secrets_of(line_of(made.pk), timezone.now())[0].removeprefix("whsec_")
    from django.apps import apps

    for model in apps.get_models():
        for row in model._base_manager.values_list():
            assert secret not in repr(row), model


@pytest.mark.parametrize("status", [500, 503, 400, 404, 0])
def test_what_is_not_taken_comes_again_under_the_same_id(world: World, receiver: Receiver, status: int) -> None:
    hook(world.boss, receiver.url, "company.created")
    world.create(Company, name="Uno")
    receiver.answers = [status, status]
    work()
    row = Delivery.objects.get()
    assert (row.state, row.attempts, row.status) == (DeliveryState.WAITING, 1, status or None)
    assert row.next_at > timezone.now() + dt.timedelta(seconds=5)
    assert row.note
    work(2)
    assert len(set(tokens(receiver))) == 1
    assert [got.headers["Coordina-Attempt"] for got in receiver.got] == ["1", "2", "3"]
    assert [got.events[0]["id"] for got in receiver.got] == [receiver.events[0]["id"]] * 3
    row.refresh_from_db()
    assert (row.state, row.status, row.note) == (DeliveryState.SENT, 200, "")
    assert Line.objects.get().failing_since is None
    work()
    assert len(receiver.got) == 3


def test_a_receiver_that_is_down_is_asked_once_not_for_each_delivery(world: World, private: None) -> None:
    hook(world.boss, "http://127.0.0.1:9/hook", "company.created")
    for number in range(12):
        world.create(Company, name=f"Empresa {number}")
    gather.call()
    send.call()
    assert sum(Delivery.objects.values_list("attempts", flat=True)) <= sending.EACH
    assert not due(timezone.now()).exists(), "it is left alone"
    line = Line.objects.get()
    assert line.not_before is not None
    assert line.failing_since is not None


def test_a_slow_receiver_holds_up_nobody_else(
    world: World, receiver: Receiver, other_receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.slow = 1.5
    hook(world.boss, receiver.url, "company.created")
    hook(world.boss, other_receiver.url, "company.created")
    moments: dict[str, list[float]] = {}
    plain = calling.post

    def timed(address: str, *args: Any, **said: Any) -> Answer:
        from time import monotonic

        answer = plain(address, *args, **said)
        moments.setdefault(address, []).append(monotonic())
        return answer

    monkeypatch.setattr(calling, "post", timed)
    for number in range(4):
        world.create(Company, name=f"Empresa {number}")
    work()
    assert len(receiver.got) == len(other_receiver.got) == 4
    assert max(moments[other_receiver.url]) < min(moments[receiver.url])


def test_one_job_does_not_hold_a_worker_for_long(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "BUDGET", 0.0)
    hook(world.boss, receiver.url, "company.created")
    world.create(Company, name="Uno")
    gather.call()
    before = Job.objects.filter(order_key=sending.ORDER).count()
    assert send.call() == 0
    assert Job.objects.filter(order_key=sending.ORDER).count() == before + 1, "what is left queues again"


def test_deliveries_about_one_record_keep_their_order(world: World, receiver: Receiver) -> None:
    first, second = world.create(Company, name="Uno"), world.create(Company, name="Otro")
    hook(world.boss, receiver.url, "company.changed")
    receiver.answers = [500]
    for name in ("Dos", "Tres"):
        world.edit(first, name=name)
    gather.call()
    send.call()
    world.edit(second, name="Otro más")
    gather.call()
    Delivery.objects.exclude(attempts=1).update(next_at=timezone.now())
    send.call()
    said = [(e["record_id"], e["previous"]["name"]) for e in receiver.events]
    assert said == [(first.pk, "Uno"), (second.pk, "Otro")], "the other record is not held, this one is"
    work(2)
    said = [(e["record_id"], e["previous"]["name"]) for e in receiver.events]
    assert said[2:] == [(first.pk, "Uno"), (first.pk, "Dos")]


def test_after_many_attempts_it_is_given_up_and_may_be_sent_again(world: World, receiver: Receiver) -> None:
    made = hook(world.boss, receiver.url, "company.created")
    world.create(Company, name="Uno")
    world.create(Company, name="Dos")
    receiver.answers = [404] * (2 * MOST)
    work(MOST + 1)
    assert set(Delivery.objects.values_list("state", "attempts")) == {(DeliveryState.DEAD, MOST)}
    token = Delivery.objects.earliest("pk").token
    assert send_again(made, only=token) == 1
    work()
    assert tokens(receiver)[-1] == token
    assert send_again(made, since=timezone.now() - dt.timedelta(hours=1)) == 2
    work()
    assert Delivery.objects.filter(state=DeliveryState.SENT).count() == 2
    assert send_again(made, since=timezone.now()) == 0


def test_pauses_grow_are_spread_and_heed_what_the_receiver_asks() -> None:
    for attempts in range(1, MOST):
        found = {pause(attempts, None) for _time in range(30)}
        assert len(found) > 5
        usual = min(sending.FIRST * 2 ** (attempts - 1), sending.LONGEST)
        assert all(usual * 0.5 <= each <= usual * 1.5 for each in found)
    assert pause(1, 7200) == dt.timedelta(hours=2)


def test_a_busy_receiver_says_when_to_come_again(world: World, receiver: Receiver) -> None:
    hook(world.boss, receiver.url, "company.created")
    world.create(Company, name="Uno")
    receiver.answers, receiver.headers = [429], {"Retry-After": "3600"}
    work()
    assert Delivery.objects.get().next_at > timezone.now() + dt.timedelta(minutes=59)
    line = Line.objects.get()
    assert line.not_before is not None
    assert line.not_before > timezone.now() + dt.timedelta(minutes=59)


def test_gone_means_unsubscribed(world: World, receiver: Receiver) -> None:
    made = hook(world.boss, receiver.url, "company.created")
    for name in ("Uno", "Dos", "Tres", "Cuatro"):
        world.create(Company, name=name)
    receiver.answers = [410, 410, 410, 410]
    work(2)
    assert len(receiver.got) <= sending.EACH
    made.refresh_from_db()
    assert (made.status, made.stopped) == ("paused", "gone")
    assert not Delivery.objects.filter(state=DeliveryState.WAITING).exists()
    assert Notification.objects.filter(person_id=world.boss.pk, kind="hooks.stopped").count() == 1
    row = ChangeSet.objects.filter(action="hooks.stop_webhook").latest("pk")
    assert (row.by_id, row.via) == (None, "system")


def test_a_webhook_that_fails_for_days_stops_and_tells_its_owner(world: World, receiver: Receiver) -> None:
    made = hook(world.boss, receiver.url, "company.created")
    world.create(Company, name="Uno")
    receiver.answers = [500, 500]
    work()
    made.refresh_from_db()
    assert made.status == "active"
    Line.objects.update(failing_since=timezone.now() - PATIENCE - dt.timedelta(minutes=1))
    work()
    made.refresh_from_db()
    assert (made.status, made.stopped) == ("paused", "failing")
    assert Notification.objects.filter(person_id=world.boss.pk, kind="hooks.stopped").count() == 1
    work()
    assert len(receiver.got) == 2, "a stopped one sends nothing"
    submit(of(resume_webhook), {}, by=person(world.boss), via="web", pk=made.pk)
    work()
    assert len(receiver.got) == 3, "what waited goes out when it is resumed"
    assert Line.objects.get().failing_since is None


def test_a_paused_webhook_sends_nothing_and_hears_nothing(world: World, receiver: Receiver) -> None:
    made = hook(world.boss, receiver.url, "company.created")
    submit(of(pause_webhook), {}, by=person(world.boss), via="web", pk=made.pk)
    world.create(Company, name="Uno")
    work()
    submit(of(resume_webhook), {}, by=person(world.boss), via="web", pk=made.pk)
    work()
    assert not receiver.got
    world.create(Company, name="Dos")
    work()
    assert [e["record"]["name"] for e in receiver.events] == ["Dos"]


def test_a_worker_killed_before_it_noted_sends_the_same_again_and_nothing_else(
    world: World, receiver: Receiver
) -> None:
    hook(world.boss, receiver.url, "company.created")
    world.create(Company, name="Uno")
    gather.call()
    request = next_request(set())
    assert request is not None
    calling.post(request.hook.address, request.body, request.headers, private=[*_opened()])
    assert next_request(set()) is None, "it is left alone while it may be under way"
    over()
    send.call()
    assert len(receiver.got) == 2
    assert len(set(tokens(receiver))) == 1
    assert receiver.got[0].body == receiver.got[1].body
    assert send.call() == 0


def _opened() -> Any:
    from django.conf import settings

    return settings.WEBHOOKS_PRIVATE


def test_a_sample_shows_what_would_come(world: World, receiver: Receiver) -> None:
    made = hook(world.boss, receiver.url, "company.changed")
    company = world.create(Company, name="Uno")
    submit(of(pause_webhook), {}, by=person(world.boss), via="web", pk=made.pk)
    send_sample(made)
    send.call()
    (event,) = receiver.events
    assert receiver.got[0].said["test"] is True
    assert (event["event"], event["record_id"]) == ("company.changed", company.pk)
    receiver.answers = [500]
    send_sample(made)
    work(2)
    assert len(receiver.got) == 2, "a sample is sent once"
    assert Delivery.objects.filter(state=DeliveryState.DEAD).count() == 1
    assert Line.objects.get().failing_since is None


def test_what_cannot_be_written_is_given_up_and_holds_nobody(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook(world.boss, receiver.url, "company.created")
    world.create(Company, name="Uno")
    world.create(Company, name="Dos")
    plain, broken = sending.written, []

    def written(delivery: Delivery, now: Any) -> Any:
        if not broken:
            broken.append(delivery.pk)
            raise ValueError("a fault of ours")
        return plain(delivery, now)

    monkeypatch.setattr(sending, "written", written)
    work()
    assert len(receiver.got) == 1
    assert Delivery.objects.get(pk=broken[0]).state == DeliveryState.DEAD


def test_a_result_does_not_bring_back_what_was_stopped(world: World, receiver: Receiver) -> None:
    made = hook(world.boss, receiver.url, "company.created")
    world.create(Company, name="Uno")
    gather.call()
    request = next_request(set())
    assert request is not None
    Delivery.objects.update(state=DeliveryState.CANCELLED)
    settle(request, Answer(5, fault="closed", unreachable=True), timezone.now())
    assert Delivery.objects.get().state == DeliveryState.CANCELLED
    assert Webhook.objects.get(pk=made.pk).status == "active"


def test_the_log_forgets_after_a_month(world: World, receiver: Receiver) -> None:
    hook(world.boss, receiver.url, "company.created")
    world.create(Company, name="Uno")
    world.create(Company, name="Dos")
    work()
    Delivery.objects.filter(pk=Delivery.objects.earliest("pk").pk).update(
        created_at=timezone.now() - KEPT - dt.timedelta(days=1)
    )
    assert forget.call() == 1
    assert Delivery.objects.count() == 1
