"""A small company with its people, for tests that need somebody to act."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from coordina.accounts import session, tree
from coordina.accounts.models import Organization, Role, Team, User
from coordina.core.actions import of, standard
from coordina.core.permissions import defaults_for
from coordina.ledger.change_sets import change_set
from coordina.ledger.doors import submit


class World:
    """An organization in Spain with two teams.

    Attributes:
        boss: Administrator; sees everything.
        rep, other: Representatives of two teams.
        service: May look at companies, but change none.
    """

    def __init__(self) -> None:
        tree.forget()
        with change_set(by=None, at=timezone.now(), via="system"):
            Organization.objects.create(name="Lumbrera", currency="EUR", country="ES", time_zone="Europe/Madrid")
            self.north, self.south = Team.objects.create(name="Norte"), Team.objects.create(name="Sur")
            roles = {
                slug: Role.objects.create(name=slug, slug=slug, reach=defaults_for(slug))
                for slug in ("administrator", "representative", "service")
            }

            def user(name: str, role: str, team: Team) -> User:
                made: User = User.objects.create(
                    name=name,
                    email=f"{name.split()[0].lower()}@example.com",
                    team=team,
                    role=roles[role],
                    access="active",
                )
                return made

            self.boss = user("Inés Alondra", "administrator", self.north)
            self.rep = user("Bruno Encina", "representative", self.north)
            self.other = user("Teo Mirlo", "representative", self.south)
            self.service = user("Sol Amapola", "service", self.south)
        tree.forget()

    def create(self, model: Any, by: User | None = None, **values: Any) -> Any:
        """Make a record through the door."""
        return submit(standard(model, "create"), _ids(values), by=by or self.boss, via="web")

    def edit(self, obj: Any, by: User | None = None, **values: Any) -> Any:
        """Change a record through the door."""
        return submit(standard(type(obj), "edit"), _ids(values), by=by or self.boss, via="web", pk=obj.pk)

    def delete(self, obj: Any, by: User | None = None) -> None:
        """Delete a record through the door."""
        submit(standard(type(obj), "delete"), {}, by=by or self.boss, via="web", pk=obj.pk)

    def act(self, fn: Any, by: User | None = None, pk: int | None = None, **values: Any) -> Any:
        """Call an action through the door."""
        return submit(of(fn), _ids(values), by=by or self.boss, via="web", pk=pk)

    def client(self, user: User, **headers: str) -> Client:
        """A browser in which somebody is signed in."""
        client = Client(headers=headers or None)
        request: Any = HttpRequest()
        request.session = client.session
        session.start(request, User.objects.for_request().get(pk=user.pk))
        request.session.save()
        client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key
        return client


def _ids(values: dict[str, Any]) -> dict[str, Any]:
    return {n: getattr(v, "pk", v) for n, v in values.items()}
