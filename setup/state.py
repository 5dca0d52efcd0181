"""What has been set up already: one lock, and one stamp a step that says from what it was made."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import subprocess
import sys
import time
from typing import Any, Iterator, NoReturn

FOLDER = ".state"


def say(line: str) -> None:
    """Tell the person one thing about the set-up, on standard error so that it stays out of a command's output."""
    print("[run] " + line, file=sys.stderr, flush=True)


def stop(line: str) -> NoReturn:
    """End with one clear line."""
    sys.exit("[run] " + line)


# The certificates of the system count for every installer.
FOR_INSTALLERS = {"UV_SYSTEM_CERTS": "1", "NODE_USE_SYSTEM_CA": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def run(*command: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a program without anybody to answer it, and give its completed process."""
    options.setdefault("env", dict(os.environ, **FOR_INSTALLERS))
    return subprocess.run(command, stdin=subprocess.DEVNULL, **options)


def quiet(*command: str, **variables: str) -> str | None:
    """Run a program silently; give None when all went well, else the last lines of what it said."""
    environment = dict(os.environ, **FOR_INSTALLERS, **variables)
    try:
        done = run(*command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)
    except OSError as fault:
        return str(fault)
    return None if done.returncode == 0 else "\n".join(done.stdout.strip().splitlines()[-8:]) or "no message"


@contextlib.contextmanager
def lock() -> Iterator[None]:
    """Hold the set-up alone: of two runs at once the second waits, then finds everything done."""
    os.makedirs(FOLDER, exist_ok=True)
    with open(os.path.join(FOLDER, "lock"), "w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("another run is setting up: waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def digest(*paths: str) -> str:
    """Give one hash over the content of files."""
    total = hashlib.sha256()
    for path in paths:
        with open(path, "rb") as handle:
            total.update(hashlib.sha256(handle.read()).digest())
    return total.hexdigest()


def read(step: str) -> dict[str, Any]:
    """Give what the stamp of a step says, {} when there is none or it is broken."""
    try:
        with open(os.path.join(FOLDER, step + ".json")) as handle:
            return json.load(handle)
    except (OSError, ValueError):
        return {}


def write(step: str, facts: dict[str, Any]) -> None:
    """Stamp a step as done."""
    path = os.path.join(FOLDER, step + ".json")
    with open(path + ".new", "w") as handle:
        json.dump(facts, handle)
    os.replace(path + ".new", path)


@contextlib.contextmanager
def making(step: str, what: str, facts: dict[str, Any]) -> Iterator[None]:
    """Do a step: its stamp goes first, so that a broken one is done again, and is written only when all is done."""
    path = os.path.join(FOLDER, step + ".json")
    with contextlib.suppress(FileNotFoundError):
        os.remove(path)
    began = time.monotonic()
    say(what + " …")
    yield
    write(step, facts)
    say("{} done in {:.1f} s".format(what, time.monotonic() - began))
