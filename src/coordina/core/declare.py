"""Declaring a record type: one call by which a noun gets its pages, actions, search, import, export and history."""

from collections.abc import Iterable
from typing import Any

from coordina.core.derive import filled
from coordina.core.permissions import GRANTS, Grants, permission
from coordina.core.records import Record
from coordina.core.standard import add_standard_actions
from coordina.core.types import Draft, RecordType, register
from coordina.core.writer import Writer


def declare(
    model: type[Record],
    *,
    fields: Iterable[Draft],
    writer: type[Writer[Any]] = Writer,
    grants: Grants = GRANTS["shared"],
    **said: Any,
) -> RecordType:
    """Declare a record type and register it; create, edit and delete are generated unless the room wrote its own.

    Args:
        model: The record class.
        fields: What `f("name")` built, in the order pages show them.
        writer: How rows come into being and change; the default writes columns.
        grants: Which roles may view, add, change and delete by default, and whose records.
        **said: The attributes of `RecordType`.
    """
    made = RecordType(
        name=said.pop("name", str(model._meta.model_name)),
        model=model,
        label=said.pop("label", model._meta.verbose_name),
        plural=said.pop("plural", model._meta.verbose_name_plural),
        title=said.pop("title", model.title_column),
        declared={d.name: filled(model, d) for d in fields},
        grouped=said.pop("sections", ()),
        writer=writer(model),
        **said,
    )
    register(made)
    if not model.scope_parent:
        for verb in ("view", "add", "change", "delete"):
            permission(model.permission(verb), noun=made.plural, verb=verb, grants=grants.of(verb))
    add_standard_actions(made)
    return made
