"""What every record's timeline shows: notes and files. Changes are in `changes`."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordina.core.addresses import address
from coordina.core.parsing.ids import parse_id
from coordina.core.timeline import TIMELINE, Look, Moment, Source
from coordina.records.models import Attachment, Hanger, Note

WHO = '<b class="strong" title="{name}">{first}</b>'


def who(name: str) -> Any:
    """Somebody by their first name, the whole one on hover."""
    return format_html(WHO, name=name, first=name.split()[0] if name.split() else name)


def behind(rows: QuerySet[Any], look: Look) -> QuerySet[Any]:
    """Rows of the page, newest first."""
    if (after := parse_id(look.after)) is not None:
        rows = rows.filter(pk__lt=after)
    return rows.order_by("-pk")[: look.limit]


def read_notes(look: Look) -> Sequence[Moment]:
    """The notes of a record."""
    if not look.user.may(Note.view_permission()):
        return ()
    return [_note(note, look) for note in behind(Note.of(look.record).select_related("owner"), look)]


def _note(note: Note, look: Look) -> Moment:
    own = note.owner_id == look.user.pk and look.user.may(Note.permission("change"))
    edited = (_("edited"),) if note.version > 1 else ()
    return Moment(
        source="notes",
        mark=str(note.pk),
        by=note.owner_id,
        at=note.created_at,
        title=format_html(_("{who} wrote a note"), who=who(note.owner.name)),
        body=note.text,
        icon="note",
        facts=edited,
        links=(
            (
                (gettext_lazy("Edit note"), address("records:note_edit", note.pk), "pencil"),
                (gettext_lazy("Delete note"), address("records:note_delete", note.pk), "trash"),
            )
            if own
            else ()
        ),
    )


def read_files(look: Look) -> Sequence[Moment]:
    """The files of a record."""
    if not look.user.may(Attachment.view_permission()):
        return ()
    return [_file(kept, look) for kept in behind(Attachment.of(look.record).select_related("owner"), look)]


def _file(kept: Attachment, look: Look) -> Moment:
    return Moment(
        source="files",
        mark=str(kept.pk),
        by=kept.owner_id,
        at=kept.created_at,
        title=format_html(
            _("{who} added {file}"),
            who=who(kept.owner.name),
            file=format_html(
                '<a class="strong" href="{}" download>{}</a>', address("records:file", kept.pk), kept.name
            ),
        ),
        icon="paperclip",
        facts=(look.formats.file_size(kept.size),),
    )


def _hangs(model: type[Any]) -> bool:
    return not issubclass(model, Hanger)


TIMELINE.add("notes", Source(gettext_lazy("Notes"), read_notes, _hangs, order=20))
TIMELINE.add("files", Source(gettext_lazy("Files"), read_files, _hangs, order=30))
