"""Every write of accounts beside create, edit and delete: founding the company, access, passwords, permissions."""

from datetime import datetime
from typing import Annotated, Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from pydantic import Field

from coordina.accounts.enums import Access
from coordina.accounts.models import Credential, Organization, Role, User
from coordina.accounts.roles import BROUGHT
from coordina.core.actions import action
from coordina.core.actors import Reach
from coordina.core.permissions import PERMISSIONS, defaults_for
from coordina.core.refusals import Refusal

MANAGE_ACCESS = "accounts.change_user"
Password = Annotated[str, Field(min_length=1, max_length=200, json_schema_extra={"format": "password"})]


@action(Organization, permission="accounts.add_organization", label=_("Set up the company"), hidden=True)
def found_company(
    *, name: str, currency: str, language: str, time_zone: str, country: str = "", by: User | None, at: datetime
) -> Organization:
    """Make the one company of this installation, with the roles that Coordina brings.

    Raises:
        Refusal: When there is one already.
    """
    if Organization.objects.exists():
        raise Refusal("founded", _("The company exists already."), status=409)
    company: Organization = Organization.objects.create(
        name=name, currency=currency, language=language, time_zone=time_zone, country=country
    )
    with override(language):
        for slug, english in BROUGHT.items():
            Role.objects.create(slug=slug, name=translated(english), reach=defaults_for(slug))
    return company


@action(User, permission=MANAGE_ACCESS, label=_("Give access"), icon="lock", undoable=True)
def give_access(
    *, user: User, email: Annotated[str, Field(max_length=254)], password: Password, by: User | None, at: datetime
) -> User:
    """Let a person sign in with an e-mail and a first password.

    Args:
        email: What they sign in with.
        password: At least eight characters, and not a common one.
    """
    if "@" not in email:
        raise Refusal("email", _("Write an e-mail address such as ana@empresa.es."), field="email")
    email = email.strip().lower()
    if User.objects.filter(email=email).exclude(pk=user.pk).exists():
        raise Refusal("taken", _("Another user has this e-mail."), field="email")
    user.email, user.access = email, Access.ACTIVE
    user.save()
    store_password(user, password, at=at)
    return user


@action(
    User,
    permission=MANAGE_ACCESS,
    label=_("Set a new password"),
    icon="refresh",
    undoable=False,
    warning=_("The old password stops working at once; this cannot be undone."),
)
def set_password(*, user: User, password: Password, by: User, at: datetime) -> User:
    """Give a person a new password; their sessions end.

    Args:
        password: At least eight characters, and not a common one.
    """
    store_password(user, password, at=at)
    return user


@action(User, permission=MANAGE_ACCESS, label=_("Take access away"), icon="user-question", danger=True)
def deactivate(*, user: User, by: User, at: datetime) -> User:
    """End a person's access; their sessions die at once, their records stay."""
    if user.pk == by.pk:
        raise Refusal("self", _("You cannot take away your own access."), status=409)
    user.access = Access.DEACTIVATED
    user.save()
    return user


@action(Role, permission="accounts.change_role", label=_("Change permissions"), icon="shield-half", hidden=True)
def set_reach(*, role: Role, reach: dict[str, str], by: User, at: datetime) -> Role:
    """Say what a role may do, and with whose records.

    Args:
        reach: Permission name to `own`, `team` or `all`; what is absent is not granted.
    """
    unknown = [p for p, r in reach.items() if p not in PERMISSIONS or r not in set(Reach)]
    if unknown:
        raise Refusal("permission", _("There is no such permission."), field="reach")
    if role.slug == "administrator" and "accounts.change_role" not in reach:
        raise Refusal("locked_out", _("Somebody must be able to change roles."), field="reach")
    role.reach = dict(sorted(reach.items()))
    role.save()
    return role


def store_password(user: User, password: str, *, at: datetime) -> None:
    """Keep the hash of a password, outside the ledger: secrets are not history.

    Raises:
        Refusal: When the password is too short, too common or like the name.
    """
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refusal("password", " ".join(error.messages), field="password") from None
    defaults: dict[str, Any] = {"password": make_password(password), "changed_at": at}
    Credential.objects.update_or_create(user_id=user.pk, defaults=defaults)
