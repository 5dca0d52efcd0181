"""Every write of accounts beside create, edit and delete: founding the company, access, passwords, permissions."""

from datetime import datetime
from typing import Annotated

from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from coordina.accounts import tickets, trail
from coordina.accounts.closing import checked, closable, closable_types
from coordina.accounts.devices import end_devices
from coordina.accounts.enums import Access, Language
from coordina.accounts.factors.held import move_mark
from coordina.accounts.models import Credential, Happening, Organization, Role, User
from coordina.accounts.passwords import Password, matches, store_password
from coordina.accounts.places import checked_country, checked_currency, checked_time_zone
from coordina.accounts.roles import BROUGHT
from coordina.accounts.standing import need_standing
from coordina.accounts.throttle import forgive, limits_of, release, reserve
from coordina.accounts.writers import checked_email
from coordina.core.actions import action
from coordina.core.actors import Reach, Shut
from coordina.core.permissions import GRANTS, PERMISSIONS, defaults_for, permission
from coordina.core.refusals import Refusal

MANAGE_ACCESS = "accounts.change_user"
CHANGE_PROFILE = permission(
    "accounts.change_profile",
    noun=_("users"),
    verb="change_profile",
    label=_("Change the own profile and password"),
    grants=GRANTS["people"].view,
)
Name = Annotated[str, Field(min_length=1, max_length=150)]


@action(
    Organization,
    permission="accounts.add_organization",
    label=_("Set up the company"),
    verb="create",
    hidden=True,
    private=True,
)
def found_company(
    *,
    name: Annotated[str, Field(min_length=1, max_length=120)],
    currency: str,
    language: Language,
    time_zone: str,
    country: str = "",
    by: User | None,
    at: datetime,
) -> Organization:
    """Make the one company of this installation, with the roles that Coordina brings.

    Args:
        name: What people call it.
        currency: ISO code of the reporting currency.
        language: Language of the pages until somebody chooses their own.
        time_zone: IANA name.
        country: ISO code; tells how telephone numbers without a prefix are read.

    Raises:
        Refusal: When there is a company already, or one of the codes does not exist.
    """
    if Organization.objects.exists():
        raise Refusal("founded", _("The company exists already."), status=409)
    company: Organization = Organization.objects.create(
        pk=1,  # there is one: of two that begin at the same moment, the second fails on this key
        name=name,
        currency=checked_currency(currency),
        language=Language(language),
        time_zone=checked_time_zone(time_zone),
        country=checked_country(country),
    )
    with override(language):
        for slug, english in BROUGHT.items():
            Role.objects.create(slug=slug, name=gettext(english), reach=defaults_for(slug))
    return company


@action(
    User,
    permission=MANAGE_ACCESS,
    label=_("Give access"),
    icon="lock",
    private=True,
    lifecycle=((Access.NO_ACCESS, Access.DEACTIVATED), Access.ACTIVE),
)
def give_access(
    *, user: User, email: Annotated[str, Field(max_length=254)], password: Password, by: User | None, at: datetime
) -> User:
    """Let a person sign in with an e-mail and a first password.

    Args:
        email: What they sign in with.
        password: At least ten characters, and not a common one.

    Raises:
        Refusal: When the e-mail is none or taken, or the password is weak.
        Forbidden: When the person may do more than whoever gives it.
    """
    need_standing(by, user)
    user.email = checked_email(email, user)
    if not user.email:
        raise Refusal("email", _("Write an e-mail address such as ana@empresa.es."), field="email")
    user.access = Access.ACTIVE
    store_password(user, password, at=at)
    user.save()
    return user


@action(
    User,
    permission=MANAGE_ACCESS,
    label=_("Set a new password"),
    icon="key",
    private=True,
    lifecycle=((Access.ACTIVE,), None),
    undoable=False,
    warning=_("The old password stops working at once; this cannot be undone."),
)
def set_password(*, user: User, password: Password, by: User | None, at: datetime) -> User:
    """Give a person a new password; their sessions end, and failed tries to sign in are forgotten.

    Args:
        password: At least ten characters, and not a common one.

    Raises:
        Refusal: When the password is weak.
        Forbidden: When the person may do more than whoever sets it.
    """
    need_standing(by, user)
    store_password(user, password, at=at)
    forgive(user.email or "")
    trail.note(Happening.PASSWORD, user, by=by, at=at)
    return user


@action(
    User,
    permission=MANAGE_ACCESS,
    label=_("Take access away"),
    icon="user-question",
    lifecycle=((Access.ACTIVE,), Access.DEACTIVATED),
    danger=True,
)
def deactivate(*, user: User, by: User | None, at: datetime) -> User:
    """End a person's access; their sessions die at once, their records stay.

    Raises:
        Refusal: For oneself, and for the last administrator.
        Forbidden: When the person may do more than whoever ends it.
    """
    if by is not None and user.pk == by.pk:
        raise Refusal("self", _("You cannot take away your own access."), status=409)
    need_standing(by, user)
    tickets.drop(user)
    end_devices(user)
    user.access = Access.DEACTIVATED
    user.save()
    return user


@action(
    User,
    permission=MANAGE_ACCESS,
    label=_("Give access back"),
    icon="arrow-back-up",
    lifecycle=((Access.DEACTIVATED,), Access.ACTIVE),
)
def reactivate(*, user: User, by: User | None, at: datetime) -> User:
    """Let a person sign in again with the e-mail and the password they had.

    Raises:
        Refusal: When they never had both.
        Forbidden: When the person may do more than whoever gives it.
    """
    need_standing(by, user)
    if not user.email or not Credential.objects.filter(user_id=user.pk).exists():
        raise Refusal("password", _("They never had a password. Use “Give access” and set one."), status=409)
    user.access = Access.ACTIVE
    user.save()
    return user


@action(
    User,
    permission=MANAGE_ACCESS,
    label=_("Invite"),
    icon="mail",
    private=True,
    lifecycle=((Access.NO_ACCESS, Access.DEACTIVATED), None),
    undoable=False,
    warning=_("The link works until it is used, withdrawn or too old."),
)
def invite(*, user: User, email: Annotated[str, Field(max_length=254)], by: User | None, at: datetime) -> User:
    """Make a link by which a person chooses a password and can sign in from then on; an earlier link ends.

    Args:
        email: What they will sign in with; the link goes there.

    Raises:
        Refusal: When the e-mail is none or taken.
        Forbidden: When the person may do more than whoever invites.
    """
    need_standing(by, user)
    user.email = checked_email(email, user)
    if not user.email:
        raise Refusal("email", _("Write an e-mail address such as ana@empresa.es."), field="email")
    user.save()
    tickets.issue(user, tickets.INVITE, at=at)
    return user


@action(
    User,
    permission=MANAGE_ACCESS,
    label=_("Withdraw the invitation"),
    icon="mail-off",
    lifecycle=((Access.NO_ACCESS, Access.DEACTIVATED), None),
    undoable=False,
    hidden=True,
)
def withdraw_invitation(*, user: User, by: User | None, at: datetime) -> User:
    """End the link of an invitation that was not used.

    Raises:
        Forbidden: When the person may do more than whoever withdraws.
    """
    need_standing(by, user)
    tickets.drop(user, tickets.INVITE)
    return user


@action(
    User,
    permission=MANAGE_ACCESS,
    label=_("End all sessions"),
    icon="logout",
    lifecycle=((Access.ACTIVE,), None),
    undoable=False,
    warning=_("The person has to sign in again on every device."),
)
def end_sessions(*, user: User, by: User | None, at: datetime) -> User:
    """End the sessions of a person on every device; they may sign in again.

    Raises:
        Forbidden: When the person may do more than whoever ends them.
    """
    need_standing(by, user)
    end_devices(user)
    move_mark(user)
    return user


@action(User, permission=CHANGE_PROFILE, label=_("Choose a password"), hidden=True, private=True, undoable=False)
def use_link(*, user: User, password: Password, by: User | None, at: datetime) -> User:
    """Choose a password with a link: an invited person can sign in from now on; all sessions and links end.

    The page calls it for whoever holds the link; nobody is signed in then.

    Raises:
        Refusal: When the password is weak.
    """
    store_password(user, password, at=at)
    if user.access != Access.ACTIVE:
        user.access = Access.ACTIVE
        user.save()
    tickets.drop(user)
    end_devices(user)
    forgive(user.email or "")
    trail.note(Happening.PASSWORD, user, how="link", at=at)
    return user


@action(User, permission=CHANGE_PROFILE, label=_("Save your profile"), hidden=True)
def change_profile(
    *, name: Name, language: Language | None, time_zone: str, country: str | None = None, by: User, at: datetime
) -> User:
    """Change what a person says about themselves; nothing else of them can be changed this way.

    Args:
        name: As colleagues read it.
        language: Of their pages; None follows the company.
        time_zone: IANA name; empty follows the company.
        country: Two letters: whose way of writing numbers and dates they read; empty follows the company, None leaves
            it as it is.

    Raises:
        Refusal: When there is no such time zone or country.
    """
    user: User = User.objects.locked().get(pk=by.pk)
    user.name, user.language = name, language or ""
    user.time_zone = checked_time_zone(time_zone) if time_zone else ""
    user.country = user.country if country is None else checked_country(country)
    user.save()
    return user


@action(User, permission=CHANGE_PROFILE, label=_("Change your password"), hidden=True, private=True, undoable=False)
def change_password(*, current: Password, password: Password, by: User, at: datetime) -> User:
    """Change one's own password; the sessions on other devices end.

    Args:
        current: The password until now.
        password: The new one: at least ten characters, and not a common one.

    Raises:
        Refusal: When the current one is wrong (throttled like signing in), or the new one is weak.
    """
    user: User = User.objects.get(pk=by.pk)
    if not matches(user, current):
        raise Refusal("current", _("This is not your current password."), field="current")
    store_password(user, password, at=at)
    trail.note(Happening.PASSWORD, user, how="password", at=at)
    return user


def check_current(user: User, password: str, *, address: str, at: datetime) -> None:
    """Check a person's current password within the throttle; called before the change set of `change_password`.

    A try must stay counted although the change is refused, so it cannot be counted inside that transaction.

    Raises:
        Refusal: With code `throttled` or `current`.
    """
    limits = limits_of(f"own:{user.pk}", address)
    reserve(limits, at)
    if not matches(user, password):
        raise Refusal("current", _("This is not your current password."), field="current")
    release(limits)


@action(Role, permission="accounts.change_role", label=_("Change permissions"), icon="shield-half", hidden=True)
def set_reach(*, role: Role, reach: dict[str, str], by: User | None, at: datetime) -> Role:
    """Say what a role may do, and with whose records.

    Args:
        reach: Permission name to `own`, `team` or `all`; what is absent is not granted.

    Raises:
        Refusal: For a permission or a reach that does not exist, and when nobody could manage access afterwards.
    """
    unknown = [p for p, r in reach.items() if p not in PERMISSIONS or r not in set(Reach)]
    if unknown:
        raise Refusal("permission", _("There is no such permission."), field="reach")
    role.reach = dict(sorted(reach.items()))
    role.save()
    return role


@action(
    Role, permission="accounts.change_role", label=_("Change hidden and read-only fields"), icon="eye-off", hidden=True
)
def set_fields(*, role: Role, fields: dict[str, dict[str, str]], by: User | None, at: datetime) -> Role:
    """Say which fields a role does not see, and which it only reads.

    Args:
        fields: By name of a record type `hidden` or `read` by name of a field; what is absent is open. A field that
            only some roles see is seen by whom it is not hidden from.

    Raises:
        Refusal: For a field that there is not, that cannot be closed, or that the role needs to make records.
    """
    kept = checked(fields, role.reach)
    for known in closable_types():
        for name, field in closable(known).items():
            if field.permission:
                hidden = kept.get(known.name, {}).get(name) == Shut.HIDDEN
                role.reach = {n: r for n, r in role.reach.items() if n != field.permission}
                role.reach |= {} if hidden else {field.permission: str(Reach.ALL)}
    role.reach, role.fields = dict(sorted(role.reach.items())), kept
    role.save()
    return role


@action(Role, permission="accounts.add_role", label=_("Copy the role"), icon="copy")
def copy_role(
    *, role: Role, name: Annotated[str, Field(min_length=1, max_length=80)], by: User | None, at: datetime
) -> Role:
    """Make a role of the company's own that begins with the permissions of another.

    Args:
        name: Of the new role.

    Raises:
        Refusal: When a role has this name.
    """
    if Role.objects.filter(name__iexact=name).exists():
        raise Refusal("taken", _("Another role has this name."), field="name")
    kept = {"reach": dict(role.reach), "fields": dict(role.fields), "second_factor": role.second_factor}
    made: Role = Role.objects.create(name=name, **kept)
    return made
