"""That an archive of everything was made: a record, so that it stands in the audit who took everything out."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.core.records import Record
from coordina.transfer.enums import Standing


class Archive(Record):
    """One archive of everything, by whom and how much; the file itself goes after some days.

    Attributes:
        owner: Who asked for it and may fetch it; empty for the server's command line.
        rows, files: What it holds. size: In bytes.
        digest: SHA-256 of its manifest, which holds that of every member.
    """

    scope_owner: ClassVar[str] = ""
    scope_team: ClassVar[str] = ""
    title_column: ClassVar[str] = "digest"
    undo_together: ClassVar[tuple[frozenset[str], ...]] = (frozenset({"status", "rows", "files", "size", "digest"}),)

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("asked by"),
        editable=False,
    )
    status = models.CharField(
        _("status"), max_length=8, choices=Standing.choices, default=Standing.WAITING, editable=False
    )
    rows = models.PositiveBigIntegerField(_("rows"), default=0, editable=False)
    files = models.PositiveBigIntegerField(_("files"), default=0, editable=False)
    size = models.PositiveBigIntegerField(_("size"), default=0, editable=False)
    digest = models.CharField(_("digest"), max_length=64, blank=True, default="", editable=False)

    @classmethod
    def view_permission(cls) -> str:
        """Who may take everything out sees what was taken out."""
        return "transfer.take_everything"

    class Meta(Record.Meta):
        verbose_name = _("archive of everything")
        verbose_name_plural = _("archives of everything")

    def __str__(self) -> str:
        return self.digest[:16]
