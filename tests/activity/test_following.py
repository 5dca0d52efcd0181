"""Followers hear of what matters, after the commit, once; new owners of what is theirs; nobody of the unseen."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coordina.accounts.models import User
from coordina.activity.following import follow
from coordina.activity.hearing import tell_due, tell_followers
from coordina.activity.kinds import ASSIGNED, FOLLOWED
from coordina.activity.models import HearingDue, How, Mail, Notification, Preference
from coordina.activity.seeing import seen_by_each, seen_of
from coordina.activity.shown import newest
from coordina.core.types import type_of
from coordina.customers.models import Company, Interaction
from coordina.ledger.change_sets import change_set
from coordina.ledger.models import ChangeSet
from coordina.ledger.models.changes import State
from coordina.ledger.queue import run_until_idle
from coordina.ledger.undo import undo
from coordina.pipeline.defaults import make_default_pipeline
from coordina.pipeline.models import Opportunity
from tests.world import World

pytestmark = pytest.mark.django_db


def texts(user: User) -> list[str]:
    return [each.text for each in newest(User.objects.for_request().get(pk=user.pk))]


def test_a_new_owner_is_told_and_whoever_did_it_is_not(world: World) -> None:
    mine = world.create(Company, name="Una", by=world.boss, owner=world.rep)
    run_until_idle()
    assert texts(world.rep) == ["Inés Alondra te lo ha asignado"]
    world.edit(mine, by=world.rep, owner=world.other)
    run_until_idle()
    assert texts(world.other) == ["Bruno Encina te lo ha asignado"]
    assert texts(world.boss) == ["Bruno Encina cambió responsable: Teo Mirlo"], "she made it, so she follows it"
    assert texts(world.rep) == ["Inés Alondra te lo ha asignado"]


def test_an_own_record_costs_no_job(world: World) -> None:
    from coordina.ledger.models.jobs import Job

    world.create(Company, name="Una", by=world.rep)
    assert not Job.objects.filter(task__startswith="coordina.activity.hearing").exists()
    assert not HearingDue.objects.exists()


def test_changes_that_gather_are_told_of_by_one_job(world: World) -> None:
    from coordina.ledger.models.jobs import Job

    made = [world.create(Company, name=f"Empresa {n}", by=world.boss, owner=world.rep) for n in range(3)]
    world.edit(made[0], by=world.boss, owner=world.other)
    jobs = Job.objects.filter(task__startswith="coordina.activity.hearing")
    assert jobs.count() == 1
    run_until_idle()
    assert jobs.count() == 1 and not HearingDue.objects.exists()
    assert texts(world.rep) == ["Inés Alondra te lo ha asignado"] * 3
    assert texts(world.other) == ["Inés Alondra te lo ha asignado"]


def test_telling_of_many_asks_for_all_together(world: World) -> None:
    counts = []
    for size in (1, 5):
        made = [world.create(Company, name=f"Empresa {n}", by=world.boss, owner=world.rep) for n in range(size)]
        for each in made:
            follow(world.service, each)
        run_until_idle()
        for each in made:
            world.edit(each, by=world.rep, owner=world.other)
        with CaptureQueriesContext(connection) as asked:
            tell_due.func()
        counts.append(len(asked))
    one_more = (counts[1] - counts[0]) / 4
    assert one_more <= 10, "reading it, naming what it refers to for three people, and a mail"


def test_telling_many_people_asks_no_more_than_telling_a_few(world: World) -> None:
    counts = []
    with change_set(by=None, at=timezone.now(), via="system"):
        crowd = [
            User.objects.create(name=f"N {n}", email=f"n{n}@example.com", team=world.north, role=world.rep.role)
            for n in range(6)
        ]
        User.objects.filter(pk__in=[user.pk for user in crowd]).update(access="active")
    for user in crowd:
        Preference.objects.create(person=user, kind=ASSIGNED, how=How.MAIL)
    for people in (crowd[:2], crowd[2:]):
        for user in people:
            world.create(Company, name=f"De {user.name}", by=world.boss, owner=user)
        with CaptureQueriesContext(connection) as asked:
            assert tell_due.func() == len(people)
        counts.append(len(asked))
        assert Mail.objects.filter(person_id__in=[user.pk for user in people], composer="activity.news").count() == len(
            people
        )
    assert counts[0] == counts[1]


def test_what_each_of_many_people_sees_is_what_each_alone_sees(world: World) -> None:
    secret = [world.create(Interaction, by=owner, summary="Secreta") for owner in (world.rep, world.other)]
    open_to_all = [world.create(Company, name=f"De {owner.name}", by=owner) for owner in (world.rep, world.other)]
    people = list(User.objects.for_request().all())
    different = set()
    for rows in (secret, open_to_all):
        label, keys = rows[0]._meta.label, {row.pk for row in rows}
        alone = {user.pk: seen_of(user, label, keys) for user in people}
        assert seen_by_each(people, label, {user.pk: keys for user in people}) == alone
        different |= {frozenset(found) for found in alone.values()}
    assert len(different) > 2, "some see all of it, some a part, some nothing"


def test_who_does_not_see_it_is_not_told(world: World) -> None:
    secret = world.create(Interaction, by=world.rep, summary="Secreta")
    follow(world.boss, secret)
    follow(world.service, secret)
    follow(world.other, secret)
    world.edit(secret, by=world.rep, owner=world.boss)
    run_until_idle()
    assert len(texts(world.boss)) == 1
    assert texts(world.other) == texts(world.service) == []
    assert not Notification.objects.filter(person__in=[world.other, world.service]).exists()


def test_bulk_work_sends_one_summary_a_person(world: World) -> None:
    made = [world.create(Company, name=f"Empresa {n}", by=world.rep) for n in range(60)]
    for each in made[:3]:
        follow(world.service, each)
    known = type_of(Company)
    with change_set(by=world.boss, at=timezone.now(), via="web", action="bulk"):
        rows = list(Company.objects.filter(pk__in=[m.pk for m in made]))
        known.writer.edit([(row, {"owner": world.other}) for row in rows], by=world.boss, at=timezone.now())
    run_until_idle()
    assert texts(world.other) == ["Inés Alondra te ha asignado 60 registros"]
    assert texts(world.service) == ["Inés Alondra cambió 3 registros que sigues"]
    assert texts(world.rep) == ["Inés Alondra cambió 60 registros que sigues"]


def test_told_twice_is_told_once(world: World) -> None:
    world.create(Company, name="Una", by=world.boss, owner=world.rep)
    row = ChangeSet.objects.latest("pk")
    for _n in range(3):
        tell_followers.enqueue(row.pk)
        run_until_idle()
    assert len(texts(world.rep)) == 1


def test_an_undo_before_the_telling_tells_nobody_and_after_it_takes_it_back(world: World) -> None:
    for first in (True, False):
        world.create(Company, name="Una", by=world.boss, owner=world.rep)
        row = ChangeSet.objects.latest("pk")
        if not first:
            run_until_idle()
            assert len(texts(world.rep)) == 1
        undo(row, by=world.boss, at=timezone.now())
        run_until_idle()
        assert texts(world.rep) == []
    assert Notification.objects.filter(withdrawn=False).count() == 0


def test_an_import_is_told_when_it_is_over(world: World) -> None:
    with change_set(by=world.boss, at=timezone.now(), via="import", state=State.OPEN):
        for n in range(3):
            Company.objects.create(name=f"Empresa {n}", owner=world.rep, team=world.north)
    row = ChangeSet.objects.latest("pk")
    run_until_idle()
    assert texts(world.rep) == []
    ChangeSet.objects.filter(pk=row.pk).update(state=State.DONE)
    tell_followers.enqueue(row.pk)
    run_until_idle()
    assert texts(world.rep) == ["Inés Alondra te ha asignado 3 registros"]
    follows = Notification.objects.filter(kind=FOLLOWED)
    assert not follows.exists(), "whoever imports does not follow everything"
    assert Notification.objects.get().kind == ASSIGNED


def test_an_opportunity_says_stage_and_next_step(world: World) -> None:
    world.act(make_default_pipeline)
    deal = world.create(Opportunity, by=world.rep, name="Techo")
    follow(world.boss, deal)
    world.edit(deal, by=world.rep, next_step="Llamar", description="nada de eso")
    world.edit(deal, by=world.rep, description="otra cosa")
    run_until_idle()
    assert texts(world.boss) == ["Bruno Encina cambió próximo paso: Llamar"]
