"""What a person does with their own factors. Each is all or nothing: the factor, the mark of the sessions, the note."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from coordina.accounts import trail
from coordina.accounts.factors import app, paper
from coordina.accounts.factors.held import held_by, move_mark
from coordina.accounts.models import Happening, Passkey, User
from coordina.accounts.trail import Where
from coordina.core.refusals import NotFound, Refusal


@transaction.atomic
def add_app(user: User, code: str, *, at: datetime, place: Where) -> list[str]:
    """Let the app that was being set up count, now that a code shows that it works.

    Returns:
        Recovery codes, where this is the person's first factor; else none.

    Raises:
        Refusal: When it is not the app's code.
    """
    first = not held_by(user).any
    if not app.confirm(user, code, at=at):
        message = _("This is not the code that the app shows now. Check that the clock of your telephone is right.")
        raise Refusal("code", message, field="code")
    trail.note(Happening.APP_ADDED, user, how="app", place=place, at=at)
    return _begun(user, first=first)


@transaction.atomic
def key_added(user: User, name: str, *, at: datetime, place: Where, first: bool) -> list[str]:
    """Note a passkey that was just kept, and end sessions elsewhere.

    Args:
        user: Whose.
        name: What it is called.
        at: When.
        place: From where.
        first: Whether the person had no factor before.

    Returns:
        Recovery codes, where this is the person's first factor; else none.
    """
    trail.note(Happening.KEY_ADDED, user, how="passkey", place=place, at=at, detail=name)
    return _begun(user, first=first)


@transaction.atomic
def remove_app(user: User, *, at: datetime, place: Where) -> None:
    """Take the app away.

    Raises:
        Refusal: When the role needs a factor and this is the last one.
    """
    held = held_by(user)
    if held.app and not held.passkeys:
        _last_goes(user)
    if app.remove(user):
        trail.note(Happening.APP_REMOVED, user, how="app", place=place, at=at)
        move_mark(user)


@transaction.atomic
def remove_key(user: User, pk: int, *, at: datetime, place: Where) -> None:
    """Take one passkey away.

    Raises:
        NotFound: When it is not theirs.
        Refusal: When the role needs a factor and this is the last one.
    """
    row = Passkey.objects.filter(user_id=user.pk, pk=pk).first()
    if row is None:
        raise NotFound
    held = held_by(user)
    if not held.app and held.passkeys == 1:
        _last_goes(user)
    Passkey.objects.filter(pk=row.pk).delete()
    trail.note(Happening.KEY_REMOVED, user, how="passkey", place=place, at=at, detail=row.name)
    move_mark(user)


@transaction.atomic
def renew_codes(user: User, *, at: datetime, place: Where) -> list[str]:
    """Make new recovery codes; the old ones are worth nothing.

    Raises:
        Refusal: Without a factor that they could stand in for.
    """
    if not held_by(user).any:
        raise Refusal("factor", _("Set up an app or a passkey first."), status=409)
    trail.note(Happening.CODES_MADE, user, place=place, at=at)
    return paper.make(user)


def _begun(user: User, *, first: bool) -> list[str]:
    """What follows from a new factor."""
    move_mark(user)
    return paper.make(user) if first else []


def _last_goes(user: User) -> None:
    """Let the last factor go, with the codes that stand in for it.

    Raises:
        Refusal: When the role needs one.
    """
    if user.role is not None and user.role.second_factor:
        message = _("Your role needs a second factor. Add another one before you remove this.")
        raise Refusal("factor", message, status=409)
    paper.drop(user)
