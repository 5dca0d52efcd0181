"""Names of records for pages and lists of an import."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps

from coordina.core.records import Record
from coordina.ledger.undo import Held


def titles_of(model: type[Record], keys: Iterable[int]) -> dict[int, str]:
    """Titles by id; records that are gone are missing."""
    rows: Any = model._base_manager.filter(pk__in=list(keys))
    return {pk: str(title) for pk, title in rows.values_list("pk", model.title_column)}


def held_records(held: Iterable[Held]) -> list[dict[str, Any]]:
    """What an undo left, record by record; parts are told with the record they belong to, what is gone not at all.

    Returns:
        Dictionaries of model label, id, and the reasons with the names they are about.
    """
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for one in held:
        if one.reason == "gone":
            continue
        label, pk = _whole(one)
        entry = found.setdefault((label, pk), {"model": label, "pk": pk, "changed": [], "held": []})
        names = one.names if (label, pk) == (one.model, one.pk) else (one.model,)
        reason = "held" if one.reason == "held" or (label, pk) != (one.model, one.pk) else "changed"
        entry[reason] = sorted({*entry[reason], *names})
        entry["edited"] = entry.get("edited", False) or reason == "changed"
    return sorted(found.values(), key=lambda entry: (entry["model"], entry["pk"]))


def _whole(one: Held) -> tuple[str, int]:
    """The record that a part belongs to; a record of its own right is its own."""
    model: Any = apps.get_model(one.model)
    if not model.scope_parent:
        return one.model, one.pk
    column = model._meta.get_field(model.scope_parent)
    key = model._base_manager.filter(pk=one.pk).values_list(column.attname, flat=True).first()
    return (column.related_model._meta.label, key) if key is not None else (one.model, one.pk)
