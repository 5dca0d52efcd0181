"""Telling people what happened to the safety of their account: at the bell, and always by mail."""

from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordina.accounts import trail
from coordina.accounts.models import Happening, SignInEvent, User
from coordina.activity import mail
from coordina.activity.kinds import KINDS, Kind
from coordina.activity.news import zone_of
from coordina.activity.notifications import language_of, tell

SAFETY = "activity.safety"
PLACE = "/profile/security/"
KINDS.add(SAFETY, Kind(gettext_lazy("Safety of your account"), "shield-half", order=5))

TOLD = {
    Happening.APP_ADDED: gettext_lazy("An authenticator app was set up for your account."),
    Happening.APP_REMOVED: gettext_lazy("The authenticator app of your account was removed."),
    Happening.KEY_ADDED: gettext_lazy("The passkey “%(detail)s” was added to your account."),
    Happening.KEY_REMOVED: gettext_lazy("The passkey “%(detail)s” was removed from your account."),
    Happening.KEY_COPIED: gettext_lazy("The passkey “%(detail)s” was refused: it looks as if somebody had copied it."),
    Happening.CODE_USED: gettext_lazy("A recovery code of your account was used."),
    Happening.CODES_MADE: gettext_lazy("New recovery codes were made for your account; the old ones no longer work."),
    Happening.RESET: gettext_lazy("Your second factors were taken away: app, passkeys and recovery codes."),
}
"""What is told of, and the sentence; the rest is only written down."""


@trail.heard_by
def tell_of(event: SignInEvent, user: User) -> None:
    """Tell a person what happened to their factors, and what to do if it was not they."""
    said = TOLD.get(Happening(event.what))
    if said is None:
        return
    who = event.by.name if event.by is not None else ""
    with translation.override(language_of(user)):
        fact = str(said) % {"detail": event.detail}
        fact = _("%(fact)s By %(who)s.") % {"fact": fact, "who": who} if who else fact
        when = date_format(localtime(event.at, zone_of(user)), "DATETIME_FORMAT")
        place = _("On %(when)s, from the address %(address)s.") if event.address else _("On %(when)s.")
        page = mail.page(
            _("Hello %(name)s,") % {"name": user.name},
            fact,
            place % {"when": when, "address": event.address},
            _("If it was not you, change your password and tell your administrator at once."),
            button=(_("Look at your sign-ins"), mail.link(PLACE)),
        )
        mail.send(
            to=user,
            subject=_("Safety of your account in Coordina"),
            text=page["text"],
            html=page["html"],
            language=language_of(user),
        )
    tell([user], kind=SAFETY, text=fact, url=PLACE, key=f"{SAFETY}|{event.pk}", at=event.at)
