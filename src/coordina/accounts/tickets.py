"""Links by which a person chooses a password: invitations, and resets of what was forgotten.

A link is signed with the company's secret over a random number kept here, the password, the access and the e-mail of
the person: it dies when it is used, when a new one is made, when any of these changes, and when its time is over.
"""

import secrets
from datetime import datetime, timedelta

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from coordina.accounts.enums import Access
from coordina.accounts.models import Credential, Ticket, User

INVITE, RESET = "invite", "reset"
LASTS = {INVITE: timedelta(days=7), RESET: timedelta(hours=1)}
SUITS = {INVITE: (Access.NO_ACCESS, Access.DEACTIVATED), RESET: (Access.ACTIVE,)}
"""Access that a person has when a link of a kind is of use."""


def issue(user: User, kind: str, *, at: datetime) -> Ticket:
    """Make a link for a person; an earlier one of the same kind is worth nothing from now on."""
    made = {"nonce": secrets.token_hex(16), "made_at": at, "expires_at": at + LASTS[kind]}
    return Ticket.objects.update_or_create(user_id=user.pk, kind=kind, defaults=made)[0]


def token_of(ticket: Ticket) -> str:
    """What stands in the link."""
    user: User = ticket.user
    hashed = Credential.objects.filter(user_id=user.pk).values_list("password", flat=True).first()
    mark = salted_hmac("coordina.ticket", f"{hashed}:{user.access}:{user.email}", algorithm="sha256").hexdigest()
    return signing.Signer(salt=f"coordina.ticket.{ticket.kind}.{mark}").sign(f"{ticket.pk}-{ticket.nonce}")


def find(token: str, *, at: datetime) -> Ticket | None:
    """The ticket of a link; None where it is wrong, used, replaced, too old, or its person's access has changed."""
    key = token.partition("-")[0]
    if not (key.isascii() and key.isdigit()) or len(key) > 18:
        return None
    found = Ticket.objects.select_related("user__role", "user__team").filter(pk=int(key), expires_at__gt=at).first()
    if found is None or found.user.access not in SUITS[found.kind] or not found.user.email:
        return None
    return found if constant_time_compare(token, token_of(found)) else None


def open_invitation(user: User, *, at: datetime) -> Ticket | None:
    """The invitation that a person has not used yet."""
    if user.access not in SUITS[INVITE]:
        return None
    return Ticket.objects.select_related("user").filter(user_id=user.pk, kind=INVITE, expires_at__gt=at).first()


def drop(user: User, *kinds: str) -> int:
    """End the links of a person, all of them unless kinds are named. Gives how many there were."""
    rows = Ticket.objects.filter(user_id=user.pk)
    return (rows.filter(kind__in=kinds) if kinds else rows).delete()[0]
