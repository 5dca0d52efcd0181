"""Whom the provider brings: their account, what is made or changed for them, and all of it on the ledger."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coordina.accounts.enums import Access
from coordina.accounts.models import Role, User
from coordina.accounts.provider import matching
from coordina.accounts.provider.actions import accept_by_provider, join_by_provider, take_from_provider
from coordina.accounts.provider.configured import Provider
from coordina.accounts.signin import SignInBackend
from coordina.activity import mail
from coordina.core.actions import of
from coordina.core.refusals import Refusal
from coordina.ledger.change_sets import change_set

log = logging.getLogger(__name__)

type Claims = Mapping[str, Any]


def back_address() -> str:
    """Where the provider sends people back to: from `BASE_URL` alone."""
    return mail.link(reverse("web:provider_back"))


def arrived(ours: Provider, claims: Claims, *, at: datetime) -> User:
    """The person whom the provider brings, as a session needs them.

    Raises:
        Refusal: When nobody may come in by what it says.
    """
    user = matching.known(ours, claims)
    if user is None:
        email = matching.email_of(ours, claims)
        user = matching.by_email(email, at=at) or _joined(ours, claims, email, at=at)
        user = _accepted(user, at=at)
        matching.link(user, ours, claims, at=at)
    _changed(ours, claims, user, at=at)
    found = SignInBackend().get_user(user.pk)
    if found is None:
        raise Refusal("access", _("Your access to Coordina has ended. Ask an administrator."))
    return found


def _joined(ours: Provider, claims: Claims, email: str, *, at: datetime) -> User:
    """A new person, where the settings allow it.

    Raises:
        Refusal: Where only known people come in, or somebody without access has the e-mail.
    """
    wished = matching.wished_role(ours, claims)
    role = wished or Role.objects.filter(slug=ours.new_role or "-").first()
    if not ours.new_role or role is None or User.objects.filter(email=email).exists():
        raise Refusal("unknown", _("Nobody here signs in with this e-mail. Ask an administrator to invite you."))
    name = str(claims.get("name") or email)[:150]
    with change_set(by=None, at=at, via="provider", action=of(join_by_provider).name, undoable=False):
        team = matching.wished_team(ours, claims)
        return join_by_provider(name=name, email=email, role=role, team=team, by=None, at=at)


def _accepted(user: User, *, at: datetime) -> User:
    """An invited person, who may come in from now on."""
    if user.access == Access.ACTIVE:
        return user
    with change_set(by=user, at=at, via="provider", action=of(accept_by_provider).name, undoable=False, **_about(user)):
        return accept_by_provider(user=User.objects.locked().get(pk=user.pk), by=user, at=at)


def _changed(ours: Provider, claims: Claims, user: User, *, at: datetime) -> None:
    """Role and team as the provider says them, where it does and they differ."""
    role, team = matching.wished_role(ours, claims), matching.wished_team(ours, claims)
    same = (role is None or role.pk == user.role_id) and (team is None or team.pk == user.team_id)
    if same or user.access != Access.ACTIVE:
        return
    try:
        with change_set(by=None, at=at, via="provider", action=of(take_from_provider).name, **_about(user)):
            locked = User.objects.locked().select_related("role", "team").get(pk=user.pk)
            take_from_provider(user=locked, role=role, team=team, by=None, at=at)
    except Refusal as refusal:  # the last administrator stays one, whatever the provider says
        log.warning("role of the provider not taken: %s", refusal.code)


def _about(user: User) -> dict[str, Any]:
    return {"subject_type": User._meta.label, "subject_id": user.pk}
