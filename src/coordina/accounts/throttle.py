"""The throttle of sign-in: slows guessing down without locking anybody out for ever.

Three counters per window: the account from one address (stops guessing one person's password), the address (stops
trying many accounts) and the account from everywhere (stops guessing from many addresses). A try is counted before the
password is checked, so that tries at the same moment do not slip through; a right password gives its count back.
"""

import hashlib
import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from django.db import transaction
from django.db.models import Case, F, Value, When
from django.utils.translation import ngettext

from coordina.accounts.models.signin import Attempt
from coordina.core.refusals import Refusal

WINDOW = timedelta(minutes=15)
PER_PAIR = 10
"""Tries of one account from one address within a window."""
PER_ADDRESS = 50
"""Tries from one address within a window, whatever the account."""
PER_ACCOUNT = 100
"""Tries of one account within a window, whatever the address."""
PER_FACTOR = 20
"""Tries of the second step of one account within a window, whatever the address: a code has six digits."""
KEPT = timedelta(days=1)

type Limits = Mapping[str, int]
"""Keys of counters with how many tries each allows."""


def limits_of(account: str, address: str) -> Limits:
    """The counters that one try moves.

    Args:
        account: E-mail as typed.
        address: Network address; the addresses of one IPv6 network of 64 bits count as one.
    """
    who, where = _hidden(account.strip().lower()), _hidden(network_of(address))
    return {f"address:{where}": PER_ADDRESS, f"account:{who}": PER_ACCOUNT, f"pair:{who}:{where}": PER_PAIR}


def limits_of_token(address: str) -> Limits:
    """The counter that a token which does not work moves: that of the address; it holds up none that works."""
    return {f"token:{_hidden(network_of(address))}": PER_ADDRESS}


def limits_of_address(address: str) -> Limits:
    """The counter that a try moves which names nobody, such as one with a passkey alone."""
    return {f"address:{_hidden(network_of(address))}": PER_ADDRESS}


def limits_of_factor(user: int, address: str) -> Limits:
    """The counters that one try of a second factor moves.

    Args:
        user: Id of the person, who has given the password already.
        address: Network address.
    """
    who, where = _hidden(f"factor:{user}"), _hidden(network_of(address))
    return {f"address:{where}": PER_ADDRESS, f"factor:{who}": PER_FACTOR, f"pair:{who}:{where}": PER_PAIR}


def reserve(limits: Limits, now: datetime) -> None:
    """Count one try; nothing is counted for who has to wait.

    Raises:
        Refusal: With code `throttled` and status 429, saying how long to wait.
    """
    begun = now - WINDOW
    keys = sorted(limits)  # always in one order: two tries never wait for each other
    with transaction.atomic():
        Attempt.objects.bulk_create([Attempt(key=key, count=0, since=now) for key in keys], ignore_conflicts=True)
        for key in keys:
            Attempt.objects.filter(key=key).update(
                count=Case(When(since__gt=begun, then=F("count") + 1), default=Value(1)),
                since=Case(When(since__gt=begun, then=F("since")), default=Value(now)),
            )
        over = [since for key, count, since in _rows(keys) if count > limits[key]]
        if over:
            raise _throttled(max(over) + WINDOW - now)


def release(limits: Limits) -> None:
    """The password was right: the pair begins anew, the other counters get their try back."""
    pairs = [key for key in limits if key.startswith("pair:")]
    Attempt.objects.filter(key__in=pairs).delete()
    others = [key for key in limits if key not in pairs]
    Attempt.objects.filter(key__in=others, count__gt=0).update(count=F("count") - 1)


def forgive(account: str) -> None:
    """Forget the tries of one account: somebody who may has given it a new password."""
    who = _hidden(account.strip().lower())
    Attempt.objects.filter(key=f"account:{who}").delete()
    Attempt.objects.filter(key__startswith=f"pair:{who}:").delete()


def forgive_factor(user: int) -> None:
    """Forget the tries of one person's second step: an administrator has taken their factors away."""
    who = _hidden(f"factor:{user}")
    Attempt.objects.filter(key=f"factor:{who}").delete()
    Attempt.objects.filter(key__startswith=f"pair:{who}:").delete()


def sweep(now: datetime) -> int:
    """Remove counters whose window is long over.

    Returns:
        How many were removed.
    """
    return Attempt.objects.filter(since__lt=now - KEPT).delete()[0]


def _rows(keys: list[str]) -> list[tuple[str, int, datetime]]:
    return list(Attempt.objects.filter(key__in=keys).values_list("key", "count", "since"))


def _throttled(wait: timedelta) -> Refusal:
    minutes = max(1, math.ceil(wait.total_seconds() / 60))
    message = ngettext(
        "Too many tries. Wait %(minutes)d minute and try again.",
        "Too many tries. Wait %(minutes)d minutes and try again.",
        minutes,
    )
    return Refusal("throttled", message % {"minutes": minutes}, status=429)


def network_of(address: str) -> str:
    """What counts as one address: an IPv6 network of 64 bits, or an address of IPv4."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else str(found)


def _hidden(value: str) -> str:
    """Names and addresses are not kept readable."""
    return hashlib.sha256(value.encode("utf-8", "replace")).hexdigest()[:32]
