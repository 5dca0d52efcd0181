"""Users, teams, roles, the company, and the tokens of programs."""

from coordina.accounts.models.factor import Authenticator, Happening, Identity, Passkey, RecoveryCode, SignInEvent
from coordina.accounts.models.organization import Organization
from coordina.accounts.models.owned import LookedAfter
from coordina.accounts.models.rate import Rate
from coordina.accounts.models.role import Role
from coordina.accounts.models.signin import Attempt, Credential, Device, Stamp, Ticket
from coordina.accounts.models.team import Team
from coordina.accounts.models.token import Token, TokenKey
from coordina.accounts.models.user import User

__all__ = [
    "Attempt",
    "Authenticator",
    "Credential",
    "Device",
    "Happening",
    "Identity",
    "LookedAfter",
    "Organization",
    "Passkey",
    "Rate",
    "RecoveryCode",
    "Role",
    "SignInEvent",
    "Stamp",
    "Team",
    "Ticket",
    "Token",
    "TokenKey",
    "User",
]
