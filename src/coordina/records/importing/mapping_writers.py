"""Every write of saved mappings: kept, and renewed by the next file."""

from datetime import datetime
from typing import Annotated, Any

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from coordina.accounts.models import User
from coordina.core.actions import action
from coordina.core.refusals import Refusal
from coordina.records.importing.access import may_import
from coordina.records.importing.tables import find_known
from coordina.records.models import ImportMapping

LARGEST = 2000
"""Columns that a mapping keeps."""


@action(
    ImportMapping,
    permission=ImportMapping.permission("add"),
    label=_("Remember the mapping"),
    verb="create",
    icon="plus",
    hidden=True,
)
def save_mapping(
    *,
    name: Annotated[str, Field(min_length=1, max_length=80)],
    type: Annotated[str, Field(max_length=60)],
    headers: Annotated[list[str], Field(max_length=LARGEST)],
    columns: dict[str, Any],
    options: dict[str, Any],
    by: User,
    at: datetime,
) -> ImportMapping:
    """Keep what was decided about a file for the next one.

    Args:
        name: What it is called.
        type: Name of the record type the file holds.
        headers: Of its columns.
        columns: What each becomes, by folded header.
        options: How rows are taken.
    """
    _check(type, by)
    made = ImportMapping(
        name=name.strip(), type=type, headers=headers, columns=columns, options=options, owner=by, shared=False
    )
    made.save()
    return made


@action(ImportMapping, permission=ImportMapping.permission("change"), label=_("Remember the mapping"), hidden=True)
def renew_mapping(
    *,
    mapping: ImportMapping,
    headers: Annotated[list[str], Field(max_length=LARGEST)],
    columns: dict[str, Any],
    options: dict[str, Any],
    by: User,
    at: datetime,
) -> ImportMapping:
    """Let a mapping say what was decided about the last file.

    Args:
        headers: Of its columns.
        columns: What each becomes, by folded header.
        options: How rows are taken.
    """
    mapping.headers, mapping.columns, mapping.options = headers, columns, options
    mapping.save()
    return mapping


def _check(name: str, by: User) -> None:
    known = find_known(name)
    if known is None or not may_import(by, known):
        raise Refusal("type", _("Choose what the file holds from the list."), field="type")
