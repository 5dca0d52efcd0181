"""Tests and checks: what ``./run test``, ``./run check`` and ``./run full`` start."""

from __future__ import annotations

import os
import shutil
import sys
import time

from setup import packages, state

# A commit of a test need not survive a power cut.
POSTGRES = "postgres://postgres@127.0.0.1:5432/postgres?options=-c%20synchronous_commit=off"
#: What is checked, in this order: the quickest first.
CHECKS = (
    ("form", ["ruff", "check", "."]),
    ("layout", ["ruff", "format", "--check", "."]),
    ("floors", ["lint-imports", "--no-cache"]),
    ("migrations", ["python", "-m", "coordina", "makemigrations", "--check", "--dry-run"]),
    ("guards", ["python", "-m", "pytest", "-q", "--no-header", "tests/guards"]),
    ("types", ["mypy"]),
)


def _environment() -> dict[str, str]:
    """Settings for tests, and the project itself importable."""
    return {"DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": os.pathsep.join(["src", "."])}


def check() -> None:
    """Run every check, also after one has failed; end with 1 when one did."""
    os.environ.update(_environment())
    failed = []
    for name, command in CHECKS:
        began = time.monotonic()
        program = os.path.join(packages.VENV, "bin", command[0])
        good = state.run(program, *command[1:]).returncode == 0
        state.say("{:<12} {} {:.1f} s".format(name, "ok    " if good else "FAILED", time.monotonic() - began))
        failed += [] if good else [name]
    if failed:
        state.stop("Failed: " + ", ".join(failed))


def _pytest(arguments: list[str]) -> tuple[list[str], dict[str, str]]:
    """Give the arguments of pytest and the settings of ``--database``: two processes unless paths are named."""
    arguments, extra = list(arguments), {}
    if "--database" in arguments:
        at = arguments.index("--database")
        kind = arguments[at + 1] if len(arguments) > at + 1 else ""
        if kind not in ("sqlite", "postgres"):
            state.stop("--database is sqlite or postgres.")
        del arguments[at : at + 2]
        extra["DATABASE_URL"] = (os.environ.get("DATABASE_URL") or POSTGRES) if kind == "postgres" else ""
    if not any(argument.startswith(("-n", "tests")) for argument in arguments):
        arguments = ["-n", "2", "--dist", "worksteal", *arguments]  # tests of seconds stand beside those of a minute
    return arguments, extra


def _chromium() -> None:
    """Have a browser for the tests that drive one; without it they say loudly that they did not run."""
    if not (os.environ.get("COORDINA_CHROMIUM") or shutil.which("chromium") or packages.apt_get("chromium")):
        state.say("Chromium is missing (apt-get install chromium): BROWSER TESTS WILL NOT RUN")


def test(arguments: list[str]) -> None:
    """Become pytest."""
    arguments, extra = _pytest(arguments)
    _chromium()
    packages.become("pytest", *arguments, **extra)


def chaos(arguments: list[str]) -> None:
    """Become the campaign of kills that was asked for, or else the tests that kill something."""
    if any(argument.startswith("--") for argument in arguments):
        packages.become("tests.chaos.campaign", *arguments, PYTHONPATH=_environment()["PYTHONPATH"])
    test(["-m", "chaos", *arguments])


def full() -> None:
    """Run the checks, every test on SQLite, and those that touch the database on PostgreSQL."""
    check()
    _chromium()
    for arguments in ([], ["--database", "postgres", "-m", "database and not browser and not sqlite_only"]):
        options, extra = _pytest(["--large", *arguments])
        os.environ.update(extra)
        if state.run(packages.PYTHON, "-m", "pytest", *options).returncode:
            sys.exit(1)
