"""Every write of tokens: making one, calling it something else, ending it."""

from datetime import date, datetime
from typing import Annotated

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from coordina.accounts import tokens
from coordina.accounts.company import company_day
from coordina.accounts.models import Token, User
from coordina.core.actions import action
from coordina.core.permissions import GRANTS, permission
from coordina.core.refusals import Refusal
from coordina.core.types import TYPES

MAKE = permission(
    "accounts.make_token",
    noun=Token._meta.verbose_name_plural or "",
    verb="make",
    label=_("Let programs act with a token of one's own"),
    grants=dict.fromkeys(GRANTS["people"].view, "own"),
)
END = Token.permission("delete")
MOST = 50
"""Tokens that one person has at the same time."""
Name = Annotated[str, Field(min_length=1, max_length=80)]


@action(
    Token,
    permission=MAKE,
    label=_("Make a token"),
    verb="create",
    icon="key",
    hidden=True,
    private=True,
    undoable=False,
)
def make_token(
    *,
    name: Name,
    writes: bool = False,
    types: list[Annotated[str, Field(max_length=60)]] | None = None,
    expires_on: date | None = None,
    by: User,
    at: datetime,
) -> Token:
    """Let a program act for oneself. The result's `secret` is the only time that anybody sees it.

    Args:
        name: What the token is for.
        writes: Whether it may change anything.
        types: Names of the record types it is for; none means all of them.
        expires_on: The last day it is good for.

    Raises:
        Refusal: For a day in the past, an unknown type, and more tokens than one person may have.
    """
    if expires_on is not None and expires_on < company_day(at):
        raise Refusal("past", _("Choose a day that is still to come."), field="expires_on")
    nouns = sorted(set(types or ()))
    if any(noun not in TYPES for noun in nouns):
        raise Refusal("type", _("There is no such kind of record."), field="types")
    if Token.objects.filter(owner=by).count() >= MOST:
        raise Refusal("most", _("You have very many tokens. End one that is not used any more."), status=409)
    secret = tokens.new_secret()
    made = Token(name=name, owner=by, writes=writes, types=nouns, hint=secret[-tokens.HINT :], expires_on=expires_on)
    made.save()
    tokens.keep(made, secret)
    made.secret = secret
    return made


@action(Token, permission=END, label=_("Rename"), verb="edit", icon="pencil", hidden=True, private=True)
def rename_token(*, token: Token, name: Name, by: User, at: datetime) -> Token:
    """Call a token something else.

    Args:
        name: What it is for.
    """
    token.name = name
    token.save()
    return token


@action(
    Token,
    permission=END,
    label=_("End the token"),
    verb="delete",
    icon="trash",
    danger=True,
    private=True,
    undoable=False,
    warning=_("The programs that use it are shut out at once; this cannot be undone."),
)
def end_token(*, token: Token, by: User, at: datetime) -> Token:
    """End a token at once; that it was there stays in the history."""
    token.delete()
    return token
