"""What an undo left, told record by record."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps

from coordina.ledger.undo import Held


def held_records(held: Iterable[Held]) -> list[dict[str, Any]]:
    """What an undo left, record by record; parts are told with the record they belong to, what is gone not at all.

    Returns:
        Dictionaries of model label, id, reason and the names it is about.
    """
    found: dict[tuple[str, int], tuple[str, set[str]]] = {}
    for one in held:
        if one.reason == "gone":
            continue
        key = _whole(one)
        reason = one.reason if key == (one.model, one.pk) else "held"
        names = one.names if key == (one.model, one.pk) else (one.model,)
        known, all_names = found.get(key, (reason, set()))
        if known == reason or reason == "changed":
            found[key] = (reason, {*(all_names if known == reason else ()), *names})
    return [
        {"model": label, "pk": pk, "reason": reason, "names": sorted(names)}
        for (label, pk), (reason, names) in sorted(found.items())
    ]


def _whole(one: Held) -> tuple[str, int]:
    """The record that a part belongs to; a record of its own right is its own."""
    model: Any = apps.get_model(one.model)
    if not model.scope_parent:
        return one.model, one.pk
    column = model._meta.get_field(model.scope_parent)
    key = model._base_manager.filter(pk=one.pk).values_list(column.attname, flat=True).first()
    return (column.related_model._meta.label, key) if key is not None else (one.model, one.pk)
