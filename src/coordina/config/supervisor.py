"""Child processes that are kept alive together and end together."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from types import FrameType

from coordina.config import lifeline
from coordina.config.cli import CommandFailed

PATIENCE = 35.0  # seconds to finish what is being done; a job process gives its jobs back after 30
YOUNG = 10.0  # seconds: who dies younger is started again after a longer pause
LONGEST_PAUSE = 30.0  # seconds


class _Stop(Exception):
    """The person or the machine asked to stop."""


class Supervisor:
    """Starts commands of ``python -m coordina`` and starts again whichever dies, until SIGTERM or SIGINT.

    The pause before a new start doubles, from half a second to half a minute, while a process keeps dying young.
    The first command is the one without which nothing works: the others wait until it answers, so that it has the
    machine for itself, and when it dies before that, all ends.

    Args:
        commands: Name of a process -> its command and arguments, the most important first.
        answers: Tells whether the first one does its work.
        greet: Called once, when it does.
    """

    def __init__(
        self, commands: dict[str, list[str]], answers: Callable[[], bool], greet: Callable[[], None] = lambda: None
    ) -> None:
        self.commands = commands
        self._answers = answers
        self._greet = greet
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._born: dict[str, float] = {}
        self._pause = dict.fromkeys(commands, 0.5)

    def run(self) -> None:
        """Keep the processes running. Returns when asked to stop and all have ended; raises CommandFailed."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._interrupt)
        try:
            first, *others = self.commands
            self._start(first)
            self._await(first)
            self._greet()
            for name in others:
                self._start(name)
            while True:
                os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)  # sleeps until one of them ends
                for name, process in list(self._running.items()):
                    if process.poll() is not None:
                        self._again(name, process.returncode)
        except _Stop:
            pass
        finally:
            self._end()

    def _await(self, name: str) -> None:
        while not self._answers():
            if (code := self._running[name].poll()) is not None:
                raise CommandFailed(f"The {name} process ended with code {code} before it could answer: see above.")
            time.sleep(0.02)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)  # asked a second time, it does not wait
        raise _Stop

    def _start(self, name: str) -> None:
        program = [sys.executable, "-m", "coordina", *self.commands[name]]
        environment = dict(os.environ, **{lifeline.PARENT: str(os.getpid())})
        # A session of its own: Ctrl+C reaches the supervisor alone, which then ends everything in order.
        self._running[name] = subprocess.Popen(
            program, env=environment, stdin=subprocess.DEVNULL, start_new_session=True
        )
        self._born[name] = time.monotonic()

    def _again(self, name: str, code: int) -> None:
        young = time.monotonic() - self._born[name] < YOUNG
        self._pause[name] = min(self._pause[name] * 2, LONGEST_PAUSE) if young else 0.5
        print(f"The {name} process ended with code {code}; it starts again.", file=sys.stderr, flush=True)
        time.sleep(self._pause[name])
        self._start(name)

    def _end(self) -> None:
        for process in self._running.values():
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + PATIENCE
        for process in self._running.values():
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
