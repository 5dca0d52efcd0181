"""Tags, notes, files and ids of other systems."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.core.records import Record
from coordina.records.models.base import Hanger


class Tag(Record):
    """A word that groups records of any type."""

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""

    name = models.CharField(_("name"), max_length=60)

    class Meta(Record.Meta):
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        constraints = [models.UniqueConstraint(fields=["name"], name="tag_name_once")]

    def __str__(self) -> str:
        return self.name


class TagLink(Hanger):
    """That a record carries a tag."""

    title_column: ClassVar[str] = "tag_id"

    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="+")

    class Meta(Hanger.Meta):
        abstract = False
        verbose_name = _("tag on a record")
        verbose_name_plural = _("tags on records")
        constraints = [models.UniqueConstraint(fields=["subject_type", "subject_id", "tag"], name="tag_link_once")]
        indexes = [models.Index(fields=["tag", "subject_type", "subject_id"], name="tag_link_by_tag")]


class Note(Hanger):
    """Something worth remembering about a record."""

    title_column: ClassVar[str] = "text"

    text = models.TextField(_("note"), max_length=20_000)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("author"), editable=False
    )

    class Meta(Hanger.Meta):
        abstract = False
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        indexes = [models.Index(fields=["subject_type", "subject_id", "-id"], name="note_of")]


class Attachment(Hanger):
    """A file kept with a record. The stored bytes never change; undo brings back the name, retention removes them.

    Attributes:
        path: Where the bytes are, below the folder of files; generated, never the user's name.
        digest: SHA-256 of the bytes, hexadecimal.
    """

    name = models.CharField(_("file name"), max_length=255)
    path = models.CharField(max_length=200, editable=False)
    size = models.PositiveBigIntegerField(_("size"), editable=False)
    media_type = models.CharField(max_length=100, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("added by"), editable=False
    )

    class Meta(Hanger.Meta):
        abstract = False
        verbose_name = _("file")
        verbose_name_plural = _("files")
        indexes = [models.Index(fields=["subject_type", "subject_id", "-id"], name="attachment_of")]


class ExternalId(Hanger):
    """The id by which another system or file knows a record; an import with the same id updates it.

    Attributes:
        system: The source: what the importer calls the file or system.
    """

    title_column: ClassVar[str] = "value"

    system = models.CharField(max_length=60, default="import")
    value = models.CharField(max_length=200)

    class Meta(Hanger.Meta):
        abstract = False
        verbose_name = _("id in another system")
        verbose_name_plural = _("ids in other systems")
        constraints = [
            models.UniqueConstraint(fields=["subject_type", "system", "value"], name="external_id_once"),
        ]
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="external_id_of")]
