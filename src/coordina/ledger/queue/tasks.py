"""How a job is declared: Django's task, with what the queue table offers on top."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, overload

from django.utils.functional import Promise

if TYPE_CHECKING:
    from django.tasks.base import Task
else:
    from django.tasks.base import Task as DjangoTask

    class Task(DjangoTask):
        """Django's task, subscriptable as its type stubs say."""

        __slots__ = ()

        def __class_getitem__(cls, item: object) -> type:
            """Give the class itself; types are a matter of the checker."""
            return cls


class Kind(StrEnum):
    """How a job is run.

    `DATABASE`: effect and "done" are one transaction, so the effect happens exactly once. On SQLite it holds the only
    write lock while it runs: short work on the database, nothing else.
    `LONG`: outside any transaction, for network calls and work in chunks. The task opens its own transactions; after a
    crash it runs again from the start and skips what is there already (change-set keys).
    """

    DATABASE = "database"
    LONG = "long"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseTask[**P, R](Task[P, R]):
    """A task of the queue table. Call `enqueue`, after `using` where defaults do not fit.

    Attributes:
        kind: In a transaction of its own, or long.
        label: What people see while it runs ("Importing"), lazily translated.
        max_attempts: Runs before it is dead; a run is counted when it is claimed, so that jobs that kill their worker
            come to an end too.
        backoff: Seconds before the second attempt; doubled each time, with jitter, at most an hour.
        order_key: Jobs of one key run one after the other.
        key: Unique: a second job of the same key is not stored, the first one is given.
        by: Id of the person it runs for, who may follow and cancel it.
    """

    kind: Kind = Kind.DATABASE
    label: str | Promise = ""
    max_attempts: int = 8
    backoff: float = 2.0
    order_key: str | None = None
    key: str | None = None
    by: int | None = None

    def using(
        self,
        *,
        priority: int | None = None,
        queue_name: str | None = None,
        run_after: datetime | None = None,
        backend: str | None = None,
        order_key: str | None = None,
        key: str | None = None,
        by: int | None = None,
    ) -> "LeaseTask[P, R]":
        """Give the same task with other settings; what is None stays as it is."""
        given: dict[str, Any] = {
            "priority": priority,
            "queue_name": queue_name,
            "run_after": run_after,
            "backend": backend,
            "order_key": order_key,
            "key": key,
            "by": by,
        }
        return replace(self, **{name: value for name, value in given.items() if value is not None})


@overload
def task[**P, R](function: Callable[P, R], /) -> LeaseTask[P, R]: ...
@overload
def task[**P, R](
    *,
    kind: Kind = ...,
    label: str | Promise = ...,
    max_attempts: int = ...,
    backoff: float = ...,
    priority: int = ...,
    queue_name: str = ...,
) -> Callable[[Callable[P, R]], LeaseTask[P, R]]: ...
def task(function: Any = None, /, **options: Any) -> Any:
    """Declare a background task: Django's own decorator, typed for what the queue adds.

    ```python
    @task(kind=Kind.LONG, label=_("Importing"))
    def import_rows(run_id: int) -> None: ...

    import_rows.using(by=user.pk, key=f"import:{run.pk}").enqueue(run.pk)
    ```
    The function is module-level and takes and returns plain JSON; pass ids, never objects.
    """
    from django.tasks import task as declare

    return declare(function, **options)
