"""What the page of the own security shows: factors, and what happened at the door."""

from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordina.accounts import trail
from coordina.accounts.factors import app, passkeys
from coordina.accounts.factors.held import held_by
from coordina.accounts.factors.paper import FEW
from coordina.accounts.models import Happening, Passkey, SignInEvent
from coordina.core.refusals import Text
from coordina.web.accounts.browsers import browser_of

SHOWN = 15
"""Events that the own page shows."""
HOW: dict[str, Text] = {
    "password": gettext_lazy("with the password"),
    "app": gettext_lazy("with a code of the app"),
    "passkey": gettext_lazy("with a passkey"),
    "code": gettext_lazy("with a recovery code"),
    "provider": gettext_lazy("with the company's sign-in"),
    "link": gettext_lazy("with a link by e-mail"),
}
"""The means, in words."""
TONES = {Happening.FAILED: "warn", Happening.KEY_COPIED: "bad", Happening.RESET: "warn", Happening.CODE_USED: "warn"}


def standing(request: Any) -> dict[str, Any]:
    """What the page of the own security needs."""
    user = request.user
    held = held_by(user)
    asked = bool(user.role and user.role.second_factor)
    return {
        "held": held,
        "few": held.any and held.codes <= FEW,
        "asked": asked,
        "locked": asked and not held.any,
        "passkeys": passkeys_of(request),
        "passkeys_possible": passkeys.possible(request),
        "device": browser_of(request.headers.get("User-Agent", "")),
        "events": [told(event, request) for event in trail.events_of(user, SHOWN)],
    }


def passkeys_of(request: Any) -> list[dict[str, Any]]:
    """The own passkeys, as the page shows them."""
    formats, now = request.formats, request.asker.now
    return [
        {
            "pk": key.pk,
            "name": key.name,
            "made": formats.exact(key.made_at),
            "used": formats.relative(key.used_at, now) if key.used_at else "",
        }
        for key in Passkey.objects.filter(user_id=request.user.pk).order_by("pk")
    ]


def told(event: SignInEvent, request: Any) -> dict[str, Any]:
    """One thing that happened, in words."""
    what = Happening(event.what)
    return {
        "what": what.label,
        "how": HOW.get(event.how, "") if what in (Happening.SIGNED_IN, Happening.FAILED) else "",
        "detail": event.detail,
        "who": event.user.name if event.user is not None else _("An unknown e-mail"),
        "by": event.by.name if event.by is not None else "",
        "when": request.formats.exact(event.at),
        "address": event.address,
        "browser": browser_of(event.agent) if event.agent else "",
        "tone": TONES.get(what, ""),
    }


def drawn(secret: str, request: Any) -> SafeString:
    """The QR code of a secret as SVG, drawn here; it goes to nobody else."""
    import segno

    address = app.address_of(secret, account=request.user.email or "", company=request.organization.name)
    title = escape(_("QR code for your authenticator app"))
    made = segno.make(address, error="m", micro=False)
    svg: str = made.svg_inline(border=4, dark="#000", light="#fff", svgclass="qr", omitsize=True, title=title)
    return SafeString(svg)  # drawn by the library from numbers; the only text in it is ours, escaped


def in_groups(secret: str) -> str:
    """The key as it is typed by hand: groups of four."""
    return " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
