"""A child process ends when the process that started it is gone, even by ``kill -9``."""

import ctypes
import os
import signal
import sys
import threading
import time

SUPERVISED = "COORDINA_SUPERVISED"
_SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of Linux


def hold() -> None:
    """Tie this process to its parent, when it was started by ``serve``. Otherwise do nothing."""
    if not os.environ.get(SUPERVISED):
        return
    parent = os.getppid()
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_SET_DEATH_SIGNAL, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:  # it died while we were asking
            os._exit(1)
    else:
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
