"""What wakes a worker where a broker is set up: the ids of jobs, as they come."""

import logging
import threading
import time
from collections import deque
from collections.abc import Collection
from datetime import datetime

from django.utils import timezone

from coordina.ledger.queue.broker import Away, Link

logger = logging.getLogger(__name__)
ASK = 5.0
"""Seconds without a message after which the broker is asked whether it is still there."""
LEAST_PAUSE, LONGEST_PAUSE = 0.5, 15.0
"""Seconds between two attempts to reach a broker that is away: doubled each time."""
LOOK = 1.0
"""Seconds between two looks at the table: for lost messages, later times, second attempts, leases that ran out."""
FLOW = 0.05
"""Seconds after a message for which the next one is thought to be on its way."""


class Receiver:
    """Holds a connection to the broker in a thread of its own, and no more messages than the worker can begin at once.

    Args:
        queues: Names of queues of jobs; none means the default one.
        room: How many ids may wait here.
    """

    def __init__(self, queues: Collection[str], room: int) -> None:
        self.away_since: datetime | None = None
        self._queues = tuple(queues) or ("default",)
        self._room = room
        self._ids: deque[int] = deque()
        self._last = self._next_look = 0.0
        self._found = False
        self._sign, self._taken = threading.Event(), threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="jobs-receiver", daemon=True)
        self._thread.start()

    def wait(self, seconds: float) -> None:
        """Return at the next message or nudge, at the latest after `seconds`."""
        if not self._ids:
            self._sign.wait(seconds)
        self._sign.clear()

    def nudge(self) -> None:
        """End a wait from another thread."""
        self._sign.set()

    def offered(self, most: int) -> list[int]:
        """Take the ids that came, up to `most`."""
        found = [self._ids.popleft() for _ in range(min(most, len(self._ids)))]
        if found:
            self._taken.set()
        return found

    def looks(self) -> bool:
        """Whether it is time to look at the table: once a second, and on and on while it holds what no message names.

        While messages flow it is left to them: else both would name the same jobs, and half of the claims be in vain.
        """
        now = time.monotonic()
        return now >= self._next_look or (self._found and not self._ids and now - self._last >= FLOW)

    def looked(self, found: bool) -> None:
        """Hear whether the table held anything."""
        self._found, self._next_look = found, time.monotonic() + LOOK

    def close(self) -> None:
        """End the thread soon; it holds nothing that anybody would miss."""
        self._closing = True
        self._taken.set()
        self._thread.join(0.2)

    def _run(self) -> None:
        pause = LEAST_PAUSE
        while not self._closing:
            try:
                self._listen()
            except Away as fault:
                if self.away_since is None:
                    self.away_since, pause = timezone.now(), LEAST_PAUSE
                    logger.warning("The broker is away (%s): this worker looks at the table instead.", fault)
                time.sleep(pause)
                pause = min(LONGEST_PAUSE, pause * 2)

    def _listen(self) -> None:
        link = Link()
        try:
            link.listen(self._queues)
            if self.away_since is not None:
                logger.warning("The broker is there again.")
            self.away_since = None
            while not self._closing:
                while len(self._ids) >= self._room and not self._closing:
                    self._taken.wait(ASK)
                    self._taken.clear()
                if came := link.next(ASK):
                    self._ids.extend(came)
                    self._last = time.monotonic()
                    self._sign.set()
                else:
                    link.count(self._queues[0])
        finally:
            link.close()
