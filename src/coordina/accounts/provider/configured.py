"""Which provider there is, as the settings say."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Provider:
    """The company's provider.

    Attributes:
        issuer: As its discovery document and its tokens name it, letter for letter.
        label: What the button says.
        domains: Domains of e-mails that may come in; empty for all.
        new_role: Stable name of the role that unknown people are made with; empty: only who is known comes in.
        role_claim, roles: Claim that says the role, and by its values the stable names of roles here.
        team_claim: Claim that says the name of the team.
        trusted: Whether its sign-in always counts as both factors; else only where it says that it asked for two.
    """

    issuer: str
    client_id: str
    client_secret: str
    label: str
    domains: tuple[str, ...]
    new_role: str
    role_claim: str
    roles: Mapping[str, str]
    team_claim: str
    trusted: bool


def provider() -> Provider | None:
    """The provider; None where none is set up."""
    said = settings.OIDC
    if not said["issuer"] or not said["client_id"]:
        return None
    return Provider(**said)
