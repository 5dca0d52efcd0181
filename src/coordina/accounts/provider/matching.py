"""Whose account a person of the provider has here: by the subject once it is known, before by a verified e-mail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from coordina.accounts import tickets
from coordina.accounts.enums import Access
from coordina.accounts.models import Identity, Role, Team, User
from coordina.accounts.provider.configured import Provider
from coordina.core.refusals import Refusal


def known(provider: Provider, claims: Mapping[str, Any]) -> User | None:
    """Who has come by this subject before."""
    row = Identity.objects.filter(issuer=provider.issuer, subject=claims["sub"]).first()
    return User.objects.for_request().filter(pk=row.user_id).first() if row is not None else None


def email_of(provider: Provider, claims: Mapping[str, Any]) -> str:
    """The e-mail by which a person is found the first time.

    Raises:
        Refusal: When the provider has not verified it, or its domain may not come in.
    """
    email = str(claims.get("email") or "").strip().lower()
    if not email or claims.get("email_verified") is not True:
        raise Refusal("email_verified", _("Your provider has not verified your e-mail, so Coordina cannot trust it."))
    if provider.domains and email.rpartition("@")[2] not in provider.domains:
        raise Refusal("domain", _("E-mails of this domain cannot come in here."))
    return email


def by_email(email: str, *, at: datetime) -> User | None:
    """Who signs in with an e-mail, or is invited to."""
    user: User | None = User.objects.for_request().filter(email=email).first()
    if user is None or user.access == Access.ACTIVE:
        return user
    return user if tickets.open_invitation(user, at=at) is not None else None


@transaction.atomic
def link(user: User, provider: Provider, claims: Mapping[str, Any], *, at: datetime) -> None:
    """Remember a person's subject.

    Raises:
        Refusal: When another subject of the provider is theirs already: e-mails are given to others, subjects never.
    """
    try:
        with transaction.atomic():
            Identity.objects.create(user_id=user.pk, issuer=provider.issuer, subject=claims["sub"], made_at=at)
    except IntegrityError:
        message = _("This e-mail belongs to another account of your provider. Ask an administrator.")
        raise Refusal("identity", message) from None


def wished_role(provider: Provider, claims: Mapping[str, Any]) -> Role | None:
    """The role that the provider's claim means; None where it says nothing."""
    said = claims.get(provider.role_claim) if provider.role_claim else None
    values = said if isinstance(said, list) else [said]
    for value, slug in provider.roles.items():
        if value in values:
            return Role.objects.filter(slug=slug).first() or Role.objects.filter(name=slug).first()
    return None


def wished_team(provider: Provider, claims: Mapping[str, Any]) -> Team | None:
    """The team that the provider's claim names; None where there is none of this name."""
    said = claims.get(provider.team_claim) if provider.team_claim else None
    return Team.objects.filter(name=said).first() if isinstance(said, str) and said else None


def two_factors(provider: Provider, claims: Mapping[str, Any]) -> bool:
    """Whether the provider asked for two factors (RFC 8176), or is trusted to."""
    said = claims.get("amr")
    return provider.trusted or (isinstance(said, list) and "mfa" in said)
