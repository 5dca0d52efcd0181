"""Deleting with everything that goes along, each row's before-image kept."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models.deletion import Collector, ProtectedError, RestrictedError
from django.utils.translation import gettext as _

from coordina.core import changes
from coordina.core.changes import Entry
from coordina.core.images import encode
from coordina.core.records import HANGERS, Record
from coordina.core.refusals import Refusal


class RecordedCollector(Collector):
    """Django's collector, which never deletes records behind our back."""

    def can_fast_delete(self, objs: Any, from_field: Any = None) -> bool:
        """Whether rows may go without being loaded: never for records."""
        model = objs if isinstance(objs, type) else getattr(objs, "model", None) or type(objs)
        return False if issubclass(model, Record) else bool(super().can_fast_delete(objs, from_field))


def delete_recorded(objs: Sequence[Record], using: str) -> tuple[int, dict[str, int]]:
    """Delete records with what cascades and what hangs on them by a generic link.

    Returns:
        How many rows went, in all and by model label, as Django says it.

    Raises:
        Refusal: `held`, when others refer to one of them and would be left without it.
    """
    journal = changes.required("delete")
    if not objs:
        return 0, {}
    with transaction.atomic(using=using, savepoint=False):
        collector = RecordedCollector(using=using)
        try:
            collector.collect(objs)
            for model in list(collector.data):
                if issubclass(model, Record):
                    _collect_hangers(collector, model)
        except ProtectedError as error:
            raise held(objs, error.protected_objects, journal.context.get("by")) from None
        except RestrictedError as error:
            raise held(objs, error.restricted_objects, journal.context.get("by")) from None
        _write_set_null(collector)
        collector.sort()  # parts before what they belong to: undo reads backwards and brings the whole back first
        gone = [
            (model, row["id"], {k: encode(v) for k, v in row.items()})
            for model, rows in collector.data.items()
            if issubclass(model, Record)
            for row in _locked(model, [o.pk for o in rows])
        ]
        with changes.arm():
            result = collector.delete()
        with journal.many():
            for model, pk, before in gone:
                journal.note(Entry(model._meta.label, pk, "d", before, {}))
    return result


def delete_alone(model: type[Record], keys: Iterable[int]) -> None:
    """Delete rows of one model of which the caller knows that no record refers to them.

    Args:
        model: The record class.
        keys: Ids.
    """
    journal = changes.required("delete")
    wanted = sorted(keys)
    if not wanted:
        return
    if _has_machine_referrers(model):
        model._base_manager.filter(pk__in=wanted).delete()
        return
    with transaction.atomic(savepoint=False):
        gone = [(row["id"], {k: encode(v) for k, v in row.items()}) for row in _locked(model, wanted)]
        with changes.arm():
            models.QuerySet(model).filter(pk__among=wanted)._raw_delete("default")
        with journal.many():
            for pk, before in gone:
                journal.note(Entry(model._meta.label, pk, "d", before, {}))


@cache
def _has_machine_referrers(model: type[Record]) -> bool:
    """Whether a table that is no record refers to the model: Django's collector then sees to it."""
    return any(
        column.related_model is model
        for other in apps.get_models()
        if not issubclass(other, Record)
        for column in other._meta.concrete_fields
    )


def _locked(model: type[Record], keys: list[int]) -> Any:
    """Whole rows: the collector loads cascaded ones with `only(pk, fk)`."""
    rows: Any = model._base_manager
    return rows.filter(pk__among=keys).locked().order_by("pk").values()


def _collect_hangers(collector: Collector, model: type[models.Model]) -> None:
    keys = [o.pk for o in collector.data[model]]
    for hanger in HANGERS:
        if hanger.outlives_subject:
            continue
        rows: Any = hanger._base_manager
        hung = list(rows.filter(subject_type=model._meta.label, subject_id__in=keys))
        if hung:
            collector.collect(hung)


def _write_set_null(collector: Collector) -> None:
    """Foreign keys of records that become empty are written as recorded updates first."""
    for (column, value), lists in list(collector.field_updates.items()):
        if issubclass(column.model, Record):
            groups: Any = lists
            keys = [o.pk for rows in groups for o in rows]
            column.model._base_manager.filter(pk__in=keys).update(**{column.name: value})
            del collector.field_updates[(column, value)]


def held(objs: Sequence[Record], holders: Iterable[Any], by: Any) -> Refusal:
    """The refusal to delete what others refer to: how many of each noun that the person sees; the rest without name.

    Args:
        objs: What was to be deleted.
        holders: The records that refer to it.
        by: Who deletes; None for the system, which sees all.
    """
    by_model: dict[type[Record], list[int]] = defaultdict(list)
    written = False
    for obj in holders:
        if isinstance(obj, Record):
            by_model[type(obj)].append(obj.pk)
        else:
            written = True
    names: list[str] = []
    unseen = 0
    for model, keys in sorted(by_model.items(), key=lambda item: -len(item[1])):
        rows: Any = model.objects if by is None else model.objects.visible_to(by)
        seen = rows.filter(pk__in=keys).count()
        unseen += len(keys) - seen
        if seen:
            noun = model._meta.verbose_name if seen == 1 else model._meta.verbose_name_plural
            names.append(_("%(count)s %(noun)s") % {"count": seen, "noun": noun})
    if unseen:
        names.append(_("records you cannot see"))
    if written:
        names.append(_("entries of the history"))
    message = (
        _("“%(name)s” cannot be deleted: %(holders)s refer to it. Change or delete them first.")
        if len(objs) == 1
        else _("These cannot be deleted: %(holders)s refer to them. Change or delete them first.")
    )
    return Refusal("held", message % {"name": str(objs[0])[:80], "holders": ", ".join(names)}, status=409)
