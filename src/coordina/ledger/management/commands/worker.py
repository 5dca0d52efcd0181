"""`python -m coordina worker`: work off the queue until told to stop."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from coordina.core import tracing
from coordina.ledger.queue.options import options
from coordina.ledger.queue.worker import Worker

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Works off the queue of jobs. SIGTERM lets running jobs end within the time to drain."""

    help = "Works off the queue of background jobs."
    requires_system_checks = ()  # they would load every page's address, which a worker never asks for

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare threads, processes, queues and the single round."""
        parser.add_argument("--threads", type=int, default=2, help="jobs at once in one process (2)")
        parser.add_argument("--processes", type=int, default=1, help="worker processes (1)")
        parser.add_argument("--queue", action="append", default=[], help="only jobs of this queue; may be repeated")
        parser.add_argument("--once", action="store_true", help="stop when nothing is due")

    def handle(self, *args: Any, **given: Any) -> None:
        """Run one worker, or watch over several processes with one each."""
        if given["processes"] > 1:
            return Watch(_command(given), given["processes"], once=given["once"]).run()
        worker = Worker(threads=max(1, given["threads"]), queues=given["queue"])
        for number in (signal.SIGTERM, signal.SIGINT):
            # in a thread: a signal may interrupt this one while it holds the very lock that `stop` needs
            signal.signal(number, lambda *_: threading.Thread(target=worker.stop, daemon=True).start())
        ran = worker.run(once=given["once"])
        logger.info("The worker ends after %s jobs.", ran)
        tracing.flush()
        logging.shutdown()
        sys.stdout.flush()
        os._exit(0)  # threads that did not end in time are cut off here; their jobs are back in the queue


def _command(given: dict[str, Any]) -> list[str]:
    queues = [part for name in given["queue"] for part in ("--queue", name)]
    once = ["--once"] if given["once"] else []
    return [sys.executable, "-m", "coordina", "worker", "--threads", str(given["threads"]), *queues, *once]


class Watch:
    """Keeps several worker processes alive and passes the signal to stop on to them.

    Args:
        command: How to start one.
        count: How many.
        once: They end by themselves and are not started again.
    """

    RESTART = 2.0
    """Seconds before a process that died is started again."""

    def __init__(self, command: list[str], count: int, *, once: bool) -> None:
        self._command, self._once = command, once
        self._children = [subprocess.Popen(command) for _ in range(count)]
        self._stopping = False

    def run(self) -> None:
        """Watch until all have ended for good."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop())
        while self._children:
            time.sleep(0.5)
            for n, child in enumerate(self._children):
                if child.poll() is not None and not self._stopping and not self._once:
                    logger.error("A worker process ended with %s; another one is started.", child.returncode)
                    time.sleep(self.RESTART)
                    if not self._stopping:
                        self._children[n] = subprocess.Popen(self._command)
            if self._stopping or self._once:
                self._reap()

    def _stop(self) -> None:
        self._stopping = True
        for child in self._children:
            child.terminate()

    def _reap(self) -> None:
        limit = None if self._once and not self._stopping else options().drain + 5
        for child in self._children:
            try:
                child.wait(limit)
            except subprocess.TimeoutExpired:
                child.kill()
        self._children = []
