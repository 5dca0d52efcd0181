"""Users kept by the process: never older than what the database says."""

from typing import Any

import pytest
from django.utils import timezone

from coordina.accounts.actions import store_password
from coordina.accounts.known import active_user
from coordina.accounts.models import Role, Team, User
from coordina.core.actors import Reach
from coordina.ledger.change_sets import change_set

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> User:
    with change_set(by=None, at=timezone.now(), via="system"):
        role = Role.objects.create(name="Ventas", reach={"a.view_b": "team"})
        team = Team.objects.create(name="Norte")
        return User.objects.create(name="Ana", email="ana@example.com", role=role, team=team, access="active")


def write(obj: Any, **values: Any) -> None:
    with change_set(by=None, at=timezone.now(), via="system"):
        fresh = type(obj).objects.get(pk=obj.pk)
        for name, value in values.items():
            setattr(fresh, name, value)
        fresh.save()


def test_it_costs_one_small_query(ana: User, django_assert_num_queries: Any) -> None:
    active_user(ana.pk)
    with django_assert_num_queries(1):
        found = active_user(ana.pk)
        assert found is not None
        assert found.may("a.view_b")
        assert found.scope("a.view_b") is not None


def test_a_change_of_role_team_or_access_counts_at_once(ana: User) -> None:
    first = active_user(ana.pk)
    assert first is not None
    write(ana.role, reach={})
    second = active_user(ana.pk)
    assert second is not None
    assert not second.may("a.view_b")
    write(ana.role, reach={"a.view_b": "team"})
    with change_set(by=None, at=timezone.now(), via="system"):
        below = Team.objects.create(name="Debajo", parent=ana.team)
    third = active_user(ana.pk)
    assert third is not None
    scope = third.scope("a.view_b")
    assert scope is not None
    assert scope.reach is Reach.TEAM
    assert below.pk in scope.team_ids
    write(ana, access="deactivated")
    assert active_user(ana.pk) is None


def test_a_new_password_ends_what_the_old_one_began(ana: User) -> None:
    store_password(ana, "una-clave-larga-1", at=timezone.now())
    before = active_user(ana.pk)
    assert before is not None
    old = before.get_session_auth_hash()
    store_password(ana, "otra-clave-larga-2", at=timezone.now())
    after = active_user(ana.pk)
    assert after is not None
    assert after.get_session_auth_hash() != old


def test_what_one_request_sets_another_does_not_see(ana: User) -> None:
    one = active_user(ana.pk)
    assert one is not None
    one.name = "Otra"
    two = active_user(ana.pk)
    assert two is not None
    assert two.name == "Ana"
