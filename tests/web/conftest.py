"""A company with four people, signed in, for tests of pages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from coordina.accounts import session, tree
from coordina.accounts.models import Organization, Role, Team, User
from coordina.core.actions import standard
from coordina.core.permissions import defaults_for
from coordina.ledger.change_sets import change_set
from coordina.ledger.doors import submit


@dataclass
class World:
    """The company.

    Attributes:
        director: Sees everything. manager: leads the north. ana: representative of the north. luis: of the south.
        nobody: signed in without any permission.
    """

    director: User
    manager: User
    ana: User
    luis: User
    nobody: User

    def make(self, model: Any, by: User | None = None, **values: Any) -> Any:
        """A record through its action."""
        return submit(standard(model, "create"), values, by=by or self.director, via="web")

    def client(self, user: User, **headers: Any) -> Client:
        """A browser in which a person is signed in."""
        client = Client(headers=headers or None)
        request = HttpRequest()
        request.session = client.session
        session.start(request, User.objects.for_request().get(pk=user.pk))
        request.session.save()
        client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key
        return client


@pytest.fixture
def world(db: Any) -> World:
    """Made anew for each test; the team tree of the process is forgotten."""
    tree.forget()
    with change_set(by=None, at=timezone.now(), via="system"):
        Organization.objects.create(name="Lumbrera", currency="EUR", language="es", time_zone="Europe/Madrid")
        roles = {
            slug: Role.objects.create(name=slug, slug=slug, reach=defaults_for(slug))
            for slug in ("administrator", "manager", "representative")
        }
        none = Role.objects.create(name="ninguno", slug="", reach={})
        north, south = Team.objects.create(name="Norte"), Team.objects.create(name="Sur")

        def user(name: str, role: Role, team: Team | None) -> User:
            return User.objects.create(
                name=name, email=f"{name.split()[0].lower()}@example.com", role=role, team=team, access="active"
            )

        made = World(
            user("Dora Jefa", roles["administrator"], None),
            user("Mario Gestor", roles["manager"], north),
            user("Ana Norte", roles["representative"], north),
            user("Luis Sur", roles["representative"], south),
            user("Nadie Nada", none, None),
        )
    tree.forget()
    return made


@pytest.fixture
def director(world: World) -> Client:
    """The director's browser."""
    return world.client(world.director)


@pytest.fixture
def queries(django_assert_num_queries: Any) -> Callable[[Client, str], int]:
    """Counts the queries of one request."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count(client: Client, url: str) -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            response = client.get(url)
        assert response.status_code == 200, response
        return len(captured)

    return count


def sound(name: str, answer: Any) -> bool:
    """Whether a page did not break. Nobody works off jobs in these tests, and `/ready/` says so."""
    return answer.status_code < 500 or (name == "web:ready" and answer.status_code == 503)
