"""Ringing of reminders: once for each time, by a schedule that looks every minute."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordina.accounts.models import User
from coordina.activity.kinds import REMINDER
from coordina.activity.models import Notification, Reminded, Reminder
from coordina.activity.notifications import ring, tell
from coordina.activity.places import place_of_record
from coordina.activity.seeing import people_of, sees
from coordina.core.formats import Formats
from coordina.core.records import Record
from coordina.core.refusals import Refusal
from coordina.ledger.queue import task
from coordina.ledger.queue.schedules import schedule
from coordina.records.subjects import type_for

SHOWN = 50
"""Open reminders that a page shows."""
AT_ONCE = 500
"""Reminders that ring in one run."""


def origin_of(reminder: Reminder) -> str:
    """By what notifications know their reminder."""
    return f"{reminder._meta.label}:{reminder.pk}"


def check_reached(person: User, record: Record) -> None:
    """Refuse to remind somebody of what they may not see.

    Raises:
        Refusal: At `person`.
    """
    people = people_of([person.pk])
    if not people or not sees(people[0], record):
        message = _("%(name)s cannot see this record, so nobody would be reminded.")
        raise Refusal("unseen", message % {"name": person.name}, field="person")


@task(label=gettext_lazy("Reminding"))
def remind() -> int:
    """Tell everybody whose reminder is due. Gives how many; each time rings once."""
    now = timezone.now()
    rung = Reminded.objects.filter(reminder_id=OuterRef("pk"), due_at=OuterRef("due_at"))
    due = Reminder.objects.filter(done_at__isnull=True, due_at__lte=now).exclude(Exists(rung)).order_by("due_at", "pk")
    count = 0
    for reminder in due.select_related("made_by")[:AT_ONCE]:
        count += _rung(reminder)
    return count


def _rung(reminder: Reminder) -> int:
    Reminded.objects.update_or_create(reminder_id=reminder.pk, defaults={"due_at": reminder.due_at})
    model = type_for(reminder.subject_type).model
    record = model._base_manager.filter(pk=reminder.subject_id).first()
    if record is None:
        return 0

    def said(user: User) -> str:
        if reminder.made_by_id == user.pk:
            return reminder.text
        return _("%(text)s (from %(who)s)") % {"text": reminder.text, "who": reminder.made_by.name}

    told = tell(
        [reminder.owner_id],
        kind=REMINDER,
        about=record,
        origin=origin_of(reminder),
        key=f"reminder:{reminder.pk}:{reminder.due_at.isoformat()}",
        text=said,
    )
    return len(told)


def tick_off(reminder: Reminder) -> None:
    """What a reminder rang is read: it is done, put off, or gone."""
    rows = Notification.objects.filter(origin=origin_of(reminder), read_at__isnull=True)
    people = set(rows.values_list("person_id", flat=True))
    Notification.objects.filter(origin=origin_of(reminder), read_at__isnull=True).update(read_at=timezone.now())
    ring(people)


@dataclass(frozen=True, slots=True)
class Open:
    """A reminder that waits, as a page shows it."""

    pk: int
    text: str
    title: str
    url: str
    when: str
    late: bool


def open_reminders(user: User, formats: Formats) -> list[Open]:
    """Somebody's open reminders of records that they see, the next one first."""
    mine = Reminder.objects.visible_to(user).filter(owner=user.pk, done_at__isnull=True).order_by("due_at", "pk")
    rows, now = list(mine[:SHOWN]), timezone.now()
    wanted: dict[str, set[int]] = {}
    for each in rows:
        wanted.setdefault(each.subject_type, set()).add(each.subject_id)
    titles: dict[tuple[str, int], str] = {}
    for label, ids in wanted.items():
        model = type_for(label).model
        pairs = model.objects.visible_to(user).filter(pk__in=ids).values_list("pk", model.title_column)
        titles |= {(label, pk): str(title) for pk, title in pairs}
    return [
        Open(
            each.pk,
            each.text,
            titles.get((each.subject_type, each.subject_id), ""),
            place_of_record(each.subject_type, each.subject_id),
            formats.exact(each.due_at),
            each.due_at <= now,
        )
        for each in rows
    ]


schedule("activity.reminders", remind, "every 1m")
