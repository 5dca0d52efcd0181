"""Messages leave through a thread of their own: no request waits for the broker, whatever has become of it."""

import atexit
import logging
import os
import threading
import time
from collections import deque

from coordina.ledger.queue.broker import Away, Link

logger = logging.getLogger(__name__)
REST = 5.0
"""Seconds for which a process leaves the broker alone after it failed; what would be sent meanwhile is not."""
MOST = 10_000
"""Messages that wait in this process at most; workers find the jobs of the others in the table."""
FAREWELL = 1.0
"""Seconds that an ending process takes to send what it still has."""


class Sender:
    """Sends the ids of jobs from one process. `offer` takes microseconds and never fails."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[int, str]] = deque()
        self._some = threading.Event()
        self._all_sent = threading.Event()
        self._all_sent.set()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._process = 0
        self._not_before = 0.0

    def offer(self, pk: int, queue: str) -> None:
        """Have a message sent soon, or not at all while the broker is away."""
        if time.monotonic() < self._not_before or len(self._waiting) >= MOST:
            return
        self._waiting.append((pk, queue))
        self._all_sent.clear()
        if self._thread is None or self._process != os.getpid():
            self._start()
        self._some.set()

    def flush(self, seconds: float = FAREWELL) -> bool:
        """Wait until everything is sent or given up. Whether that was so in time."""
        return self._process != os.getpid() or self._all_sent.wait(seconds)

    def _start(self) -> None:
        with self._starting:
            if self._thread is None or self._process != os.getpid():
                self._process = os.getpid()
                self._thread = threading.Thread(target=self._run, name="jobs-sender", daemon=True)
                self._thread.start()
                atexit.register(self.flush)

    def _run(self) -> None:
        link: Link | None = None
        while True:
            self._some.wait()
            self._some.clear()
            try:
                while self._waiting:
                    link = self._sent(link)
            except Away as fault:
                link = None
                self._not_before = time.monotonic() + REST
                self._waiting.clear()
                logger.warning("The broker does not take messages (%s): workers find the jobs in the table.", fault)
            self._all_sent.set()

    def _sent(self, link: Link | None) -> Link:
        """Send the first message; gives the link that has taken it. One from before is tried, then a new one."""
        if link is not None:
            try:
                link.send(*self._waiting[0])
            except Away:  # the broker may have been started again since
                link = None
        if link is None:
            link = Link()
            link.send(*self._waiting[0])
        self._waiting.popleft()
        return link


_sender = Sender()
offer, flush = _sender.offer, _sender.flush
