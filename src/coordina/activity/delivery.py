"""Handing mails to the mail server: a job outside any transaction, one at a time, with growing pauses.

A mail is claimed by moving its `next_at`, so a killed worker delays it by ten minutes and loses none; it may then go
out once more, under the same Message-ID. When the server does not answer, all waiting mails wait.
"""

import logging
import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, mailers
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from coordina.accounts.quarantine import QUEUES, Queue, held
from coordina.activity.mail import COMPOSERS, ORDER, Contents, configured
from coordina.activity.models import Mail, MailState
from coordina.activity.outgoing import tell_keepers
from coordina.activity.seeing import people_of, seen_of
from coordina.ledger.queue import Kind, progress, task
from coordina.ledger.queue.schedules import schedule

logger = logging.getLogger(__name__)

CLAIM = timedelta(minutes=10)
"""How long a mail that is being handed over is left alone."""
FIRST = timedelta(minutes=1)
LONGEST = timedelta(hours=1)
PATIENCE = timedelta(days=5)
"""After this a mail that nobody takes has failed; a person may try again."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a mail did not go out.

    Attributes:
        final: The server refused this very mail: it would do so again.
        everywhere: The server itself does not answer, so others need not try now.
    """

    text: str
    final: bool = False
    everywhere: bool = False


@task(kind=Kind.LONG, label=_("Sending mail"), max_attempts=5)
def deliver() -> int:
    """Send the mails that are due. Gives how many left."""
    if not configured() or held():
        return 0
    count = 0
    connection: Any = None
    try:
        while True:
            progress.check()
            mail = _claimed(timezone.now())
            if mail is None:
                break
            connection = connection or mailers.default
            trouble = _handed_over(mail, connection)
            now = timezone.now()
            if trouble is None:
                count += 1
            elif _postponed(mail, trouble, now):
                break
    finally:
        if connection is not None:
            _close(connection)
    return count


def _claimed(now: datetime) -> Mail | None:
    """The next mail that is due, ours for a while."""
    due = Mail.objects.filter(state=MailState.WAITING, next_at__lte=now).order_by("next_at", "pk")
    for mail in due[:20]:
        if Mail.objects.filter(pk=mail.pk, state=MailState.WAITING, next_at=mail.next_at).update(
            next_at=now + CLAIM, attempts=F("attempts") + 1
        ):
            mail.attempts += 1
            return mail
    return None


def _handed_over(mail: Mail, connection: Any) -> Trouble | None:
    """Compose and send one mail; None where it is settled."""
    try:
        contents = contents_of(mail)
    except Exception:
        logger.exception("Mail %s cannot be written.", mail.pk)
        return Trouble(str(_("Its contents could not be written.")), final=True)
    if contents is None:
        Mail.objects.filter(pk=mail.pk).update(state=MailState.CANCELLED, error="")
        return None
    trouble = _sent(as_message(mail, contents), connection)
    if trouble is None:
        Mail.objects.filter(pk=mail.pk).update(state=MailState.SENT, sent_at=timezone.now(), error="", error_at=None)
    return trouble


def contents_of(mail: Mail) -> Contents | None:
    """What stands in a mail now; None where the person may not be told any more."""
    with translation.override(mail.language or settings.LANGUAGE_CODE):
        if mail.composer:
            return COMPOSERS[mail.composer](mail)
        if mail.subject_id is not None and mail.person_id is not None:
            people = people_of([mail.person_id])
            if not people or not seen_of(people[0], mail.subject_type, [mail.subject_id]):
                return None
        return Contents(mail.subject, mail.text, mail.html)


def as_message(mail: Mail, contents: Contents) -> EmailMultiAlternatives:
    """A mail as Django sends it. Its Message-ID stays the same however often it is handed over."""
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    name = " ".join(mail.name.replace('"', "").split())
    message = EmailMultiAlternatives(
        subject=" ".join(contents.subject.split()),
        body=contents.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[f'"{name}" <{mail.address}>' if name else mail.address],
        headers={"Message-ID": f"<mail-{mail.pk}.{mail.token}@{host}>", "Auto-Submitted": "auto-generated"},
    )
    if contents.html:
        message.attach_alternative(contents.html, "text/html")
    return message


def _sent(message: EmailMultiAlternatives, connection: Any) -> Trouble | None:
    """Hand a message over; None where the server took it."""
    try:
        connection.open()
        connection.send_messages([message])
    except smtplib.SMTPRecipientsRefused as fault:
        answers = list(fault.recipients.values())
        code, text = answers[0] if answers else (500, b"")
        return Trouble(_said(code, text), final=code >= 500)
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as fault:
        return Trouble(_said(fault.smtp_code, fault.smtp_error), final=fault.smtp_code >= 500)
    except smtplib.SMTPResponseException as fault:  # the greeting, the sign-in
        return Trouble(_said(fault.smtp_code, fault.smtp_error), everywhere=True)
    except OSError as fault:  # also what smtplib raises for a connection
        return Trouble(str(fault) or type(fault).__name__, everywhere=True)
    except Exception as fault:
        logger.exception("A mail could not be sent.")
        return Trouble(f"{type(fault).__name__}: {fault}", final=True)
    return None


def _said(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {words}".strip()


def _postponed(mail: Mail, trouble: Trouble, now: datetime) -> bool:
    """Note why a mail did not leave and when it is tried again. Gives whether the others wait too."""
    told: dict[str, Any] = {"error": trouble.text[:500], "error_at": now}
    tell_keepers(trouble.text)
    if trouble.final or now - mail.created_at > PATIENCE:
        Mail.objects.filter(pk=mail.pk).update(state=MailState.FAILED, **told)
        return trouble.everywhere
    again = now + min(FIRST * 2 ** min(mail.attempts - 1, 10), LONGEST)
    Mail.objects.filter(pk=mail.pk, state=MailState.WAITING).update(next_at=again, **told)
    if trouble.everywhere:
        Mail.objects.filter(state=MailState.WAITING, next_at__lte=now).update(next_at=again, **told)
    look_for_mail.using(run_after=again).enqueue()  # not `deliver` itself: a waiting job would hold all of its line
    return trouble.everywhere


def _close(connection: Any) -> None:
    try:
        connection.close()
    except Exception:
        logger.warning("The connection to the mail server did not close.", exc_info=True)


@task()
def look_for_mail() -> None:
    """Begin a delivery where mails are due and nobody is at it: after a start, after a killed worker."""
    due = Mail.objects.filter(state=MailState.WAITING, next_at__lte=timezone.now())
    if configured() and not held() and due.exists():
        _begin()


def _begin() -> None:
    deliver.using(order_key=ORDER).enqueue()


schedule("activity.mail", look_for_mail, "every 5m")


def _waiting(before: datetime | None) -> Any:
    """Mails that go out by themselves, from before a moment or all."""
    rows = Mail.objects.filter(state=MailState.WAITING)
    return rows if before is None else rows.filter(created_at__lt=before)


QUEUES.add(
    "activity.mail",
    Queue(
        _("E-mails"),
        lambda before: _waiting(before).count(),
        lambda before: _waiting(before).update(state=MailState.CANCELLED),
        _begin,
        ("activity:outgoing", []),
    ),
)
