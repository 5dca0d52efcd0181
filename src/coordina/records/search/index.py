"""Keeping the index: it follows every write, and can be rebuilt whole."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.apps import apps
from django.db import models, transaction

from coordina.core.added import COLUMN
from coordina.core.changes import Entry, Values
from coordina.core.derived import REBUILDS, follows
from coordina.core.inserting import insert_tuples, update_tuples
from coordina.core.jsonvalues import expression_of
from coordina.core.prepared import RowIds, Shapes
from coordina.core.records import Record
from coordina.core.types import TYPES, Field, Kind, RecordType, find_type
from coordina.ledger.entries import type_id
from coordina.records.models import SearchRow
from coordina.records.search.words import plain

CHUNK = 500
_TITLES = Shapes()
"""Names of records that others refer to, by their class."""


def indexed(known: RecordType | None) -> bool:
    """Whether records of a type can be found."""
    return known is not None and bool(known.searchable) and not known.model.scope_parent


@follows()
def keep_index(entries: Sequence[Entry]) -> None:
    """Write, renew and drop search rows in the transaction of the records."""
    new: dict[str, dict[int, Values]] = defaultdict(dict)
    again: dict[str, set[int]] = defaultdict(set)
    gone: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        known = find_type(apps.get_model(entry.model))
        if not indexed(known):
            continue
        if entry.kind == "c":
            new[entry.model][entry.pk] = entry.after
        elif entry.kind == "d":
            gone[entry.model].add(entry.pk)
        elif entry.pk not in new[entry.model] and not _columns(known).isdisjoint(entry.after):  # type: ignore[arg-type]  # indexed means known
            again[entry.model].add(entry.pk)
    for label, keys in gone.items():
        SearchRow.objects.filter(type_id=type_id(label), object_id__in=keys).delete()
        new[label] = {pk: after for pk, after in new[label].items() if pk not in keys}
        again[label] -= keys
    for label, images in new.items():
        _write_new(label, images)
    for label, keys in again.items():
        renew(label, keys)


def _columns(known: RecordType) -> set[str]:
    """Columns whose change changes the search row."""
    model = known.model
    found = {f"{n}_id" for n in (model.scope_owner, model.scope_team) if n}
    for field in known.searchable:
        found.add(f"{field.path}_id" if field.kind is Kind.REF else field.path)
    return found


def _write_new(label: str, images: Mapping[int, Values]) -> None:
    """Make the search rows of records just made, out of their images where these say enough."""
    known = find_type(apps.get_model(label))
    if not images or known is None:
        return
    told = _from_images(known, images) if _told_by_images(known) else texts(known, sorted(images))
    rows = [(type_id(label), pk, title, words) for pk, title, words in told]
    insert_tuples(SearchRow, ("type_id", "object_id", "title", "words"), rows, "default")


def _told_by_images(known: RecordType) -> bool:
    """Whether titles and words are columns of the record itself, in the writing that the ledger keeps too."""
    plain = {
        f.attname
        for f in known.model._meta.concrete_fields
        if not isinstance(f, models.DateTimeField | models.JSONField | models.FloatField | models.BooleanField)
    }
    columns = [f"{x.path}_id" if x.kind is Kind.REF else x.path for x in known.searchable if not x.json_key]
    return plain.issuperset((known.model.title_column, *columns))


def _from_images(known: RecordType, images: Mapping[int, Values]) -> Iterator[tuple[int, str, str]]:
    """What `texts` gives, without reading the records again."""
    model = known.model
    names: list[tuple[str, Mapping[Any, Any] | None]] = []
    for field in known.searchable:
        if field.json_key:
            names.append((field.json_key, None))
            continue
        if field.kind is not Kind.REF:
            names.append((field.path, None))
            continue
        assert field.to is not None
        keys = {image[f"{field.path}_id"] for image in images.values()} - {None}
        names.append((f"{field.path}_id", dict(_TITLES.ask(field.to, _titles_of(field.to), RowIds(sorted(keys))))))
    marks = [(letter, f"{name}_id") for letter, name in (("xo", model.scope_owner), ("xg", model.scope_team)) if name]
    base = f"xt{type_id(model._meta.label)}"
    for pk in sorted(images):
        image = {**(images[pk].get(COLUMN) or {}), **images[pk]}
        found = (image.get(n) if titles is None else titles.get(image[n]) for n, titles in names)
        text = " ".join(str(v) for v in found if v)
        held = [f"{letter}{image[column]}" for letter, column in marks if image[column] is not None]
        yield pk, str(image[model.title_column] or "")[:250], " ".join([plain(text), base, *held])


def _titles_of(far: type[Record]) -> Callable[[Any], Any]:
    return lambda keys: far._base_manager.filter(pk__in=keys).order_by().values_list("pk", far.title_column)


def renew(label: str, keys: Iterable[int]) -> None:
    """Make search rows; earlier ones of the same records are renewed in place."""
    wanted = sorted(keys)
    known = find_type(apps.get_model(label))
    if not wanted or known is None:
        return
    number = type_id(label)
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        made = {pk: (title, words) for pk, title, words in texts(known, part)}
        old = {r.object_id: r for r in SearchRow.objects.filter(type_id=number, object_id__in=part)}
        here = [(*made.pop(pk), row.pk) for pk, row in old.items() if pk in made]
        update_tuples(SearchRow, ("title", "words"), here)
        rows = [(number, pk, title, words) for pk, (title, words) in made.items()]
        insert_tuples(SearchRow, ("type_id", "object_id", "title", "words"), rows, "default")


def texts(
    known: RecordType, keys: Sequence[int] | None = None, *, without: Collection[str] = ()
) -> Iterable[tuple[int, str, str]]:
    """Id, title and words of records of a type, from their columns.

    Args:
        known: The record type.
        keys: Ids of the records; all when None.
        without: Names of fields whose words are left out.
    """
    model = known.model
    fields = [field for field in known.searchable if field.name not in without]
    paths = ["pk", model.title_column, *(_path(x) for x in fields)]
    marks = [(letter, f"{name}_id") for letter, name in (("xo", model.scope_owner), ("xg", model.scope_team)) if name]
    rows: Any = model._base_manager.all() if keys is None else model._base_manager.filter(pk__in=keys)
    base = f"xt{type_id(model._meta.label)}"
    for row in rows.order_by("pk").values_list(*paths, *(column for _letter, column in marks)).iterator(2000):
        text = " ".join(str(v) for v in row[2 : 2 + len(fields)] if v)
        held = [f"{letter}{v}" for (letter, _c), v in zip(marks, row[2 + len(fields) :], strict=True) if v is not None]
        yield row[0], str(row[1] or "")[:250], " ".join([plain(text), base, *held])


def _path(field: Field) -> Any:
    if field.json_key:
        return expression_of(field)
    return field.title_path if field.kind is Kind.REF else field.path


def refresh_referrers(label: str, keys: Sequence[int]) -> int:
    """Renew the search rows of records that carry the name of records just renamed.

    Returns:
        How many were renewed.
    """
    far = apps.get_model(label)
    renewed = 0
    for known in TYPES:
        if not indexed(known):
            continue
        for field in known.searchable:
            if field.kind is Kind.REF and field.to is far:
                rows: Any = known.model._base_manager.filter(**{f"{field.path}__in": keys})
                hit = list(rows.order_by("pk").values_list("pk", flat=True))
                with transaction.atomic():
                    renew(known.model._meta.label, hit)
                renewed += len(hit)
    return renewed


@follows()
def notice_renames(entries: Sequence[Entry]) -> None:
    """A new name changes the words of those who carry it: that is a job, they may be many."""
    renamed: dict[str, list[int]] = defaultdict(list)
    for entry in entries:
        model: type[Record] = apps.get_model(entry.model)
        if entry.kind == "u" and model.title_column in entry.after and entry.model in _carried():
            renamed[entry.model].append(entry.pk)
    if renamed:
        from coordina.records.jobs import refresh_search

        for label, keys in renamed.items():
            refresh_search.enqueue(label, keys)


def _carried() -> set[str]:
    """Models whose names stand in the words of others."""
    return {
        x.to._meta.label for known in TYPES if indexed(known) for x in known.searchable if x.kind is Kind.REF and x.to
    }


def rebuild(known: RecordType) -> int:
    """Make all search rows of a type anew.

    Returns:
        How many there are now.
    """
    number = type_id(known.model._meta.label)
    with transaction.atomic():
        SearchRow.objects.filter(type_id=number).delete()
        rows: list[SearchRow] = []
        count = 0
        for pk, title, words in texts(known):
            rows.append(SearchRow(type_id=number, object_id=pk, title=title, words=words))
            if len(rows) == CHUNK:
                count += len(SearchRow.objects.bulk_create(rows))
                rows = []
        return count + len(SearchRow.objects.bulk_create(rows))


def differences(known: RecordType) -> int:
    """How many search rows of a type are missing, too many or other than they should be."""
    number = type_id(known.model._meta.label)
    have = {r[0]: r[1:] for r in SearchRow.objects.filter(type_id=number).values_list("object_id", "title", "words")}
    wrong = 0
    for pk, title, words in texts(known):
        wrong += have.pop(pk, None) != (title, words)
    return wrong + len(have)


REBUILDS["search"] = (
    lambda: sum(rebuild(known) for known in TYPES if indexed(known)),
    lambda: sum(differences(known) for known in TYPES if indexed(known)),
)
