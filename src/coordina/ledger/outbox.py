"""Events: what happened, stored with what caused it and delivered after the commit, to each handler by a job.

```python
@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityWon(Fact):              # pipeline/events.py
    subject: ClassVar[str] = "pipeline.opportunity"
    closed_on: date

emit(OpportunityWon(ids=(opportunity.pk,), closed_on=closed_on))      # in the action

@on(OpportunityWon)                       # in a room above
def thank(event: OpportunityWon, delivery: Delivery) -> None: ...
```
A rollback takes the event along; a killed process loses none. Deliveries of one handler about one record keep their
order; one that fails holds only this handler for this record. A handler may be called twice where it works outside the
database, always with the same `delivery.key`. Bulk work emits one event with many ids.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, is_dataclass, replace
from datetime import datetime
from functools import cache
from itertools import batched
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from pydantic import TypeAdapter

from coordina.core import changes
from coordina.core.registry import Registry
from coordina.ledger.models.jobs import Event, Job, JobState
from coordina.ledger.queue.clock import clock
from coordina.ledger.queue.execute import GiveUp
from coordina.ledger.queue.tasks import Kind, LeaseTask, task

IDS_MOST = 1000
"""Ids of one event; bulk work emits one event a chunk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Base of all events: a frozen dataclass named in the past tense, with values that pydantic can write as JSON.

    Attributes:
        ids: The records it is about, at least one.
        subject: What kind of record, such as `pipeline.opportunity`; a class attribute.
    """

    subject: ClassVar[str] = ""
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a handler learns besides the event.

    Attributes:
        key: `handler:event id`, the same at every attempt: key of the handler's change set or of its call outside.
        at: When it happened, as the ledger has it.
        by_id: Who did it; None for the system.
        change_set_id: What caused it.
    """

    key: str
    event_id: int
    handler: str
    at: datetime
    by_id: int | None
    change_set_id: int | None


@dataclass(frozen=True, slots=True)
class Handler:
    """Somebody who wants to hear of a kind of event."""

    name: str
    event: type[Fact]
    call: Callable[[Any, Delivery], None] = field(repr=False)
    carrier: LeaseTask[[int, str], None] = field(repr=False)


EVENTS: Registry[str, type[Fact]] = Registry("events")
HANDLERS: Registry[str, Handler] = Registry("event handlers")


def event_name(event: type[Fact]) -> str:
    """Give the name under which events of this type are stored: `pipeline.OpportunityWon`, by room and class."""
    parts = event.__module__.split(".")
    return f"{parts[1] if parts[0] == 'coordina' and len(parts) > 2 else parts[-1]}.{event.__name__}"


def event[E: Fact](cls: type[E]) -> type[E]:
    """Register an event type; put it above `@dataclass`.

    Raises:
        TypeError: When it is no frozen dataclass derived from `Fact`, or says no subject.
    """
    if not is_dataclass(cls) or not issubclass(cls, Fact) or not cls.subject:
        raise TypeError(f"{cls.__name__}: an event is a frozen dataclass derived from Fact, with a subject")
    EVENTS.add(event_name(cls), cls)
    return cls


def on[E: Fact](
    event: type[E], *, name: str = "", kind: Kind = Kind.DATABASE
) -> Callable[[Callable[[E, Delivery], None]], Callable[[E, Delivery], None]]:
    """Let a function hear of events of a type, and of types derived from it; `Fact` hears everything.

    Args:
        event: The type.
        name: Stable name of the handler; by default room and function. Deliveries under way carry it.
        kind: `DATABASE`: what the handler writes and "delivered" are one transaction, so it happens exactly once.
            `LONG` for handlers that call outside: give `delivery.key` along, the call may repeat.

    Returns:
        A decorator that gives back the function itself.
    """

    def register(call: Callable[[E, Delivery], None]) -> Callable[[E, Delivery], None]:
        handler = name or ".".join(part for part in (*call.__module__.split(".")[1:], call.__name__) if part)
        HANDLERS.add(handler, Handler(handler, event, call, deliver if kind is Kind.DATABASE else deliver_long))
        return call

    return register


GATHERED = "ledger.outbox.gathered"
"""Where the memory of a journal keeps the facts that wait to be told together."""


@contextmanager
def together() -> Iterator[None]:
    """Bulk work tells what it did in one event for many records: facts that differ in their ids alone become one."""
    journal = changes.required("events")
    waiting: list[Fact] = journal.memory.setdefault(GATHERED, [])
    yield
    del journal.memory[GATHERED]
    ids: dict[Fact, list[int]] = {}
    for fact in waiting:
        ids.setdefault(replace(fact, ids=()), []).extend(fact.ids)
    for fact, keys in ids.items():
        for part in batched(dict.fromkeys(keys), IDS_MOST):
            emit(replace(fact, ids=part))


def emit(fact: Fact) -> Event | None:
    """Store an event and a delivery for each handler, in the transaction of the open change set.

    Args:
        fact: What happened; its type is registered with `event`.

    Returns:
        The stored event; None where bulk work gathers them.

    Raises:
        NotRecorded: Outside a change set.
        TypeError: When the type is not registered, or the number of ids is not between 1 and 1,000.
    """
    name = event_name(type(fact))
    if EVENTS.get(name) is not type(fact):
        raise TypeError(f"{name} is not registered: put @event above it")
    if not 0 < len(fact.ids) <= IDS_MOST:
        raise TypeError(f"{name}: {len(fact.ids)} ids; one event speaks of 1 to {IDS_MOST} records")
    journal = changes.required(name)
    if GATHERED in journal.memory:
        journal.memory[GATHERED].append(fact)
        return None
    change_set, by = journal.context["change_set"], journal.context.get("by")
    if change_set.pk is None:  # an event is worth a change set, even where it comes before the first write
        journal.write()
    if change_set.pk is None:
        change_set.save(force_insert=True)
    subject = f"{fact.subject}:{fact.ids[0]}" if len(fact.ids) == 1 else fact.subject
    row = Event.objects.create(
        name=name,
        subject=subject,
        payload=_adapter(name).dump_python(fact, mode="json"),
        at=journal.at,
        by_id=by.pk if by else None,
        change_set_id=change_set.pk,
    )
    for handler in handlers_of(type(fact)):
        order = f"{handler.name}|{subject}"
        handler.carrier.using(order_key=order, key=delivery_key(handler.name, row.pk)).enqueue(row.pk, handler.name)
    return row


def handlers_of(event: type[Fact]) -> Iterator[Handler]:
    """Give the handlers of an event type, in the order of registration."""
    return (handler for handler in HANDLERS if issubclass(event, handler.event))


def delivery_key(handler: str, event_id: int) -> str:
    """Give the idempotency key of one delivery."""
    return f"{handler}:{event_id}"


def read(row: Event) -> Fact:
    """Give a stored event as its type. Raises GiveUp when there is no such type any more."""
    if row.name not in EVENTS:
        raise GiveUp(_("The kind of event is not known any more."))
    return _adapter(row.name).validate_python(row.payload)


@cache
def _adapter(name: str) -> TypeAdapter[Fact]:
    return TypeAdapter(EVENTS[name])


@task(label=_("Passing on news"), max_attempts=10)
def deliver(event_id: int, handler: str) -> None:
    """Give one event to one handler; what it writes and "delivered" are one transaction."""
    _deliver(event_id, handler)


@task(kind=Kind.LONG, label=_("Passing on news"), max_attempts=14)
def deliver_long(event_id: int, handler: str) -> None:
    """Give one event to one handler that works outside the database."""
    _deliver(event_id, handler)


def _deliver(event_id: int, name: str) -> None:
    row = Event.objects.filter(pk=event_id).first()
    handler = HANDLERS.get(name)
    if row is None or handler is None:
        raise GiveUp(_("Whoever should hear of it is not there any more."))
    delivery = Delivery(delivery_key(name, row.pk), row.pk, name, row.at, row.by_id, row.change_set_id)
    handler.call(read(row), delivery)


def events_of(change_set_id: int) -> QuerySet[Event]:
    """Give the events that a change set caused, oldest first."""
    return Event.objects.filter(change_set_id=change_set_id).order_by("pk")


def withdraw(change_set_id: int) -> list[Event]:
    """Cancel the deliveries of a change set that have not begun, for its undo. Call it in the undo's transaction.

    Returns:
        The events of which at least one delivery has begun or ended: their effects outside cannot be taken back.
    """
    gone = []
    for row in events_of(change_set_id):
        keys = [delivery_key(handler.name, row.pk) for handler in HANDLERS]
        jobs = Job.objects.filter(key__in=keys)
        jobs.filter(state=JobState.READY, attempts=0).update(
            state=JobState.CANCELLED, cancel_requested=True, finished_at=clock()
        )
        if jobs.exclude(state=JobState.CANCELLED).exists():
            gone.append(row)
    return gone


def replay(event_id: int, handler: str) -> None:
    """Enqueue one delivery again under its own key's name plus the moment, for a handler that was mended.

    The handler sees the same `delivery.key`, so what it did already it does not do again.
    """
    row, found = Event.objects.get(pk=event_id), HANDLERS[handler]
    again = f"{delivery_key(handler, row.pk)}:{timezone.now().timestamp():.0f}"
    found.carrier.using(order_key=f"{handler}|{row.subject}", key=again).enqueue(row.pk, handler)


__all__ = [
    "EVENTS",
    "HANDLERS",
    "Delivery",
    "Fact",
    "Handler",
    "deliver",
    "deliver_long",
    "emit",
    "event",
    "events_of",
    "handlers_of",
    "on",
    "replay",
    "withdraw",
]
