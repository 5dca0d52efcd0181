"""Comments and reminders. Who sees a record may comment it; comments belong to their author."""

import unicodedata
from datetime import datetime
from typing import Annotated

from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from coordina.accounts.models import User
from coordina.activity.models import Comment, Reminder
from coordina.activity.notifications import forget
from coordina.activity.reminding import check_reached, tick_off
from coordina.activity.speaking import addressed, origin_of, repeat, spread
from coordina.core.actions import action
from coordina.core.refusals import Refusal
from coordina.records.subjects import about, subject_for, subject_of_own

type Text = Annotated[str, Field(min_length=1, max_length=20_000)]
type Short = Annotated[str, Field(min_length=1, max_length=300)]
type Label = Annotated[str, Field(max_length=60)]
NOT_YOURS = _("Only whoever wrote a comment can change it.")


@action(Comment, permission=Comment.permission("add"), label=_("Comment"), verb="create", icon="message", hidden=True)
def add_comment(*, subject_type: Label, subject_id: int, text: Text, by: User, at: datetime) -> Comment:
    """Say something about a record to those who see it; an @ with a name tells that person.

    Args:
        subject_type: Label of its model.
        subject_id: Its id.
        text: What is said.
    """
    subject = about(subject_for(by, subject_type, subject_id, "view"))
    text = _written(text)
    whom = addressed(text, subject, by)
    comment = Comment(subject_type=subject._meta.label, subject_id=subject.pk, text=text, mentions=whom.ids, owner=by)
    comment.save()
    spread(comment, subject, by, new=whom.ids)
    comment.unreached = whom.unreached
    return comment


@action(
    Comment, permission=Comment.permission("change"), label=_("Edit comment"), verb="edit", icon="pencil", hidden=True
)
def edit_comment(*, comment: Comment, text: Text, by: User, at: datetime) -> Comment:
    """Change one's own comment; who is named in it anew is told.

    Args:
        text: The new text.
    """
    subject = about(subject_of_own(by, comment, NOT_YOURS))
    before = set(comment.mentions)
    comment.text = _written(text)
    whom = addressed(comment.text, subject, by)
    comment.mentions = whom.ids
    comment.save()
    spread(comment, subject, by, new=set(whom.ids) - before)
    repeat(comment, by)
    comment.unreached = whom.unreached
    return comment


@action(
    Comment, permission=Comment.permission("delete"), label=_("Delete comment"), verb="delete", icon="trash",
    danger=True, hidden=True,
)  # fmt: skip
def delete_comment(*, comment: Comment, by: User, at: datetime) -> Comment:
    """Remove one's own comment, and what it told people."""
    about(subject_of_own(by, comment, NOT_YOURS))
    forget(origin_of(comment))
    comment.delete()
    return comment


def _written(text: str) -> str:
    if not text.strip():
        raise Refusal("missing", _("Write what you want to say."), field="text")
    return unicodedata.normalize("NFC", text.strip())


@action(Reminder, permission=Reminder.permission("add"), label=_("Remind"), verb="create", icon="bell", hidden=True)
def add_reminder(
    *,
    subject_type: Label,
    subject_id: int,
    text: Short,
    due_at: datetime,
    person: User | None = None,
    by: User,
    at: datetime,
) -> Reminder:
    """Be reminded of a record, or have a colleague reminded who sees it.

    Args:
        subject_type: Label of its model.
        subject_id: Its id.
        text: What of.
        due_at: When.
        person: Whom; oneself where nobody is named.
    """
    subject = about(subject_for(by, subject_type, subject_id, "view"))
    check_reached(person or by, subject)
    reminder = Reminder(
        subject_type=subject._meta.label,
        subject_id=subject.pk,
        text=" ".join(text.split()),
        due_at=_coming(due_at, at),
        owner=person or by,
        made_by=by,
    )
    reminder.save()
    return reminder


@action(Reminder, permission=Reminder.permission("change"), label=_("Snooze"), verb="edit", icon="clock", hidden=True)
def snooze_reminder(*, reminder: Reminder, due_at: datetime, by: User, at: datetime) -> Reminder:
    """Be reminded later.

    Args:
        due_at: When.
    """
    about(subject_for(by, reminder.subject_type, reminder.subject_id, "view"))
    reminder.due_at = _coming(due_at, at)
    reminder.done_at = None
    reminder.save()
    tick_off(reminder)
    return reminder


@action(Reminder, permission=Reminder.permission("change"), label=_("Done"), icon="check", hidden=True)
def finish_reminder(*, reminder: Reminder, by: User, at: datetime) -> Reminder:
    """Tick a reminder off."""
    about(subject_for(by, reminder.subject_type, reminder.subject_id, "view"))
    reminder.done_at = at
    reminder.save()
    tick_off(reminder)
    return reminder


@action(
    Reminder, permission=Reminder.permission("delete"), label=_("Delete reminder"), verb="delete", icon="trash",
    danger=True, hidden=True,
)  # fmt: skip
def delete_reminder(*, reminder: Reminder, by: User, at: datetime) -> Reminder:
    """Remove a reminder."""
    about(subject_for(by, reminder.subject_type, reminder.subject_id, "view"))
    tick_off(reminder)
    reminder.delete()
    return reminder


def _coming(due_at: datetime, at: datetime) -> datetime:
    """A time that is still to come; one without a zone is of the person's own.

    Raises:
        Refusal: At `due_at`, when it has passed.
    """
    moment = due_at if due_at.tzinfo is not None else timezone.make_aware(due_at)
    if moment <= at:
        raise Refusal("past", _now("Choose a time that is still to come."), field="due_at")
    return moment
