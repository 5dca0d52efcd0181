"""Passkeys (WebAuthn): a device or password manager signs a challenge with a key that never leaves it.

As second factor, and as the only proof of who unlocks the device for it. Site and origin are those of the request,
whose host is one of ours; a challenge is kept in the session and good for one answer.
"""

import json
import struct
from collections.abc import Mapping
from datetime import datetime
from time import time
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from coordina.accounts import trail
from coordina.accounts.company import the_company
from coordina.accounts.factors.changing import key_added
from coordina.accounts.factors.held import held_by
from coordina.accounts.models import Happening, Passkey, User
from coordina.core.refusals import Refusal

ASKED = "passkey"
"""Where the session keeps the open challenge."""
LASTS = 300
"""Seconds to answer one."""
MOST = 20
"""Passkeys of one person."""
LONGEST = 20_000
"""Letters of an answer that are read at all."""
ADD, FIRST, SECOND, AGAIN = "add", "first", "second", "again"
"""What a challenge is for; an answer to one is none to another."""
_FAULTS = (ValueError, TypeError, KeyError, IndexError, AttributeError, struct.error, RecursionError)
"""How the library says that an answer cannot be read, or is wrong."""


def possible(request: Any) -> bool:
    """Whether browsers offer passkeys at this address: not where it is a number instead of a name."""
    name = _name(request)
    return not (name.replace(".", "").isdigit() or ":" in name)


def ask_to_add(request: Any, user: User) -> dict[str, Any]:
    """What the browser needs to make a new key.

    Raises:
        Refusal: When the person has very many.
    """
    from fido2.webauthn import PublicKeyCredentialUserEntity, ResidentKeyRequirement, UserVerificationRequirement

    keys = _keys_of(user)
    if len(keys) >= MOST:
        raise Refusal("most", _("You have very many passkeys. Remove one that is not used any more."), status=409)
    who = PublicKeyCredentialUserEntity(id=handle_of(user), name=user.email or user.name, display_name=user.name)
    options, state = _server(request).register_begin(
        who,
        keys,
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    _keep(request, ADD, state)
    return _plain(options)


def add(request: Any, user: User, answer: str, name: str, *, at: datetime) -> list[str]:
    """Keep a new key.

    Returns:
        Recovery codes, where this is the person's first factor; else none.

    Raises:
        Refusal: When the answer is not one to an open challenge, or the key is known already.
    """
    given, state = _read(answer), _taken(request, ADD)
    try:
        found = _server(request).register_complete(state, given)
        data = found.credential_data
        assert data is not None
        credential = _text(data.credential_id)
        known = {"name": name[:80], "data": bytes(data), "counter": found.counter, "made_at": at}
    except _FAULTS:
        raise _refused() from None
    first = not held_by(user).any
    try:
        with transaction.atomic():
            Passkey.objects.create(user_id=user.pk, credential=credential, **known)
            return key_added(user, name[:80], at=at, place=trail.where(request), first=first)
    except IntegrityError:
        raise Refusal("known", _("This passkey is known already."), status=409) from None


def rename(user: User, pk: int, name: str) -> bool:
    """Call one of the own keys something else. Gives whether it is theirs."""
    return bool(name) and Passkey.objects.filter(user_id=user.pk, pk=pk).update(name=name[:80]) == 1


def ask(request: Any, what: str, user: User | None = None) -> dict[str, Any]:
    """What the browser needs to have a challenge signed.

    Args:
        request: Of the session that keeps the challenge.
        what: `FIRST`, `SECOND` or `AGAIN`.
        user: Whose keys will do; with None any key that the browser knows for this site.
    """
    from fido2.webauthn import UserVerificationRequirement

    alone = what == FIRST
    need = UserVerificationRequirement.REQUIRED if alone else UserVerificationRequirement.PREFERRED
    keys = _keys_of(user) if user is not None else None
    options, state = _server(request).authenticate_begin(keys, user_verification=need)
    _keep(request, what, state)
    return _plain(options)


def answered(request: Any, what: str, answer: str, *, at: datetime, user: User | None = None) -> int:
    """Whose key signed the open challenge.

    Args:
        request: Of the session that keeps the challenge.
        what: What the challenge has to be for.
        answer: What the browser sent, as JSON.
        at: When.
        user: Whose key it has to be; with None anybody's.

    Returns:
        Id of the person.

    Raises:
        Refusal: With code `passkey`.
    """
    given, state = _read(answer), _taken(request, what)
    row = Passkey.objects.filter(credential=str(given.get("rawId", ""))[:1400].rstrip("=")).first()
    if row is None or (user is not None and row.user_id != user.pk):
        raise _refused()
    counter = _signed(request, state, given, row)
    if not _counted(row, counter, at):
        owner = User.objects.get(pk=row.user_id)
        trail.note(Happening.KEY_COPIED, owner, how="passkey", place=trail.where(request), detail=row.name, at=at)
        raise _refused()
    return int(row.user_id)


def handle_of(user: User) -> bytes:
    """What devices know a person by: says nothing about them."""
    return salted_hmac("coordina.passkey", str(user.pk), algorithm="sha256").digest()


def _signed(request: Any, state: Mapping[str, Any], given: Mapping[str, Any], row: Passkey) -> int:
    """How often the key says that it has signed, after everything about its answer was checked.

    Raises:
        Refusal: When something is wrong with it.
    """
    from fido2.webauthn import AttestedCredentialData, AuthenticationResponse

    try:
        _server(request).authenticate_complete(state, [AttestedCredentialData(bytes(row.data))], given)
        response = AuthenticationResponse.from_dict(given).response
        handle = response.user_handle
        owner = User.objects.get(pk=row.user_id)
        if handle is not None and not constant_time_compare(handle, handle_of(owner)):
            raise _refused()
        return int(response.authenticator_data.counter)
    except _FAULTS:
        raise _refused() from None


def _counted(row: Passkey, counter: int, at: datetime) -> bool:
    """Keep the key's own count; False where it went back or stood still, as that of a copy does."""
    here = {"counter": 0} if counter == 0 else {"counter__lt": counter}
    return Passkey.objects.filter(pk=row.pk, **here).update(counter=counter, used_at=at) == 1


def _server(request: Any) -> Any:
    """What checks answers for this site; the library is loaded when somebody uses passkeys."""
    from fido2.server import Fido2Server
    from fido2.webauthn import PublicKeyCredentialRpEntity

    origin = f"{request.scheme}://{request.get_host()}"
    company = the_company()
    site = PublicKeyCredentialRpEntity(id=_name(request), name=f"Coordina {company.name if company else ''}".strip())
    return Fido2Server(site, verify_origin=lambda given: given == origin)


def _name(request: Any) -> str:
    host: str = request.get_host()
    return host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() and ":" in host else host


def _keys_of(user: User) -> list[Any]:
    from fido2.webauthn import AttestedCredentialData

    rows = Passkey.objects.filter(user_id=user.pk).order_by("pk")
    return [AttestedCredentialData(bytes(data)) for data in rows.values_list("data", flat=True)]


def _keep(request: Any, what: str, state: Mapping[str, Any]) -> None:
    request.session[ASKED] = {"for": what, "at": int(time()), "state": dict(state)}


def _taken(request: Any, what: str) -> Mapping[str, Any]:
    """The open challenge, which is worth nothing from now on.

    Raises:
        Refusal: When there is none for this, or it is too old.
    """
    kept = request.session.pop(ASKED, None)
    if kept is None or kept["for"] != what or not 0 <= time() - kept["at"] <= LASTS:
        raise _refused()
    state: Mapping[str, Any] = kept["state"]
    return state


def _read(answer: str) -> dict[str, Any]:
    try:
        given = json.loads(answer) if len(answer) <= LONGEST else None
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise _refused()
    return given


def _plain(options: Any) -> dict[str, Any]:
    """The options as JSON holds them; bytes as base64url."""
    return dict(options)["publicKey"] if "publicKey" in dict(options) else dict(options)


def _text(data: bytes) -> str:
    import base64

    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _refused() -> Refusal:
    return Refusal("passkey", _("This passkey could not be checked. Try again, or use another way."))
