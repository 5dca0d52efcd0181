"""Create, edit and delete for every noun that did not write its own."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from coordina.core.actions import Changes, New, action, standard
from coordina.core.types import RecordType

_LABELS = {"create": _("Create"), "edit": _("Edit"), "delete": _("Delete")}
_VERBS = {"create": "add", "edit": "change", "delete": "delete"}
_ICONS = {"create": "plus", "edit": "edit", "delete": "trash"}


def add_standard_actions(known: RecordType) -> None:
    """Declare the three actions of a record type that its room has not declared itself."""
    for verb, make in (("create", _create), ("edit", _edit), ("delete", _delete)):
        if standard(known.model, verb) is None:
            action(
                known.model,
                permission=known.model.permission(_VERBS[verb]),
                label=_LABELS[verb],
                verb=verb,
                icon=_ICONS[verb],
                danger=verb == "delete",
                bulk=verb != "create",
                plan={"create": _given, "edit": _planned}.get(verb),
            )(make(known))


def _named(fn: Callable[..., Any], name: str, doc: str, hints: dict[str, Any]) -> Callable[..., Any]:
    fn.__name__ = fn.__qualname__ = name
    fn.__doc__ = doc
    fn.__annotations__ = hints
    return fn


def _create(known: RecordType) -> Callable[..., Any]:
    def create(*, values: Any, by: Any, at: Any) -> Any:
        return known.writer.create([known.writer.clean(dict(values))], by=by, at=at)[0]

    return _named(create, f"create_{known.name}", f"Make a {known.name}.", {"values": New[known.model]})  # type: ignore[name-defined]  # a type computed at run time


def _edit(known: RecordType) -> Callable[..., Any]:
    def edit(*, record: Any, changes: Any, by: Any, at: Any) -> Any:
        return known.writer.edit([(record, known.writer.clean(dict(changes), obj=record))], by=by, at=at)[0]

    return _named(
        edit,
        f"edit_{known.name}",
        f"Change a {known.name}.",
        {"record": known.model, "changes": Changes[known.model]},  # type: ignore[name-defined]  # a type computed at run time
    )


def _given(*, values: Any, by: Any, at: Any) -> Any:
    """What a generated create writes: what was given."""
    return dict(values)


def _planned(*, record: Any, changes: Any, by: Any, at: Any) -> Any:
    """What a generated edit writes: what was given."""
    return dict(changes)


def _delete(known: RecordType) -> Callable[..., Any]:
    def delete(*, record: Any, by: Any, at: Any) -> Any:
        known.writer.delete([record], by=by, at=at)
        return record

    return _named(delete, f"delete_{known.name}", f"Remove a {known.name}.", {"record": known.model})
