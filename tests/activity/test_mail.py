"""Outgoing mail: none is lost, none goes out twice, none tells what is out of sight by then."""

from datetime import timedelta
from email import message_from_string, policy

import pytest
from django.db import transaction
from django.utils import timezone

from coordina.activity import delivery
from coordina.activity.mail import cancel, link, page, release, send
from coordina.activity.models import Mail, MailState
from coordina.customers.models import Company, Interaction
from coordina.ledger.change_sets import change_set
from coordina.ledger.models import ChangeSet
from coordina.ledger.queue import run_until_idle
from coordina.ledger.undo import undo
from tests.activity.conftest import Post
from tests.world import World

pytestmark = pytest.mark.django_db


def later(minutes: int) -> None:
    """Move the clock of mails."""
    Mail.objects.filter(state=MailState.WAITING).update(next_at=timezone.now() - timedelta(minutes=minutes))


def test_without_a_mail_server_mails_are_kept(world: World, settings: object) -> None:
    mail = send(to=world.rep, subject="Hola", text="Qué tal")
    assert mail is not None
    assert mail.state == MailState.HELD
    assert run_until_idle() == 0
    assert release([mail.pk], at=timezone.now()) == 0


def test_a_server_that_is_down_delays_mails_and_loses_none(world: World, post: Post) -> None:
    mails = [send(to=world.rep, subject=f"Carta {n}", text="Texto") for n in range(3)]
    run_until_idle()
    rows = list(Mail.objects.order_by("pk"))
    assert [row.state for row in rows] == [MailState.WAITING] * 3
    assert all("refused" in row.error.lower() and row.error_at for row in rows)
    assert sum(row.attempts for row in rows) == 1, "when the server is down the others need not try"
    assert all(row.next_at > timezone.now() for row in rows)
    server = post.up()
    run_until_idle()
    assert not server.taken, "not yet"
    later(1)
    delivery.deliver.enqueue()
    run_until_idle()
    assert len(server.taken) == len(mails)
    rows = list(Mail.objects.order_by("pk"))
    assert [(row.state, row.error) for row in rows] == [(MailState.SENT, "")] * 3
    subjects = [message_from_string(m, policy=policy.default)["Subject"] for m in server.taken]
    assert subjects == ["Carta 0", "Carta 1", "Carta 2"]


def test_pauses_grow_and_after_days_a_person_decides(world: World, post: Post) -> None:
    send(to=world.rep, subject="Hola", text="x")
    pauses = []
    for _n in range(9):
        later(0)
        delivery.deliver.enqueue()
        run_until_idle()
        row = Mail.objects.get()
        pauses.append(round((row.next_at - timezone.now()).total_seconds() / 60))
    assert pauses[:4] == [1, 2, 4, 8]
    assert pauses[-1] == 60
    Mail.objects.update(created_at=timezone.now() - timedelta(days=6), next_at=timezone.now())
    delivery.deliver.enqueue()
    run_until_idle()
    row = Mail.objects.get()
    assert row.state == MailState.FAILED
    assert row.error
    server = post.up()
    assert release([row.pk], at=timezone.now()) == 1
    run_until_idle()
    assert len(server.taken) == 1


def test_one_refused_address_does_not_hold_the_others(world: World, post: Post) -> None:
    server = post.up()
    server.refuse = {"bruno@": "550 no such person", "teo@": "450 come back later"}
    for person in (world.rep, world.other, world.service):
        send(to=person, subject="Hola", text="x")
    run_until_idle()
    states = dict(Mail.objects.values_list("address", "state"))
    assert states == {
        "bruno@example.com": MailState.FAILED,
        "teo@example.com": MailState.WAITING,
        "sol@example.com": MailState.SENT,
    }
    assert Mail.objects.get(address="bruno@example.com").error == "550 no such person"


def test_a_rollback_takes_the_mail_along_and_a_key_sends_once(world: World, post: Post) -> None:
    server = post.up()
    with transaction.atomic():
        send(to=world.rep, subject="Hola", text="x")
        transaction.set_rollback(True)
    assert not Mail.objects.exists()
    first = send(to=world.rep, subject="Hola", text="x", key="one")
    second = send(to=world.rep, subject="Hola", text="x", key="one")
    assert first is not None
    assert second is not None
    assert first.pk == second.pk
    run_until_idle()
    assert len(server.taken) == 1


def test_a_killed_worker_sends_again_under_the_same_message_id(world: World, post: Post) -> None:
    server = post.up()
    mail = send(to=world.rep, subject="Hola", text="x")
    assert mail is not None
    assert delivery._claimed(timezone.now()) is not None  # and dies
    run_until_idle()
    assert not server.taken
    for _n in range(2):
        Mail.objects.update(state=MailState.WAITING, next_at=timezone.now() - timedelta(minutes=1))
        delivery.look_for_mail.enqueue()
        run_until_idle()
    ids = {message_from_string(m)["Message-ID"] for m in server.taken}
    assert len(server.taken) == 2
    assert len(ids) == 1
    assert ids.pop().endswith("@crm.example.com>")


def test_a_mail_about_what_is_out_of_sight_by_then_is_not_sent(world: World, post: Post) -> None:
    secret = world.create(Interaction, by=world.rep, summary="Canario")
    send(to=world.rep, subject="Canario", text="Canario", about=secret)
    send(to=world.boss, subject="Canario", text="Canario", about=secret)
    world.edit(secret, owner=world.other)
    server = post.up()
    run_until_idle()
    letters = [message_from_string(m, policy=policy.default) for m in server.taken]
    assert [m["To"] for m in letters if m["Subject"] == "Canario"] == ["Inés Alondra <ines@example.com>"]
    assert Mail.objects.get(person_id=world.rep.pk).state == MailState.CANCELLED


def test_undo_takes_back_what_has_not_left_and_names_what_has(world: World, post: Post) -> None:
    for sent in (False, True):
        at = timezone.now()
        with change_set(by=world.boss, at=at, via="web", action="test"):
            Company.objects.create(name="Una")
            send(to=world.rep, subject="Hola", text="x")
        if sent:
            post.up()
            run_until_idle()
        report = undo(ChangeSet.objects.latest("pk"), by=world.boss, at=timezone.now())
        assert Mail.objects.latest("pk").state == (MailState.SENT if sent else MailState.CANCELLED)
        assert any("bruno@example.com" in text for text in report.outside) is sent


def test_text_and_html_are_escaped_and_links_come_from_the_base_url(world: World, post: Post) -> None:
    made = page("Hola <b>tú</b>\nsegunda", button=("Abrir", link("/companies/1/")))
    assert "https://crm.example.com/companies/1/" in made["text"]
    assert "&lt;b&gt;tú&lt;/b&gt;<br>segunda" in made["html"]
    server = post.up()
    send(to="ada@example.com", subject="Una\r\nBcc: x@example.com", **made)
    run_until_idle()
    message = message_from_string(server.taken[0], policy=policy.default)
    assert message["Subject"] == "Una Bcc: x@example.com"
    assert message["Bcc"] is None
    assert {part.get_content_type() for part in message.walk()} >= {"text/plain", "text/html"}


def test_who_has_no_address_gets_no_mail_and_a_cancelled_one_stays(world: World, post: Post) -> None:
    world.rep.email = None
    assert send(to=world.rep, subject="Hola", text="x") is None
    mail = send(to=world.boss, subject="Hola", text="x")
    assert mail is not None
    assert cancel([mail.pk]) == 1
    server = post.up()
    run_until_idle()
    assert not server.taken
