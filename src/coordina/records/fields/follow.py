"""What follows when a definition is written, also by undo, in the same transaction."""

from collections.abc import Sequence

from django.utils import timezone

from coordina.accounts import definitions
from coordina.core.changes import Entry
from coordina.core.derived import follows
from coordina.records.models import CustomField, FieldIndex, IndexState

INDEXED_BY = frozenset({"indexed", "kind", "choices", "archived"})
"""Columns whose change asks for another index."""
FOUND_BY = frozenset({"restricted", "archived"})
"""Columns that decide whether the search finds records by the values of a field."""


@follows("records.CustomField")
def tell_everyone(entries: Sequence[Entry]) -> None:
    """Let every process know the fields anew, and have indexes made or dropped."""
    from coordina.records.fields.jobs import renew_search, settle_index

    touched = {e.pk for e in entries if e.kind != "d" and INDEXED_BY & e.after.keys()}
    for row in CustomField.objects.filter(pk__in=touched):
        known = FieldIndex.objects.filter(pk=row.pk).first()
        if row.indexed or known is not None:
            FieldIndex.objects.update_or_create(
                pk=row.pk,
                defaults={"state": IndexState.BUILDING, "problem": "", "changed_at": timezone.now()},
                create_defaults={"state": IndexState.BUILDING, "changed_at": timezone.now()},
            )
            settle_index.enqueue(row.pk)
    definitions.move()
    for entry in entries:
        if entry.kind == "u" and FOUND_BY & entry.after.keys():
            renew_search.enqueue(entry.pk)


@follows("accounts.Organization")
def renew(entries: Sequence[Entry]) -> None:
    """The country of the company reads telephone numbers."""
    if any("country" in e.after for e in entries) and definitions.mark() is not None:
        definitions.move()
