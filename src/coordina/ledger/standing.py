"""What of a change set a person may still take back: an undo writes, so it needs what the writes themselves need.

Whoever may undo must still hold the permission of the action. A row that is out of that permission's reach by now stays
as it is, unless the change set itself moved it out of reach: giving a record away can be undone.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from coordina.accounts.models import User
from coordina.core.actions import ACTIONS, Action
from coordina.core.actors import Reach
from coordina.core.permissions import PERMISSIONS
from coordina.core.records import Record
from coordina.ledger.entries import Written
from coordina.ledger.models.changes import ChangeSet


def cause_of(change_set: ChangeSet) -> Action | None:
    """The action that a change set, or whatever it takes back, was; None for imports and bulk work."""
    first = change_set
    while first.undo_of is not None:
        first = first.undo_of
    return next((a for a in ACTIONS if a.name == first.action), None)


class Standing:
    """What a person may write while taking one change set back."""

    def __init__(self, change_set: ChangeSet, by: User) -> None:
        self.by = by
        self.cause = cause_of(change_set)
        self.subject = change_set.subject_id
        undone = change_set.undo_of
        self.again = undone is not None and undone.by_id == by.pk
        """Whether a person brings back what they made themselves."""
        self.returning: set[tuple[str, int]] = set()
        """Rows that the undo brings back within reach."""

    @property
    def allowed(self) -> bool:
        """Whether the person still holds the permission of the action."""
        return self.cause is None or self.by.may(self.cause.permission)

    def permission(self, model: type[Record]) -> str:
        """The permission whose reach decides about rows of a model."""
        if self.cause is None:
            return model.permission("change")
        return self.cause.permission if self.cause.model is model else model.view_permission()

    def learn(self, model: type[Record], kind: str, part: Iterable[Written]) -> None:
        """Note which rows the change set moved away from the person."""
        if kind == "u" and not model.scope_parent:
            columns = [f"{name}_id" for name in (model.scope_owner, model.scope_team) if name]
            for entry in part:
                then = {c: entry.delta[c][0] for c in columns if c in entry.delta}
                if then and self._covers(model, then):
                    self.returning.add((model._meta.label, entry.pk))

    def beyond(self, model: type[Record], kind: str, part: list[Written]) -> set[int]:
        """Ids of the rows that the person may not write any more."""
        if self.cause is not None and self.cause.carries:  # what came along goes back along
            own = model is self.cause.model
            part = [e for e in part if own and (kind == "d" or e.pk == self.subject)]
        keys = {entry.pk for entry in part}
        if self._everywhere(model):
            return set()
        if not (model.scope_owner or model.scope_team or model.scope_parent or hasattr(model, "condition")):
            if kind == "d" and self.again:
                return set()
            needed = self.permission(model)
            return keys if self.cause is None and needed in PERMISSIONS and not self.by.may(needed) else set()
        if kind == "d":
            return {e.pk for e in part if not self._covers_deleted(model, e.delta)}
        rows: Any = model.objects
        here = dict(rows.filter(pk__in=keys).values_list("pk", f"{model.scope_parent or 'pk'}"))
        reached = set(rows.within(self.by, self.permission(model)).filter(pk__in=keys).values_list("pk", flat=True))
        whole: Any = model._meta.get_field(model.scope_parent).related_model if model.scope_parent else model
        return {pk for pk, key in here.items() if pk not in reached and (whole._meta.label, key) not in self.returning}

    def _everywhere(self, model: type[Record]) -> bool:
        scope = self.by.scope(self.permission(model))
        return scope is not None and scope.reach is Reach.ALL and not hasattr(model, "condition")

    def _covers(self, model: type[Record], values: Mapping[str, Any]) -> bool:
        scope = self.by.scope(self.permission(model))
        if scope is None:
            return False
        if scope.reach is Reach.TEAM and model.scope_team:
            return values.get(f"{model.scope_team}_id") in scope.team_ids
        return scope.reach is Reach.ALL or values.get(f"{model.scope_owner}_id") == scope.user_id

    def _covers_deleted(self, model: type[Record], values: Mapping[str, Any]) -> bool:
        if model.scope_parent:
            column = model._meta.get_field(model.scope_parent)
            far: Any = column.related_model
            key = values[column.attname]  # type: ignore[union-attr]  # a foreign key has one
            if (far._meta.label, key) in self.returning:
                return True
            return bool(far.objects.within(self.by, self.permission(model)).filter(pk=key).exists())
        if hasattr(model, "condition"):
            return self.by.may(self.permission(model)) or self.permission(model) not in PERMISSIONS
        return self._covers(model, values)
