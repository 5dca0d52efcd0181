"""A small company to test with: an administrator, a manager with two representatives, and a team beside."""

from dataclasses import dataclass

from django.test import Client
from django.utils import timezone

from coordina.accounts import tree
from coordina.accounts.actions import give_access
from coordina.accounts.founding import Founding, found
from coordina.accounts.models import Role, Team, User
from coordina.ledger.change_sets import change_set

PASSWORD = "una-puerta-azul-27"


@dataclass
class Staff:
    """The people of the small company."""

    admin: User
    manager: User
    rep: User
    other: User
    north: Team
    south: Team


def founded(**said: str) -> User:
    """A new company with its administrator."""
    tree.forget()
    given = Founding(
        **{
            "company": "Faro Equipos",
            "currency": "EUR",
            "language": "es",
            "time_zone": "Europe/Madrid",
            "country": "ES",
            "name": "Ada Prueba",
            "email": "ada@faro.example",
            "password": PASSWORD,
        }
        | said
    )
    at = timezone.now()
    with change_set(by=None, at=at, via="web", action="accounts.found_company", undoable=False):
        return fresh(found(given, at=at))


def staffed() -> Staff:
    """A company with people in two teams, all of whom can sign in with `PASSWORD`."""
    admin = founded()
    roles = {r.slug: r for r in Role.objects.all()}
    at = timezone.now()
    with change_set(by=None, at=at, via="system"):
        north, south = Team.objects.create(name="Norte"), Team.objects.create(name="Sur")
        made = []
        for name, role, team in (
            ("Marta", "manager", north),
            ("Rita", "representative", north),
            ("Omar", "representative", south),
        ):
            user = User.objects.create(name=f"{name} Prueba", team=team, role=roles[role])
            give_access(user=user, email=f"{name.lower()}@faro.example", password=PASSWORD, by=None, at=at)
            made.append(user)
        north.manager = made[0]
        north.save()
    return Staff(admin, *(fresh(u) for u in made), north, south)


def fresh(user: User) -> User:
    """The user as a request reads them."""
    found: User = User.objects.for_request().get(pk=user.pk)
    return found


def signed_in(user: User, password: str = PASSWORD) -> Client:
    """A browser in which the person has signed in."""
    client = Client()
    answer = client.post("/sign-in/", {"email": user.email, "password": password})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return client
