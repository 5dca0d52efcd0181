"""Sign-ins of a demo company: they exist in no other database."""

from dataclasses import dataclass

from coordina.accounts.models import Credential, Organization, User

PASSWORD = "lumbrera-demo"  # noqa: S105 (the documented password of invented people)
DOMAIN = "demo.example"


@dataclass(frozen=True, slots=True)
class DemoSignIn:
    """One person of the demo company whose part a visitor can play."""

    email: str
    name: str
    role: str


def sign_ins() -> list[DemoSignIn]:
    """Who can be played in this database: one for each role, none unless it is the demo company's."""
    if not Organization.objects.filter(is_demo=True).exists():
        return []
    keys = Credential.objects.values("user_id")
    rows = User.objects.filter(pk__in=keys, email__endswith=f"@{DOMAIN}", role__isnull=False).order_by("role_id", "pk")
    return [DemoSignIn(email or "", *more) for email, *more in rows.values_list("email", "name", "role__name")]
