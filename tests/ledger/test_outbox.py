"""Events: stored with what caused them, delivered to each handler, in order, with a key."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import ClassVar

import pytest
from django.db import transaction
from django.utils import timezone

from coordina.core.refusals import NotRecorded
from coordina.ledger import outbox
from coordina.ledger.change_sets import change_set
from coordina.ledger.models import ChangeSet
from coordina.ledger.models.jobs import Event, Job, JobState
from coordina.ledger.outbox import Delivery, Fact, emit, event, events_of, on, read, replay, withdraw
from coordina.ledger.queue import Kind, run_until_idle

pytestmark = pytest.mark.django_db
heard: list[tuple[str, tuple[int, ...], str]] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Won(Fact):
    """Something was won."""

    subject: ClassVar[str] = "pipeline.opportunity"
    closed_on: date
    amount: Decimal = Decimal("0.00")
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WonBig(Won):
    """Something great was won."""


@pytest.fixture(autouse=True)
def registries(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Own registries, and an empty ear."""
    monkeypatch.setattr(outbox, "EVENTS", type(outbox.EVENTS)("events"))
    monkeypatch.setattr(outbox, "HANDLERS", type(outbox.HANDLERS)("handlers"))
    outbox._adapter.cache_clear()
    heard.clear()
    event(Won)
    event(WonBig)
    yield
    outbox._adapter.cache_clear()


def listen(kind: Kind, *names: str, to: type[Fact] = Won) -> None:
    for name in names:

        def hear(fact: Fact, delivery: Delivery, name: str = name) -> None:
            heard.append((name, fact.ids, delivery.key))

        on(to, name=name, kind=kind)(hear)


def happen(*facts: Fact) -> list[Event]:
    with change_set(by=None, at=timezone.now(), via="system", action="test"):
        return [emit(fact) for fact in facts]


def won(*ids: int) -> Won:
    return Won(ids=ids, closed_on=date(2026, 11, 22), amount=Decimal("12.50"), reason="Niño")


def test_an_event_reaches_every_handler_with_its_values_and_a_key() -> None:
    listen(Kind.DATABASE, "a")
    listen(Kind.LONG, "b")
    listen(Kind.DATABASE, "everything", to=Fact)
    listen(Kind.DATABASE, "only big ones", to=WonBig)
    (row,) = happen(won(7))
    assert heard == []
    assert run_until_idle() == 3
    assert sorted(heard) == [(name, (7,), f"{name}:{row.pk}") for name in ("a", "b", "everything")]
    assert read(row) == won(7)
    assert row.subject == "pipeline.opportunity:7"
    assert row.name == "test_outbox.Won"


def test_a_handler_hears_of_derived_types() -> None:
    listen(Kind.DATABASE, "a")
    happen(WonBig(ids=(1,), closed_on=date(2026, 1, 1)))
    run_until_idle()
    assert [name for name, *_ in heard] == ["a"]


def test_an_event_needs_a_change_set_and_makes_it_real() -> None:
    with pytest.raises(NotRecorded):
        emit(won(1))
    (row,) = happen(won(1))
    assert row.change_set_id == ChangeSet.objects.get().pk
    assert list(events_of(row.change_set_id)) == [row]


def test_a_rollback_takes_event_and_deliveries_along() -> None:
    listen(Kind.DATABASE, "a")
    with transaction.atomic():
        happen(won(1))
        transaction.set_rollback(True)
    assert not Event.objects.exists()
    assert not Job.objects.exists()


def test_wrong_events_are_refused() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Unknown(Fact):
        subject: ClassVar[str] = "x.y"

    @dataclass(frozen=True, slots=True, kw_only=True)
    class NoSubject(Fact):
        """Says not what it is about."""

    for wrong in (won(), won(*range(1001)), Unknown(ids=(1,))):
        with pytest.raises(TypeError):
            happen(wrong)
    with pytest.raises(TypeError):
        event(NoSubject)
    with pytest.raises(RuntimeError):
        event(Won)


def test_deliveries_about_one_record_keep_their_order_per_handler() -> None:
    listen(Kind.DATABASE, "a", "b")
    first, second = happen(won(7), won(7))
    happen(won(8))
    Job.objects.filter(key=f"a:{first.pk}").update(run_at=timezone.now() + timedelta(hours=1))
    run_until_idle()
    assert (f"a:{second.pk}") not in {key for *_, key in heard}, "held by the one before it"
    assert len(heard) == 4, "the other handler and the other record are not held"
    Job.objects.update(run_at=timezone.now())
    run_until_idle()
    keys = [key for name, ids, key in heard if name == "a" and ids == (7,)]
    assert keys == [f"a:{first.pk}", f"a:{second.pk}"]


def test_bulk_work_is_one_event_and_one_delivery_a_handler() -> None:
    listen(Kind.DATABASE, "a")
    (row,) = happen(won(*range(1, 1001)))
    assert Job.objects.count() == 1
    assert row.subject == "pipeline.opportunity"
    run_until_idle()
    assert len(heard[0][1]) == 1000


def test_the_key_of_a_delivery_makes_a_change_once() -> None:
    def write(fact: Won, delivery: Delivery) -> None:
        with change_set(by=None, at=timezone.now(), via="system", action="handler", key=delivery.key) as journal:
            journal.context["change_set"].save()

    on(Won, name="writer", kind=Kind.LONG)(write)
    (row,) = happen(won(1))
    run_until_idle()
    replay(row.pk, "writer")
    run_until_idle()
    assert ChangeSet.objects.filter(key=f"writer:{row.pk}").count() == 1


def test_a_handler_or_type_that_is_gone_is_a_dead_letter() -> None:
    listen(Kind.DATABASE, "a")
    happen(won(1), won(2))
    Event.objects.order_by("pk").first().delete()  # type: ignore[union-attr]  # there are two
    Event.objects.update(name="gone.Thing")
    assert run_until_idle() == 2
    assert set(Job.objects.values_list("state", flat=True)) == {JobState.DEAD}


def test_an_undo_withdraws_what_is_not_delivered_and_names_the_rest() -> None:
    listen(Kind.DATABASE, "a")
    (sent,) = happen(won(1))
    run_until_idle()
    (unsent,) = happen(won(2))
    assert withdraw(unsent.change_set_id or 0) == []
    assert withdraw(sent.change_set_id or 0) == [sent]
    assert run_until_idle() == 0
