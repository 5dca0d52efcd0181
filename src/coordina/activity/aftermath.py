"""What an undo does about news and mails of the change: what has not left is taken back, the rest is named."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from coordina.accounts.models import User
from coordina.activity.models import Follow, Mail, MailState, Notification
from coordina.activity.notifications import ring
from coordina.ledger.undo import AFTERMATHS, Aftermath

NAMED = 10
"""Addresses that are named."""


def recall(change_set_id: int) -> None:
    """Take back unsent mails, notifications, and who follows because of a change set."""
    unsent = (MailState.WAITING, MailState.HELD, MailState.FAILED)
    Mail.objects.filter(change_set_id=change_set_id, state__in=unsent).update(state=MailState.CANCELLED)
    rows: QuerySet[Notification] = Notification.objects.filter(change_set_id=change_set_id, withdrawn=False)
    people = set(rows.values_list("person_id", flat=True))
    Notification.objects.filter(change_set_id=change_set_id, withdrawn=False).update(withdrawn=True)
    ring(people)
    Follow.objects.filter(change_set_id=change_set_id).delete()


def left(change_set_id: int) -> list[str]:
    """Mails that were sent, and people who had read the news in Coordina."""
    found: list[str] = []
    sent = Mail.objects.filter(change_set_id=change_set_id, state=MailState.SENT).order_by("pk")
    if addresses := list(dict.fromkeys(sent.values_list("address", flat=True)[:NAMED])):
        found.append(_("E-mail already sent to: %(people)s.") % {"people": ", ".join(addresses)})
    read = Notification.objects.filter(change_set_id=change_set_id, read_at__isnull=False)
    people = set(read.values_list("person_id", flat=True)[:NAMED])
    if names := list(User.objects.filter(pk__in=people).order_by("name").values_list("name", flat=True)):
        found.append(_("Already read by: %(people)s.") % {"people": ", ".join(names)})
    return found


AFTERMATHS.add("activity", Aftermath(recall, left))
