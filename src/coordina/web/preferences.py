"""What a person chose for their lists: kept in a signed cookie of the list itself, so that no page reads it in vain."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse

from coordina.accounts.models import User
from coordina.core.addresses import address
from coordina.core.types import RecordType

_KEPT = timedelta(days=365)


def _name(known: RecordType, user: User) -> str:
    return f"coordina_cols_{known.url.replace('-', '_')}_{user.pk}"


def column_choice(request: Any, known: RecordType) -> str:
    """The columns this person chose last on this device, separated by commas; empty where they never did."""
    return str(request.get_signed_cookie(_name(known, request.user), default="", salt="coordina.columns"))


def remember_columns(response: HttpResponse, known: RecordType, user: User, chosen: str) -> None:
    """Keep a choice of columns for a year, with their widths."""
    response.set_signed_cookie(
        _name(known, user),
        chosen,
        salt="coordina.columns",
        max_age=_KEPT,
        path=address("web:list", known.url),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
