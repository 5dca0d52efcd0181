"""Links by which people choose a password: who gets one by mail, and what using it does."""

from typing import Any

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordina.accounts import session, tickets
from coordina.accounts.actions import use_link
from coordina.accounts.company import the_company
from coordina.accounts.enums import Access
from coordina.accounts.locales import locale_of
from coordina.accounts.models import Ticket, User
from coordina.accounts.signin import SignInBackend, may_use_password
from coordina.accounts.throttle import limits_of, reserve
from coordina.activity import mail
from coordina.core.actions import of
from coordina.ledger.change_sets import change_set
from coordina.ledger.queue import task

HELD = "ticket"
"""Where the session of a visitor keeps the link they came by, so that it stands in no address and no log."""


def address_of(ticket: Ticket) -> str:
    """The whole address of a link, from `BASE_URL` alone."""
    return mail.link(reverse("web:access_link", args=(tickets.token_of(ticket),)))


def language_of(user: User) -> str:
    """The language in which somebody is written to, as their country writes it."""
    return locale_of(user, the_company())


def send_invitation(user: User, by: User) -> None:
    """Mail the link of an open invitation, in the language of the invited person."""
    ticket = tickets.open_invitation(user, at=timezone.now())
    if ticket is None:
        return
    company = the_company()
    name = company.name if company is not None else "Coordina"
    with translation.override(language_of(user)):
        said = {"name": user.name, "who": by.name, "company": name, "days": tickets.LASTS[tickets.INVITE].days}
        page = mail.page(
            _("Hello %(name)s,") % said,
            _("%(who)s has invited you to Coordina, where %(company)s looks after its customers.") % said,
            _("Choose a password to begin. The link works once, for %(days)d days.") % said,
            button=(_("Choose a password"), address_of(ticket)),
        )
        subject = _("Your invitation to %(company)s") % said
        mail.send(
            to=user,
            subject=subject,
            text=page["text"],
            html=page["html"],
            language=language_of(user),
            secret=True,
            by=by,
        )


def ask_reset(email: str, address: str) -> None:
    """Let whoever forgot a password have a link by mail; the same work is done here whether they exist or not.

    Raises:
        Refusal: With code `throttled` (status 429).
    """
    reserve(limits_of(f"reset:{email}", address), timezone.now())
    mail_reset.enqueue(email.strip().lower()[:254])


@task(label=gettext_lazy("Sending a link"))
def mail_reset(email: str) -> None:
    """Mail a link to the active person of an address; nothing where there is none."""
    user: User | None = User.objects.for_request().filter(email=email, access=Access.ACTIVE).first()
    if user is None or not may_use_password(user):
        return
    ticket = tickets.issue(user, tickets.RESET, at=timezone.now())
    with translation.override(language_of(user)):
        page = mail.page(
            _("Hello %(name)s,") % {"name": user.name},
            _("somebody, hopefully you, asked for a new password. The link works once, for an hour."),
            _("If it was not you, you need not do anything: your password stays as it is."),
            button=(_("Choose a new password"), address_of(ticket)),
        )
        mail.send(
            to=user,
            subject=_("A new password for Coordina"),
            text=page["text"],
            html=page["html"],
            language=language_of(user),
            secret=True,
        )


def held_ticket(request: Any) -> Ticket | None:
    """The ticket of the link that a visitor came by, if it still holds."""
    return tickets.find(str(request.session.get(HELD, "")), at=timezone.now())


def use(request: Any, ticket: Ticket, password: str) -> None:
    """Set the password of the link's person, tell them so, and sign them in; by half where they have a second factor.

    Raises:
        Refusal: When the password is weak, or the link was used at this moment.
    """
    at, user = timezone.now(), ticket.user
    with change_set(by=user, at=at, via="web", action=of(use_link).name, undoable=False):
        locked = User.objects.locked().select_related("role", "team").get(pk=user.pk)
        use_link(user=locked, password=password, by=locked, at=at)
        if ticket.kind == tickets.RESET:
            _tell_changed(locked)
    found = SignInBackend().get_user(user.pk)
    if found is not None and may_use_password(found):
        session.begin(request, found, how="link")


def _tell_changed(user: User) -> None:
    with translation.override(language_of(user)):
        page = mail.page(
            _("Hello %(name)s,") % {"name": user.name},
            _("your password for Coordina was changed with a link that was sent to this address."),
            _("If it was not you, tell your administrator at once."),
        )
        mail.send(
            to=user,
            subject=_("Your password was changed"),
            text=page["text"],
            html=page["html"],
            language=language_of(user),
        )
