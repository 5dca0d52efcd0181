"""Signs of life of workers: who works now, for `/ready/` and the page of the system."""

import time
from datetime import datetime, timedelta

from django.utils import timezone

from coordina.ledger.models.jobs import Pulse
from coordina.ledger.queue.claim import one_writer

EVERY = 15.0
"""Seconds between two signs of one worker."""
LATELY = timedelta(seconds=75)
"""How old the last sign of a living worker may be: a long write of somebody else can hold up a few."""
FORGOTTEN = timedelta(days=1)


class Beating:
    """The signs of life of one worker.

    Args:
        name: Of the worker.
        threads: How many jobs it runs at once.
    """

    def __init__(self, name: str, threads: int) -> None:
        self._name, self._threads = name, threads
        self._started = timezone.now()
        self._next = 0.0
        self._away: datetime | None = None

    def beat(self, away: datetime | None = None) -> None:
        """Give a sign, if it is time or there is news. Raises DatabaseError.

        Args:
            away: Since when this worker does not reach the broker; None where it does, or where there is none.
        """
        if time.monotonic() < self._next and away == self._away:
            return
        now = timezone.now()
        self._next = time.monotonic() + EVERY
        with one_writer():
            if not Pulse.objects.filter(pk=self._name).update(seen_at=now, broker_away_since=away):
                Pulse.objects.filter(seen_at__lt=now - FORGOTTEN).delete()
                Pulse.objects.create(
                    name=self._name,
                    threads=self._threads,
                    started_at=self._started,
                    seen_at=now,
                    broker_away_since=away,
                )
        self._away = away

    def end(self) -> None:
        """Say that this worker is gone. Raises DatabaseError."""
        with one_writer():
            Pulse.objects.filter(pk=self._name).delete()


def seen_lately() -> list[Pulse]:
    """The workers that gave a sign lately, the oldest first."""
    return list(Pulse.objects.filter(seen_at__gte=timezone.now() - LATELY).order_by("started_at", "name"))
