"""Outgoing mail as its page shows it, and whether delivery is in trouble."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coordina.accounts.enums import Access
from coordina.accounts.models import User
from coordina.accounts.standing import EDIT_ROLES
from coordina.activity.kinds import KINDS, Kind
from coordina.activity.mail import OPEN
from coordina.activity.models import Mail, MailState
from coordina.activity.notifications import tell
from coordina.activity.seeing import seen_of
from coordina.core.formats import Formats
from coordina.core.permissions import permission

MAIL = permission(
    "activity.manage_mail",
    noun=_("outgoing mail"),
    verb="manage",
    label=_("See outgoing mail, send it again, stop it"),
    grants={"administrator": "all"},
)
TROUBLE = "activity.mail_trouble"
KINDS.add(TROUBLE, Kind(_("E-mails that cannot be delivered"), "mail-off", permission=MAIL, order=90))

TONES = {MailState.WAITING: "info", MailState.SENT: "good", MailState.FAILED: "bad", MailState.HELD: "warn"}
RECENT = dt.timedelta(days=7)
MOST = 1000
"""Mails of one state that are counted."""
PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """A mail in the list.

    Attributes:
        subject: Empty where the reader does not see the record that it is about.
        tone: Of the badge.
    """

    pk: int
    to: str
    address: str
    subject: str
    state: str
    tone: str
    when: str
    error: str
    attempts: int
    open: bool


def lines_of(mails: Sequence[Mail], reader: User, formats: Formats) -> list[Line]:
    """Mails as lines; the subject of what is about a record only for who sees that."""
    wanted: dict[str, set[int]] = {}
    for mail in mails:
        if mail.subject_id is not None:
            wanted.setdefault(mail.subject_type, set()).add(mail.subject_id)
    seen = {label: seen_of(reader, label, ids) for label, ids in wanted.items()}
    return [
        Line(
            mail.pk,
            mail.name or mail.address,
            mail.address,
            mail.subject if mail.subject_id is None or mail.subject_id in seen[mail.subject_type] else "",
            str(MailState(mail.state).label),
            TONES.get(MailState(mail.state), ""),
            formats.relative(mail.sent_at or mail.created_at, timezone.now()),
            mail.error,
            mail.attempts,
            mail.state in OPEN,
        )
        for mail in mails
    ]


def counts() -> dict[str, int]:
    """How many mails wait, failed or are kept; at most `MOST` of each."""
    return {state: Mail.objects.filter(state=state)[:MOST].count() for state in OPEN}


def text_for(mail: Mail, reader: User) -> str | None:
    """The text of a mail as far as a reader may see it; None where it is not theirs to read.

    Personal links are shown only while nothing delivers them, and to who may give access anyway. What is written at
    delivery, for the eyes of one person, is never shown.
    """
    if (mail.composer and not mail.text) or (
        mail.secret and not (mail.state == MailState.HELD and reader.may(EDIT_ROLES))
    ):
        return None
    if mail.subject_id is not None and not seen_of(reader, mail.subject_type, [mail.subject_id]):
        return None
    return mail.text


@dataclass(frozen=True, slots=True)
class Trouble:
    """That mails do not go out: how many wait in vain, how many failed lately, and what the server said last."""

    waiting: int
    failed: int
    error: str


def trouble() -> Trouble | None:
    """Whether delivery is in trouble now."""
    waiting = Mail.objects.filter(state=MailState.WAITING).exclude(error="")[:MOST].count()
    lately = Mail.objects.filter(state=MailState.FAILED, error_at__gte=timezone.now() - RECENT)[:MOST].count()
    if not waiting and not lately:
        return None
    last = Mail.objects.filter(state__in=(MailState.WAITING, MailState.FAILED)).exclude(error="").order_by("-error_at")
    return Trouble(waiting, lately, last.values_list("error", flat=True).first() or "")


def tell_keepers(error: str) -> None:
    """Tell those who look after mail that it does not go out: once a day."""
    people = User.objects.for_request().filter(access=Access.ACTIVE)
    keepers = [user for user in people if user.may(MAIL)]

    def said(user: User) -> str:
        return gettext("E-mails cannot be delivered. The mail server says: %(error)s") % {"error": error[:200]}

    tell(
        keepers,
        kind=TROUBLE,
        text=said,
        url="/settings/mail/",
        key=f"mail-trouble:{timezone.now():%Y-%m-%d}",
    )
