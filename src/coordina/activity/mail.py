"""Outgoing mail: put aside in the caller's transaction, delivered afterwards by a job.

```python
send(to=user, subject=_("Your password"), **page(_("Somebody asked …"), button=(_("Choose"), link(path))), secret=True)
```
It works inside a change set (whose undo takes back what has not left) and without one. Without `EMAIL_URL` mails are
kept and shown under *Settings › Outgoing mail*. Delivery is in `delivery`.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from coordina.accounts.company import the_company
from coordina.accounts.models import User
from coordina.activity.models import Mail, MailState
from coordina.core.records import Record
from coordina.core.refusals import Text
from coordina.core.registry import Registry
from coordina.ledger.change_sets import cause


@dataclass(frozen=True, slots=True)
class Contents:
    """What stands in a mail.

    Attributes:
        html: The same as `text`, for programs that show it; empty for none.
    """

    subject: str
    text: str
    html: str = ""


type Composer = Callable[[Mail], Contents | None]
COMPOSERS: Registry[str, Composer] = Registry("mail composer")
"""Who writes a mail at the moment it leaves, in its language: for what may have gone out of sight meanwhile.

None means that there is nothing to tell any more: the mail is not sent."""


def configured() -> bool:
    """Whether there is a mail server: `EMAIL_URL` is set."""
    return bool(settings.EMAIL_URL)


def link(path: str) -> str:
    """The whole address of a page, from `BASE_URL` alone: what a request says of its host is not believed."""
    return f"{settings.BASE_URL}{path}"


class Page(TypedDict):
    """Text and HTML of a mail."""

    text: str
    html: str


def page(*paragraphs: Text, button: tuple[Text, str] | None = None) -> Page:
    """Text and HTML of a mail, as `send` and `Contents` take them.

    Args:
        *paragraphs: Plain text; escaped.
        button: A label and a whole address, from `link`.
    """
    lines = [str(p) for p in paragraphs]
    text = "\n\n".join(lines)
    html = format_html_join("", "<p>{}</p>", ((broken(line),) for line in lines))
    if button is not None:
        text += f"\n\n{button[0]}: {button[1]}"
        html += format_html('<p><a href="{}"><strong>{}</strong></a></p>', button[1], button[0])
    return {"text": f"{text}\n", "html": framed(html)}


def broken(text: str) -> SafeString:
    """Plain text with its line breaks, escaped."""
    return format_html_join(SafeString("<br>"), "{}", ((line,) for line in text.split("\n")))


def framed(body: str) -> str:
    """The HTML of a whole mail around its contents; presentational attributes, because mail programs know no others."""
    ours = the_company()
    return format_html(
        '<!doctype html><html lang="{}"><body bgcolor="#f6f6f4"><table width="100%" cellpadding="24" border="0">'
        '<tr><td align="center"><table width="600" cellpadding="24" bgcolor="#ffffff" border="0"><tr><td>'
        '<font face="Inter, Helvetica, Arial, sans-serif" size="3" color="#1c1c1a">{}</font></td></tr></table>'
        '<p><font face="Inter, Helvetica, Arial, sans-serif" size="2" color="#6b6b66">{}</font></p>'
        "</td></tr></table></body></html>",
        get_language() or "es",
        SafeString(body),
        f"Coordina · {ours.name}" if ours else "Coordina",
    )


def send(
    *,
    to: User | str,
    subject: Text,
    text: Text = "",
    html: str = "",
    language: str = "",
    about: Record | None = None,
    key: str | None = None,
    secret: bool = False,
    by: User | None = None,
    composer: str = "",
    data: Mapping[str, Any] | None = None,
    change_set_id: int | None = None,
) -> Mail | None:
    """Put a mail aside for delivery, in the caller's transaction: a rollback takes it along.

    Args:
        to: A person, or a bare address.
        subject, text, html: Its contents; `page` makes text and HTML.
        language: What it is written in; by default the person's or the active one.
        about: The record it is about: when the person does not see it at the moment of delivery, it is not sent.
        key: Idempotency: the same key gives the mail that is there already.
        secret: It holds a personal link.
        by: Who sends it.
        composer: Name in `COMPOSERS`; then text and HTML are written at delivery, and `subject` is only shown to
            administrators. With a text it decides whether that may leave.
        data: For the composer.
        change_set_id: What caused it, where that is not the open change set.

    Returns:
        The mail; None for a person without an address.
    """
    if key is not None and (known := Mail.objects.filter(key=key).first()):
        return known if isinstance(to, str) or to.email else None
    mail = letter(to, subject, language=language, key=key, composer=composer, data=data, change_set_id=change_set_id)
    if mail is None:
        return None
    mail.text, mail.html, mail.secret = str(text), html, secret
    mail.subject_type, mail.subject_id = (about._meta.label, about.pk) if about is not None else ("", None)
    mail.by_id = by.pk if by is not None else None
    if not _stored(mail):
        return Mail.objects.filter(key=key).first()
    _delivered_soon([mail])
    return mail


def send_many(letters: Iterable[Mail | None]) -> None:
    """Put many mails aside at once, in the caller's transaction; one whose key is there already stays as it is.

    Args:
        letters: From `letter`; None is left out.
    """
    mails = [mail for mail in letters if mail is not None]
    Mail.objects.bulk_create(mails, ignore_conflicts=True)
    _delivered_soon(mails)


def letter(
    to: User | str,
    subject: Text,
    *,
    language: str = "",
    key: str | None = None,
    composer: str = "",
    data: Mapping[str, Any] | None = None,
    change_set_id: int | None = None,
) -> Mail | None:
    """A mail that is not yet put aside, for `send_many`; see `send`.

    Returns:
        The mail; None for a person without an address.
    """
    address = to if isinstance(to, str) else to.email or ""
    if not address:
        return None
    now = timezone.now()
    return Mail(
        person_id=None if isinstance(to, str) else to.pk,
        name="" if isinstance(to, str) else to.name,
        address=address,
        subject=_one_line(str(subject)),
        language=language or ("" if isinstance(to, str) else to.language) or get_language() or "",
        composer=composer,
        data=dict(data or {}),
        key=key,
        token=secrets.token_hex(12),
        state=MailState.WAITING if configured() else MailState.HELD,
        created_at=now,
        next_at=now,
        change_set_id=change_set_id if change_set_id is not None else cause(),
    )


def _delivered_soon(mails: Sequence[Mail]) -> None:
    """Let a job deliver mails that were put aside."""
    from coordina.activity.delivery import deliver

    if any(mail.state == MailState.WAITING for mail in mails):
        deliver.using(order_key=ORDER).enqueue()


ORDER = "activity.mail"
"""Deliveries run one after the other: no mail goes out twice."""


def _stored(mail: Mail) -> bool:
    """Insert a mail; False where another process stored the same key meanwhile."""
    if mail.key is None:
        Mail.objects.bulk_create([mail])
        return True
    try:
        with transaction.atomic():
            Mail.objects.bulk_create([mail])
    except IntegrityError:
        return False
    return True


def _one_line(subject: str) -> str:
    return " ".join(subject.split())[:250]


OPEN = (MailState.FAILED, MailState.HELD, MailState.WAITING)
"""States of mails that have not left."""


def release(mails: Sequence[int], *, at: datetime) -> int:
    """Let failed, kept and delayed mails go out now. Gives how many; none without a mail server."""
    from coordina.activity.delivery import deliver

    if not configured():
        return 0
    count = Mail.objects.filter(pk__in=mails, state__in=OPEN).update(state=MailState.WAITING, next_at=at, attempts=0)
    if count:
        deliver.using(order_key=ORDER).enqueue()
    return count


def cancel(mails: Sequence[int]) -> int:
    """Never send these mails, as far as they have not left. Gives how many."""
    return Mail.objects.filter(pk__in=mails, state__in=OPEN).update(state=MailState.CANCELLED)
