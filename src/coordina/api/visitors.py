"""Who calls: the person of a token, in their time zone and in the language of the request."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation.trans_real import parse_accept_lang_header

from coordina.accounts import pace, throttle, tokens
from coordina.accounts.company import company_day, the_company
from coordina.accounts.models import User
from coordina.accounts.pace import Pace
from coordina.accounts.tokens import Bearer
from coordina.api.problems import Problem
from coordina.core.filters import Asker
from coordina.core.types import RecordType
from coordina.web.visitor import Setting, setting_of

SPOKEN = ("es", "en")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who calls, with what they may do and how they read.

    Attributes:
        user: The person, with what the token leaves of their permissions.
        at: When the request came.
    """

    bearer: Bearer
    user: User
    setting: Setting
    language: str
    at: datetime
    pace: Pace

    @property
    def asker(self) -> Asker:
        """On whose behalf filters are read."""
        return Asker(user=self.user, now=self.at, time_zone=self.setting.zone)

    @property
    def currency(self) -> str:
        """The reporting currency: that of amounts without one of their own."""
        return self.setting.currency

    def need(self, known: RecordType | None, *, writes: bool) -> None:
        """Refuse what the token is not for.

        Raises:
            Problem: With code `scope`.
        """
        if writes and not self.bearer.writes:
            raise Problem("scope", _("This token may only read."), status=403)
        if known is None and self.bearer.types:
            raise Problem("scope", _("This token is for some kinds of records only."), status=403)
        if known is not None and not self.bearer.covers(known.name):
            raise Problem("scope", _("This token is not for this kind of record."), status=403)


def visitor_of(request: Any) -> Visitor:
    """Who a request comes from.

    Raises:
        Problem: Without a token that works (401), where its person's role needs a second factor and they have none
            (403), and for too many requests (429).
        Refusal: For too many tries with tokens that do not work (429).
    """
    at = timezone.now()
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    address = request.META.get("REMOTE_ADDR", "")
    bearer = tokens.find(secret.strip(), today=company_day(at)) if scheme.lower() == "bearer" else None
    if bearer is None:
        if secret:
            throttle.reserve(throttle.limits_of_token(address), at)
        raise _unknown(bool(secret))
    here = pace.count(f"token:{bearer.pk}", at)
    if here.left < 0:
        raise Problem(
            "rate_limit",
            _("Too many requests. Wait until the next minute."),
            status=429,
            headers=pace_headers(here) | {"Retry-After": str(here.reset)},
        )
    if bearer.user.lacks_factor:
        raise Problem("factor", _("Your role needs a second factor. Sign in and set one up first."), status=403)
    tokens.note_use(bearer, address, at)
    language = language_of(request) or bearer.user.language
    setting = setting_of(bearer.user, the_company(), language)
    return Visitor(bearer, bearer.user, setting, language or setting.locale, at, here)


def pace_headers(here: Pace) -> dict[str, str]:
    """How many requests are left in this minute, as headers."""
    return {
        "RateLimit-Limit": str(here.limit),
        "RateLimit-Remaining": str(max(0, here.left)),
        "RateLimit-Reset": str(here.reset),
    }


def language_of(request: Any) -> str:
    """The first language that the request asks for and we speak; empty where it asks for none of ours."""
    for wished, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")[:200]):
        base, _dash, region = wished.lower().partition("-")
        if base in SPOKEN:
            return "es-419" if base == "es" and region not in ("", "es") else base
    return ""


def _unknown(tried: bool) -> Problem:
    message = _("There is no such token, or it does not work any more.") if tried else _("Send a token along.")
    scheme = 'Bearer realm="Coordina", error="invalid_token"' if tried else 'Bearer realm="Coordina"'
    return Problem("token", message, status=401, headers={"WWW-Authenticate": scheme})
