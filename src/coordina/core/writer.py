"""How rows of one record type come into being and change. Forms, bulk, imports and machines all go through it."""

import functools
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from coordina.core.bulk import bulk_save
from coordina.core.changes import Values
from coordina.core.instances import fresh
from coordina.core.records import Record
from coordina.core.refusals import Refusal

type Cleaner = Callable[..., Values]

_inside: ContextVar[bool] = ContextVar("cleaning", default=False)


def with_added(clean: Cleaner) -> Cleaner:
    """A writer's `clean` that takes values of fields that people added, too; what it calls above itself does not."""

    @functools.wraps(clean)
    def whole(self: "Writer[Any]", values: Values, *, obj: Any = None) -> Values:
        from coordina.core import added

        grown = added.of(self.model)
        if grown is None or _inside.get():
            return clean(self, values, obj=obj)
        own, rest = added.split(grown, values)
        token = _inside.set(True)
        try:
            cleaned = clean(self, rest, obj=obj)
        finally:
            _inside.reset(token)
        return added.merged(grown, own, cleaned, obj)

    return whole


class Writer[M: Record]:
    """Creates, edits and deletes rows of one model, one or many alike.

    A room subclasses it where its noun needs more than columns: `clean` checks and normalises one row's values,
    `prepare` completes unsaved rows, `created` and `edited` write what belongs to them. None of them opens a
    transaction or a change set: the caller has.
    """

    virtual: ClassVar[tuple[str, ...]] = ()
    """Names of values that are no columns; `created` and `edited` take them from the given values."""

    fills: ClassVar[tuple[str, ...]] = ()
    """Required fields that the writer works out itself where a row does not give them."""

    def __init_subclass__(cls, **options: Any) -> None:
        """Let the class's own `clean` take values of added fields."""
        super().__init_subclass__(**options)
        if "clean" in cls.__dict__:
            cls.clean = with_added(cls.__dict__["clean"])  # type: ignore[method-assign]  # the same signature

    def __init__(self, model: type[M]) -> None:
        self.model = model
        self.owner = "" if model.scope_parent else model.scope_owner
        self.team = "" if model.scope_parent else model.scope_team

    @with_added
    def clean(self, values: Values, *, obj: M | None = None) -> Values:
        """Check and normalise what was given for one row; absent names stay absent.

        Args:
            values: Given values by field name.
            obj: The row being edited, None for a new one.

        Raises:
            Refusal: Naming the field.
        """
        self.refuse_taken(values, obj)
        return self.looked_after(values, obj)

    def looked_after(self, values: Values, obj: M | None) -> Values:
        """Drop the empty owner of a new row, so that whoever makes it owns it; later nobody may take the owner away.

        Raises:
            Refusal: At the owner, where the column must have one.
        """
        if not self.owner or values.get(self.owner, self) is not None:
            return values
        if self.model._meta.get_field(self.owner).null:
            return values
        if obj is not None:
            raise Refusal("required", _("Somebody has to look after it."), field=self.owner)
        return {n: v for n, v in values.items() if n != self.owner}

    def refuse_taken(self, values: Values, obj: M | None) -> None:
        """Refuse values that another row must have alone.

        Raises:
            Refusal: At the last field of the constraint.
        """
        for constraint in self.model._meta.constraints:
            if not isinstance(constraint, models.UniqueConstraint) or constraint.condition is not None:
                continue
            names = constraint.fields
            if not names or not set(names) & values.keys():
                continue
            wanted = {n: values[n] if n in values else getattr(obj, n, None) for n in names}
            if any(v is None for v in wanted.values()):
                continue
            if self.model._base_manager.filter(**wanted).exclude(pk=obj.pk if obj else None).exists():
                raise Refusal("taken", _("There is one like this already."), field=names[-1])

    def prepare(self, made: Sequence[M], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Complete unsaved rows before they are written: owner, team, reference, defaults."""
        for obj, row in zip(made, rows, strict=True):
            self.own(obj, row, by)

    def own(self, obj: M, row: Values, by: Any) -> None:
        """Give a new row an owner and the owner's team, where its model has them."""
        if self.owner and self.owner not in row and getattr(obj, f"{self.owner}_id") is None:
            setattr(obj, self.owner, by)
        self.follow_owner(obj, row)

    def follow_owner(self, obj: M, row: Values) -> None:
        """Keep the team column equal to the owner's team unless a team was given."""
        if self.owner and self.team and self.team not in row:
            owner = getattr(obj, self.owner)
            setattr(obj, f"{self.team}_id", owner.team_id if owner is not None else None)

    def create(self, rows: Sequence[Values], *, by: Any, at: datetime) -> list[M]:
        """Write new rows from cleaned values, with everything that belongs to them."""
        made = [fresh(self.model, {k: v for k, v in row.items() if k not in self.virtual}) for row in rows]
        self.prepare(made, rows, by=by, at=at)
        if len(made) == 1:
            made[0].save()
        else:
            self.model.objects.bulk_create(made, batch_size=500)
        self.created(made, rows, by=by, at=at)
        return made

    def created(self, made: Sequence[M], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Write what belongs to new rows. Nothing by default."""

    def edit(self, changes: Sequence[tuple[M, Values]], *, by: Any, at: datetime) -> list[M]:
        """Write changed values of rows loaded in this change set; names that are absent stay as they are."""
        self.before_edit(changes, by=by, at=at)
        for obj, values in changes:
            for name, value in values.items():
                if name not in self.virtual:
                    setattr(obj, name, value)
            if self.owner and self.owner in values:
                self.follow_owner(obj, values)
        if len(changes) == 1:
            changes[0][0].save()
        else:
            names = {n for _, values in changes for n in values if n not in self.virtual} | set(self.follows())
            bulk_save(self.model, [obj for obj, _ in changes], sorted(names))
        self.edited(changes, by=by, at=at)
        return [obj for obj, _ in changes]

    def follows(self) -> tuple[str, ...]:
        """Columns that an edit may change besides the named ones."""
        return (self.team,) if self.owner and self.team else ()

    def before_edit(self, changes: Sequence[tuple[M, Values]], *, by: Any, at: datetime) -> None:
        """Look at rows before new values are set. Nothing by default."""

    def edited(self, changes: Sequence[tuple[M, Values]], *, by: Any, at: datetime) -> None:
        """Write what belongs to changed rows. Nothing by default."""

    def delete(self, objs: Sequence[M], *, by: Any, at: datetime) -> None:
        """Remove rows with what hangs on them."""
        self.model.objects.filter(pk__in=[o.pk for o in objs]).delete()
