"""Notes, files and tags of any record. Who may change it may hang things on it; notes belong to their author."""

from datetime import datetime
from typing import Annotated

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from coordina.accounts.models import User
from coordina.core.actions import action
from coordina.core.messages import unknown_field
from coordina.core.permissions import LEADERS, SELLERS, permission
from coordina.core.records import Record
from coordina.core.refusals import Invalid, Refusal
from coordina.core.types import Kind as FieldKind
from coordina.core.types import find_type
from coordina.records.files import LONGEST, as_columns, clean_name, media_type_of
from coordina.records.models import Attachment, Note, TagLink
from coordina.records.subjects import about, subject_for, subject_of_own
from coordina.records.tags import clean_words, set_words

type Text = Annotated[str, Field(min_length=1, max_length=20_000)]
type Label = Annotated[str, Field(max_length=60)]
NOT_YOURS = _("Only whoever wrote a note can change it.")
type Name = Annotated[str, Field(min_length=1, max_length=LONGEST)]

SET_TAGS = permission(
    "records.set_tags",
    noun=_("tags"),
    verb="set",
    label=_("Put tags on records"),
    grants={**LEADERS, **dict.fromkeys(SELLERS, "all"), "marketing": "all"},
)


@action(Note, permission=Note.permission("add"), label=_("Add note"), verb="create", icon="note", hidden=True)
def add_note(*, subject_type: Label, subject_id: int, text: Text, by: User, at: datetime) -> Note:
    """Write something down about a record.

    Args:
        subject_type: Label of its model.
        subject_id: Its id.
        text: What is worth remembering.
    """
    subject = about(subject_for(by, subject_type, subject_id))
    note = Note(subject_type=subject._meta.label, subject_id=subject.pk, text=_written(text), owner=by)
    note.save()
    return note


@action(Note, permission=Note.permission("change"), label=_("Edit note"), verb="edit", icon="pencil", hidden=True)
def edit_note(*, note: Note, text: Text, by: User, at: datetime) -> Note:
    """Change one's own note.

    Args:
        text: The new text.
    """
    about(subject_of_own(by, note, NOT_YOURS))
    note.text = _written(text)
    note.save()
    return note


@action(
    Note, permission=Note.permission("change"), label=_("Delete note"), verb="delete", icon="trash", danger=True,
    hidden=True,
)  # fmt: skip
def delete_note(*, note: Note, by: User, at: datetime) -> Note:
    """Remove one's own note."""
    about(subject_of_own(by, note, NOT_YOURS))
    note.delete()
    return note


def _written(text: str) -> str:
    if not text.strip():
        raise Refusal("missing", _("Write what is to be remembered."), field="text")
    return text.strip()


@action(
    Attachment, permission=Attachment.permission("add"), label=_("Add file"), verb="create", icon="paperclip",
    hidden=True, private=True,
)  # fmt: skip
def attach_file(*, subject_type: Label, subject_id: int, name: str, ticket: str, by: User, at: datetime) -> Attachment:
    """Keep an uploaded file with a record.

    Args:
        subject_type: Label of its model.
        subject_id: Its id.
        name: What people call the file.
        ticket: What the upload was answered with.
    """
    subject = about(subject_for(by, subject_type, subject_id))
    made = Attachment(subject_type=subject._meta.label, subject_id=subject.pk, owner=by, **as_columns(ticket, name))
    made.save()
    return made


@action(
    Attachment, permission=Attachment.permission("change"), label=_("Rename file"), verb="edit", icon="pencil",
    hidden=True,
)  # fmt: skip
def rename_file(*, attachment: Attachment, name: Name, by: User, at: datetime) -> Attachment:
    """Call a file something else; its bytes stay.

    Args:
        name: The new name.
    """
    about(subject_for(by, attachment.subject_type, attachment.subject_id))
    attachment.name = clean_name(name)
    attachment.media_type = media_type_of(attachment.name)
    attachment.save()
    return attachment


@action(
    Attachment, permission=Attachment.permission("change"), label=_("Delete file"), verb="delete", icon="trash",
    danger=True, hidden=True,
)  # fmt: skip
def delete_file(*, attachment: Attachment, by: User, at: datetime) -> Attachment:
    """Take a file off a record; undo brings it back."""
    about(subject_for(by, attachment.subject_type, attachment.subject_id))
    attachment.delete()
    return attachment


@action(TagLink, permission=SET_TAGS, label=_("Set tags"), icon="tag", hidden=True)
def set_tags(*, subject_type: Label, subject_id: int, tags: list[str], by: User, at: datetime) -> Record:
    """Let a record carry these tags and no others.

    Args:
        subject_type: Label of its model.
        subject_id: Its id.
        tags: Words; upper and lower case are the same.
    """
    subject = about(subject_for(by, subject_type, subject_id))
    known = find_type(type(subject))
    closed = known.sight(by).closed if known is not None else frozenset()
    if known is not None and any(known.fields[name].kind is FieldKind.TAGS for name in closed):
        raise Invalid({"tags": [unknown_field("tags")]})
    set_words([(subject, clean_words(tags))])
    return subject
