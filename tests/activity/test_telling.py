"""Telling people: once, as they chose, and never what they may not see, also not after they lost sight of it."""

from email import message_from_string, policy
from typing import Any

import pytest
from django.utils import timezone, translation

from coordina.accounts.models import User
from coordina.activity import news
from coordina.activity.kinds import COMMENT, KINDS, MENTION
from coordina.activity.models import Bell, How, Mail, MailState, Notification, Preference
from coordina.activity.notifications import forget, reword, tell
from coordina.activity.shown import newest
from coordina.customers.models import Company, Interaction
from coordina.ledger.change_sets import change_set
from coordina.ledger.models import ChangeSet
from coordina.ledger.queue import run_until_idle
from coordina.ledger.undo import undo
from tests.activity.conftest import Post
from tests.world import World

pytestmark = pytest.mark.django_db


def fresh(user: User) -> User:
    found: User = User.objects.for_request().get(pk=user.pk)
    return found


def texts(user: User, **options: Any) -> list[str]:
    return [each.text for each in newest(fresh(user), **options)]


def choose(user: User, kind: str, how: How) -> None:
    Preference.objects.update_or_create(person=user, kind=kind, defaults={"how": how})


def test_only_who_sees_it_is_told_and_nobody_of_their_own_doing(world: World) -> None:
    secret = world.create(Interaction, by=world.rep, summary="Secreta")
    people = [world.rep, world.other, world.boss, world.service]
    told = tell(people, kind=COMMENT, about=secret, by=world.boss, text="Hola")
    assert {n.person_id for n in told} == {world.rep.pk}
    assert texts(world.other) == texts(world.boss) == []


def test_the_same_is_told_once(world: World) -> None:
    company = world.create(Company, name="Una")
    for _n in range(3):
        tell([world.rep], kind=COMMENT, about=company, text="Hola", key="comment:1")
    tell([world.rep, world.other], kind=COMMENT, about=company, text="Hola", key="comment:1")
    assert texts(world.rep) == texts(world.other) == ["Hola"]


def test_lost_sight_means_not_shown_and_seen_again_means_shown(world: World) -> None:
    secret = world.create(Interaction, by=world.rep, summary="Secreta")
    tell([world.rep], kind=COMMENT, about=secret, text="Canario")
    world.edit(secret, owner=world.other)
    assert texts(world.rep) == []
    world.edit(secret, owner=world.rep)
    assert texts(world.rep) == ["Canario"]
    world.delete(secret)
    assert texts(world.rep) == []


def test_who_lost_access_between_telling_and_mailing_gets_no_mail(world: World, post: Post) -> None:
    secret = world.create(Interaction, by=world.rep, summary="Canario")
    tell([world.rep, world.boss], kind=MENTION, about=secret, text="Canario dos")
    assert Mail.objects.count() == 2
    assert not Mail.objects.filter(subject__contains="Canario").exists(), "not even administrators' lists tell it"
    world.edit(secret, owner=world.other)
    server = post.up()
    run_until_idle()
    letters = [message_from_string(m, policy=policy.default) for m in server.taken]
    assert not [m for m in letters if "bruno@" in m["To"]]
    (letter,) = [m for m in letters if "ines@" in m["To"]]
    assert Mail.objects.get(person_id=world.rep.pk).state == MailState.CANCELLED
    body = letter.get_body(("plain",))
    assert body is not None
    assert "Canario dos" in body.get_content()
    assert f"https://crm.example.com/interactions/{secret.pk}/" in body.get_content()


def test_each_chooses_a_way_for_each_kind(world: World, post: Post) -> None:
    company = world.create(Company, name="Una")
    everybody = {"app": world.rep, "mail": world.other, "digest": world.boss, "off": world.service}
    for how, user in everybody.items():
        choose(user, COMMENT, How(how))
    told = tell(everybody.values(), kind=COMMENT, about=company, text="Hola")
    assert {n.person_id for n in told} == {u.pk for how, u in everybody.items() if how != "off"}
    assert list(Mail.objects.values_list("person_id", flat=True)) == [world.other.pk]


def test_what_was_read_meanwhile_is_not_mailed(world: World, post: Post) -> None:
    company = world.create(Company, name="Una")
    (told,) = tell([world.rep], kind=MENTION, about=company, text="Hola")
    Notification.objects.filter(pk=told.pk).update(read_at=timezone.now())
    server = post.up()
    run_until_idle()
    assert not server.taken


def test_the_daily_mail_gathers_the_day_once(world: World, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(news, "MORNING", 0)
    server = post.up()
    companies = [world.create(Company, name=name) for name in ("Una", "Dos")]
    choose(world.rep, COMMENT, How.DIGEST)
    for company in companies:
        tell([world.rep], kind=COMMENT, about=company, text=f"Hola {company.name}")
    for _n in range(2):
        news.gather.enqueue()
        run_until_idle()
    assert len(server.taken) == 1
    message = message_from_string(server.taken[0], policy=policy.default)
    body = message.get_body(("plain",))
    assert body is not None
    assert "Hola Una" in body.get_content()
    assert "Hola Dos" in body.get_content()


def test_who_signs_in_no_more_is_told_nothing(world: World) -> None:
    company = world.create(Company, name="Una")
    with change_set(by=None, at=timezone.now(), via="system"):
        world.rep.access = "inactive"
        world.rep.save()
    assert tell([world.rep], kind=COMMENT, about=company, text="Hola") == []


def test_undo_takes_back_what_a_change_told(world: World) -> None:
    with change_set(by=world.boss, at=timezone.now(), via="web", action="test"):
        company = Company.objects.create(name="Una")
        tell([world.rep, world.other], kind=COMMENT, about=company, text="Hola")
        Company.objects.create(name="Dos")
    Notification.objects.filter(person=world.rep).update(read_at=timezone.now())
    other = world.create(Company, name="Tres")
    Notification.objects.update(subject_id=other.pk)
    report = undo(ChangeSet.objects.get(action="test"), by=world.boss, at=timezone.now())
    assert texts(world.rep) == texts(world.other) == []
    assert any("Bruno Encina" in text and "Teo" not in text for text in report.outside)


def test_each_is_told_in_their_own_language(world: World) -> None:
    with change_set(by=None, at=timezone.now(), via="system"):
        world.other.language = "en"
        world.other.save()
    company = world.create(Company, name="Una")
    tell(
        [world.rep, world.other], kind=COMMENT, about=company, text=lambda user: (translation.get_language() or "")[:2]
    )
    assert texts(world.rep) == ["es"]
    assert texts(world.other) == ["en"]


def test_what_repeats_something_changes_and_goes_with_it(world: World) -> None:
    company = world.create(Company, name="Una")
    tell([world.rep], kind=COMMENT, about=company, text="antes", origin="x:1")
    version = Bell.objects.get(person=world.rep).version
    reword("x:1", lambda user: "después")
    assert texts(world.rep) == ["después"]
    forget("x:1")
    assert texts(world.rep) == []
    assert Bell.objects.get(person=world.rep).version == version + 2


def test_a_summary_shows_what_is_left_of_it(world: World) -> None:
    mine = [world.create(Interaction, by=world.rep, summary=f"n{n}") for n in range(3)]
    tell([world.rep], kind=COMMENT, about=mine[0], also=[m.pk for m in mine[1:]], text="Tres")
    world.edit(mine[0], owner=world.other)
    (left,) = newest(fresh(world.rep))
    assert left.subject_id == mine[1].pk
    assert left.also == [mine[1].pk, mine[2].pk]
    for each in mine[1:]:
        world.edit(each, owner=world.other)
    assert newest(fresh(world.rep)) == []


def test_every_kind_says_what_it_is() -> None:
    assert len(KINDS) >= 5
    assert all(str(kind.label) for kind in KINDS)
