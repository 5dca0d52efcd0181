"""A child process ends when the process that started it is gone, even by ``kill -9``."""

import ctypes
import os
import signal
import sys
import threading
import time

PARENT = "COORDINA_PARENT"  # variable with the number of the process that supervises this one
_SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of Linux


def hold() -> None:
    """Tie this process to the one that supervises it. Otherwise do nothing."""
    if os.environ.get(PARENT):
        hold_to(int(os.environ.pop(PARENT)))


def hold_to(parent: int, end: signal.Signals = signal.SIGTERM) -> None:
    """Tie this process to its parent, whose number was known before this one began.

    Args:
        parent: Number of the process that started this one.
        end: The signal that ends this one. SIGKILL where a process may get stuck while it ends in order: nobody would
            be left to end it, and with it stays whatever it has locked.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_SET_DEATH_SIGNAL, end, 0, 0, 0)
    else:
        threading.Thread(target=_watch, args=(parent, end), daemon=True).start()
    if os.getppid() != parent:  # it was gone before we asked
        os._exit(1)


def _watch(parent: int, end: signal.Signals) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), end)
