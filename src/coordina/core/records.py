"""Record: a row whose every write is on the ledger."""

from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.core import checks
from django.db import models, transaction

from coordina.core import changes
from coordina.core.bulk import write_rows
from coordina.core.changes import Entry, Values
from coordina.core.images import encode, image, settled
from coordina.core.inserting import columns_of, insert_one
from coordina.core.querysets import RecordQuerySet
from coordina.core.refusals import Conflict, NotRecorded

UNDIRTY = frozenset({"id", "version", "changed_at", "created_at"})
HANGERS: list[type["Record"]] = []
"""Records that hang on any record by `subject_type` (model label) and `subject_id`: no foreign key tells of them."""


class Record(models.Model):
    """A row that refuses to be written outside a change set and keeps count of its versions.

    Attributes:
        version: Grows by one with every write; a stale write raises `Conflict`.
        created_at: Time of the change set that made it.
        changed_at: Time of the change set that wrote it last.
    """

    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(editable=False)
    changed_at = models.DateTimeField(editable=False)

    objects: ClassVar[Any] = RecordQuerySet.as_manager()

    scope_owner: ClassVar[str] = "owner"
    """Foreign key of the user who owns the row; empty where nobody does."""
    scope_team: ClassVar[str] = "team"
    """Foreign key of the owner's team, kept on the row; empty where there is none."""
    scope_parent: ClassVar[str] = ""
    """Foreign key of the record whose visibility and permissions decide for this one."""
    title_column: ClassVar[str] = "name"
    """Column whose text stands for the record wherever it is referred to."""

    undo_together: ClassVar[tuple[frozenset[str], ...]] = ()
    """Groups of columns that undo puts back all or none: a status means nothing without its date."""
    undo_with_parent: ClassVar[str] = ""
    """Column of the parent with whose group a child row goes back or stays."""
    worked_out: ClassVar[frozenset[str]] = frozenset()
    """Columns worked out from others; undo does not put them back but asks `work_out`."""

    keyed: ClassVar[frozenset[str]] = frozenset()
    """JSON columns whose keys are facts of their own: undo and conflicts look at each key by itself."""

    locks_first: ClassVar[str] = ""
    """Foreign key of the record that is locked before this one, by every door: work over several rows that hang on it,
    such as the stock of a product, then never waits in a circle."""

    outlives_subject: ClassVar[bool] = False
    """Of those that hang on other records: whether it stays when its subject is deleted."""

    _before: Values | None = None

    class Meta:
        abstract = True
        base_manager_name = "objects"

    @classmethod
    def permission(cls, verb: str) -> str:
        """Name of the permission for a verb, such as `pipeline.change_opportunity`; a child asks its parent's."""
        if cls.scope_parent:
            parent = cls._meta.get_field(cls.scope_parent).related_model
            assert isinstance(parent, type)
            assert issubclass(parent, Record)
            return parent.permission("view" if verb == "view" else "change")
        return f"{cls._meta.app_label}.{verb}_{cls._meta.model_name}"

    @classmethod
    def view_permission(cls) -> str:
        """Name of the permission that lets one see rows of this model."""
        return cls.permission("view")

    def work_out(self) -> frozenset[str]:
        """Set what follows from other columns, after undo put some of them back; gives the names of these fields."""
        return frozenset()

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any, **options: Any) -> Self:
        """Load a row; inside a change set its image is kept as the before of a later write."""
        new = super().from_db(db, field_names, values, **options)
        if changes.current() is not None:
            new._before = image(new)
        return new

    def refresh_from_db(self, *args: Any, **options: Any) -> None:
        """Read the row again."""
        super().refresh_from_db(*args, **options)
        if changes.current() is not None:
            self._before = image(self)

    def settle(self) -> None:
        """Bring values into the shape the database will hold them in."""
        loaded = self.__dict__
        for column in self._meta.concrete_fields:
            if column.attname in loaded:
                loaded[column.attname] = settled(column, loaded[column.attname])

    def save(
        self,
        *,
        force_insert: Any = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Iterable[str] | None = None,
    ) -> None:
        """Write the row and its entry. Only columns that differ are written; nothing happens where none does.

        Raises:
            NotRecorded: Outside a change set.
            Conflict: When somebody else wrote the row since it was read.
        """
        journal = changes.required(self)
        self.settle()
        if self._state.adding:
            made = self._before = self._insert(journal, using)
            journal.note(Entry(self._meta.label, self.pk, "c", {}, made))
            return
        before = self._known_before()
        dirty = self._dirty(before, None if update_fields is None else set(update_fields))
        if not dirty:
            return
        if missing := [f.attname for f in dirty if f.attname not in before]:  # deferred, then assigned
            row = type(self)._base_manager.filter(pk=self.pk).values(*missing).get()
            before |= {k: encode(v) for k, v in row.items()}
        self._write(journal, before, dirty, using)

    def _insert(self, journal: changes.Journal, using: str | None) -> Values:
        """Insert the row: by a statement of our own where the columns are plain, which is a third of the work.

        Returns:
            Its image.
        """
        self.created_at = self.changed_at = journal.at
        with changes.arm():
            if columns_of(type(self)) is not None:
                return insert_one(type(self), self, journal.at, using or "default")
            super().save(force_insert=True, using=using)
            return image(self)

    def _write(self, journal: changes.Journal, before: Values, dirty: list[Any], using: str | None) -> None:
        old = self.version
        if columns_of(type(self)) is None or any(
            hasattr(self.__dict__[f.attname], "resolve_expression") for f in dirty
        ):
            self._write_django(journal, dirty, using)
        else:
            alias = using or self._state.db or "default"
            with changes.arm(), transaction.mark_for_rollback_on_error(using=alias):
                if not write_rows(alias, type(self), dirty, [self], journal.at):
                    raise Conflict
            self.version, self.changed_at = old + 1, journal.at
        new = {f.attname: encode(self.__dict__[f.attname]) for f in dirty}
        entry = Entry(
            self._meta.label,
            self.pk,
            "u",
            {k: before.get(k) for k in new} | {"version": old},
            new | {"version": old + 1},
        )
        journal.note(entry)
        self._before = before | new | {"version": old + 1}

    def _write_django(self, journal: changes.Journal, dirty: list[Any], using: str | None) -> None:
        """Write as Django does: expressions, and columns that have a hand in what is written."""
        old = self.version
        self.version, self.changed_at = old + 1, journal.at
        names = [f.name for f in dirty] + ["version", "changed_at"]
        try:
            with changes.arm():
                super().save(force_update=True, using=using, update_fields=names)
        except self.NotUpdated as error:
            self.version = old
            raise Conflict from error

    def _known_before(self) -> Values:
        """The image to compare with; a row loaded outside the change set is read again and its version checked."""
        if self._before is None:
            rows: Any = type(self)._base_manager
            row = rows.filter(pk=self.pk).locked().values().first()
            if row is None or row["version"] != self.version:
                raise Conflict
            self._before = {k: encode(v) for k, v in row.items()}
        return self._before

    def _dirty(self, before: Values, wanted: set[str] | None) -> list[Any]:
        loaded = self.__dict__
        return [
            f
            for f in self._meta.concrete_fields
            if f.attname in loaded
            and f.attname not in UNDIRTY
            and (wanted is None or f.name in wanted or f.attname in wanted)
            and (
                hasattr(loaded[f.attname], "resolve_expression")
                or f.attname not in before
                or encode(loaded[f.attname]) != before[f.attname]
            )
        ]

    def _do_update(self, base_qs: Any, using: Any, pk_val: Any, values: Any, *rest: Any) -> Any:
        if any(f.name == "version" for f, _, _ in values):
            base_qs = base_qs.filter(version=self.version - 1)
        return super()._do_update(base_qs, using, pk_val, values, *rest)

    def save_base(self, raw: bool = False, *args: Any, **options: Any) -> None:
        """Refuse fixtures: data comes in through imports.

        Raises:
            NotRecorded: For a raw save.
        """
        if raw:
            raise NotRecorded("fixtures: load through an import")
        super().save_base(False, *args, **options)

    def delete(self, using: str | None = None, keep_parents: bool = False) -> tuple[int, dict[str, int]]:
        """Remove the row and what hangs on it, with every before-image kept."""
        from coordina.core.deletion import delete_recorded

        changes.required(self)
        return delete_recorded([self], using or "default")

    @classmethod
    def check(cls, **options: Any) -> list[checks.CheckMessage]:
        """Django's checks, and those of the house: no automatic m2m, no reverse names."""
        found = list(super().check(**options))
        for m2m in cls._meta.local_many_to_many:
            found.append(checks.Error(f"{cls.__name__}.{m2m.name}: make the link a Record", id="core.E001"))
        for column in cls._meta.local_fields:
            if column.remote_field and column.remote_field.related_name != "+":
                found.append(checks.Error(f"{cls.__name__}.{column.name}: related_name must be '+'", id="core.E002"))
        return found


def label_of(model: type[models.Model]) -> str:
    """Label by which the ledger knows a model, such as `pipeline.Opportunity`."""
    return model._meta.label
