"""Everything that is kept of a person as one archive: for machines as JSON, for people as a page, and the files.

What is told is what rooms say they keep (`core.personal`), never what it happens to hold of others: no colleagues'
names, no columns of records that only mention the person.
"""

import json
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from coordina.accounts.models import Role, Team, User
from coordina.core.personal import KINDS
from coordina.core.records import Record
from coordina.core.storing.areas import Stored
from coordina.core.storing.stores import BLOCK
from coordina.privacy.subjects import keepings, subjects_of, written
from coordina.records.models import Attachment

LEFT_OUT = frozenset({"id", "version", "subject_type", "subject_id", "path", "key", "token", "team_id", "current"})
"""Columns that say something to the machine alone."""
type Table = tuple[str, list[dict[str, Any]]]


def tables_of(record: Record) -> list[Table]:
    """What is kept of somebody: a title and rows of label and value, the person's own records first."""
    who = subjects_of(record)
    found: list[Table] = []
    for label, keys in sorted(who.ids.items()):
        kind = KINDS[label]
        rows: Any = kind.model._base_manager.filter(pk__in=sorted(keys)).order_by("pk")
        found.append((str(kind.model._meta.verbose_name_plural), [told(row, ()) for row in rows]))
    for keeping in keepings():
        if not keeping.told:
            continue
        rows = keeping.rows(who).order_by("pk")
        if made := [told(row, keeping.tells) for row in rows]:
            found.append((str(keeping.model._meta.verbose_name_plural), made))
    changes = [
        {gettext("column"): name, gettext("value"): plain(value)}
        for label, keys in sorted(who.ids.items())
        for _change_set, delta in written(label, keys)
        for name, value in delta.items()
        if name not in LEFT_OUT and not name.endswith("_id") and value not in ("", None, {}, [])
    ]
    if changes:
        found.append((gettext("History"), changes))
    return found


def told(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """One row as label and value; references by name, other people who work here left out."""
    return dict(_told(row, names))


def _told(row: Any, names: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for column in row._meta.concrete_fields:
        if names and column.name not in names:
            continue
        if column.attname in LEFT_OUT or (column.is_relation and column.related_model in (User, Team, Role)):
            continue
        value = getattr(row, column.attname)
        if value in (None, "", {}, []):
            continue
        if column.is_relation:
            value = str(getattr(row, column.name))
        elif column.choices:
            value = str(dict(column.flatchoices).get(value, value))
        yield str(column.verbose_name), plain(value)


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    if isinstance(value, Decimal | models.Model) or hasattr(value, "isoformat"):
        return str(value)
    return value


def write_archive(record: Record, target: Path, name: str) -> int:
    """Write the archive of a person; gives how many files of theirs it holds."""
    tables = tables_of(record)
    count = 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        content = dict(tables)
        packed.writestr("data.json", json.dumps(content, ensure_ascii=False, indent=1))
        packed.writestr("index.html", page_of(name, tables))
        for keeping in keepings():
            if keeping.model is not Attachment or keeping.bytes_of is None:
                continue
            for row in keeping.rows(subjects_of(record)).order_by("pk"):
                for place in keeping.bytes_of(row):
                    count += _packed(packed, place, f"files/{count + 1}-{row.name}")
    target.chmod(0o600)
    return count


def _packed(packed: zipfile.ZipFile, place: Stored, name: str) -> int:
    """Add a file that is kept; gives how many were added, for it may be gone."""
    try:
        source = place.open()
    except FileNotFoundError:
        return 0
    with source, packed.open(name, "w", force_zip64=True) as target:
        shutil.copyfileobj(source, target, BLOCK)
    return 1


def page_of(name: str, tables: list[Table]) -> str:
    """The same for reading, in one page that needs nothing else."""
    parts = [
        format_html(
            "<h2>{}</h2>{}",
            title[:1].upper() + title[1:],
            SafeString("".join(_rows(row) for row in rows)),
        )
        for title, rows in tables
    ]
    return format_html(
        '<!doctype html><html lang="{}"><head><meta charset="utf-8"><title>{}</title></head><body><h1>{}</h1>{}'
        "</body></html>",
        get_language() or "es",
        name,
        gettext("What is kept of %(name)s") % {"name": name},
        SafeString("".join(parts)),
    )


def _rows(row: Mapping[str, Any]) -> str:
    shown = (
        (label, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        for label, value in row.items()
    )
    return format_html("<dl>{}</dl>", format_html_join("", "<dt><b>{}</b></dt><dd>{}</dd>", shown))
