"""Reading and writing many records: every write is recorded, every read can be narrowed to what one may see."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NoReturn, Self, cast

from django.db import connections, models, transaction

from coordina.core import changes, inserting
from coordina.core.changes import Entry
from coordina.core.images import encode, image, settled
from coordina.core.refusals import Conflict, NotRecorded
from coordina.core.visibility import seen

if TYPE_CHECKING:
    from coordina.core.actors import Actor
    from coordina.core.records import Record

CHUNK = 500
"""Rows that one UPDATE by primary keys names at most."""


class RecordQuerySet[M: "Record"](models.QuerySet[M]):
    """A QuerySet whose writes are on the ledger and whose reads know visibility."""

    def visible_to(self, actor: "Actor") -> Self:
        """Only the rows that `actor` may see."""
        return self.within(actor, self.model.view_permission())

    def within(self, actor: "Actor", permission: str) -> Self:
        """Only the rows that `permission` covers for `actor`; none without the permission."""
        return cast(Self, seen(self, actor, permission))

    def locked(self) -> Self:
        """Lock the rows until the transaction ends (on SQLite the write transaction itself is the lock)."""
        return self.select_for_update(of=("self",)) if connections[self.db].vendor == "postgresql" else self

    def update(self, **values: Any) -> int:
        """Recorded UPDATE: reads and locks the rows' keys and touched columns first, then writes by those keys.

        `changed_at` becomes the time of the change set unless given; `version` grows by one.

        Returns:
            How many rows were written.
        """
        journal = changes.required(self.model)
        values.setdefault("changed_at", journal.at)
        columns: list[Any] = [self.model._meta.get_field(name) for name in values]
        values = {c.name: settled(c, values[n]) for c, n in zip(columns, list(values), strict=True)}
        names = ["id", "version", *(c.attname for c in columns)]
        dynamic = any(hasattr(v, "resolve_expression") for v in values.values())
        done = 0
        with transaction.atomic(using=self.db, savepoint=False), journal.many():
            before = list(self.locked().order_by().values_list(*names))
            for start in range(0, len(before), CHUNK):
                rows = before[start : start + CHUNK]
                keys = [row[0] for row in rows]
                plain = self.model._base_manager.using(self.db).filter(pk__in=keys)
                with changes.arm():
                    wrote = models.QuerySet.update(plain, version=models.F("version") + 1, **values)
                if wrote != len(rows):
                    raise Conflict
                done += wrote
                after = {r[0]: r for r in plain.values_list(*names)} if dynamic else None
                fixed = [encode(getattr(v, "pk", v)) for v in values.values()]
                for row in rows:
                    new = [encode(v) for v in after[row[0]][2:]] if after else fixed
                    self._note_update(journal, row, columns, new)
        return done

    update.alters_data = True  # type: ignore[attr-defined]  # how Django keeps templates from calling it

    def _note_update(self, journal: changes.Journal, row: tuple[Any, ...], columns: list[Any], new: list[Any]) -> None:
        """One entry of an UPDATE over many rows; rows whose values were the same already only gain a version."""
        old = [encode(v) for v in row[2:]]
        moved = [(c.attname, a, b) for c, a, b in zip(columns, old, new, strict=True) if a != b]
        journal.note(
            Entry(
                self.model._meta.label,
                row[0],
                "u",
                {n: a for n, a, _ in moved} | {"version": row[1]},
                {n: b for n, _, b in moved} | {"version": row[1] + 1},
            )
        )

    def delete(self) -> tuple[int, dict[str, int]]:
        """Recorded DELETE with everything that hangs on the rows."""
        from coordina.core.deletion import delete_recorded

        changes.required(self.model)
        return delete_recorded(list(self.locked()), self.db)

    delete.alters_data = True  # type: ignore[attr-defined]  # how Django keeps templates from calling it
    delete.queryset_only = True  # type: ignore[attr-defined]  # as Django declares it

    def _raw_delete(self, using: str | None) -> NoReturn:
        raise NotRecorded(f"{self.model}: fast delete")

    def bulk_create(self, objs: Iterable[M], *args: Any, **options: Any) -> list[M]:
        """Recorded INSERT of many.

        Raises:
            NotRecorded: For upserts, which cannot say what was there before: find, then create and save.
        """
        journal = changes.required(self.model)
        if options.get("ignore_conflicts") or options.get("update_conflicts"):
            raise NotRecorded("an upsert cannot be recorded: find, then bulk_create and bulk_update")
        rows = list(objs)
        if len(rows) == 1 and inserting.columns_of(self.model):
            rows[0].save(using=self.db)
            return rows
        if len(rows) >= inserting.FEW and inserting.columns_of(self.model) and len({r.pk is None for r in rows}) == 1:
            return self._insert_many(journal, rows)
        for row in rows:
            row.created_at = row.changed_at = journal.at
            row.settle()
        with transaction.atomic(using=self.db, savepoint=False):
            with changes.arm():
                created = super().bulk_create(rows, *args, **options)
            with journal.many():
                for row in created:
                    row._before = image(row)
                    journal.note(Entry(self.model._meta.label, row.pk, "c", {}, row._before))
        return created

    def _insert_many(self, journal: changes.Journal, rows: list[M]) -> list[M]:
        """The short way for many rows, all of them without keys or all with theirs."""
        with transaction.atomic(using=self.db, savepoint=False):
            with changes.arm():
                images = inserting.insert(self.model, rows, journal.at, self.db)
            with journal.many():
                for row, made in zip(rows, images, strict=True):
                    row._before = made
                    journal.note(Entry(self.model._meta.label, row.pk, "c", {}, made))
        return rows

    def bulk_update(self, objs: Iterable[M], fields: Iterable[str], batch_size: int | None = None) -> int:
        """Write many loaded rows, each checked against its version; see `bulk_save`."""
        from coordina.core.bulk import bulk_save

        return bulk_save(self.model, list(objs), list(fields), self.db)
