"""Small files on their way through the import."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import translation

from coordina.accounts.models import User
from coordina.records.importing import checking, files, running, steps
from coordina.records.models import ImportRun
from tests.world import World

type Read = Callable[..., ImportRun]


@pytest.fixture(autouse=True)
def _in_english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def world(db: Any) -> World:
    return World()


@pytest.fixture
def read(world: World) -> Read:
    """Upload a text and read it."""

    def made(text: str | bytes, kind: str = "company", by: User | None = None, **targets: str) -> ImportRun:
        data = text.encode() if isinstance(text, str) else text
        path, size = files.keep([data])
        run = steps.start(by or world.boss, kind, "file.csv", path, size)
        steps.read(run, lambda rows: None)
        if targets:
            steps.decide(run, [{"target": targets.get(c["header"], c["target"])} for c in run.columns], {})
        return run

    return made


def check(run: ImportRun, **options: Any) -> ImportRun:
    if options:
        steps.decide(run, [{} for _ in run.columns], options)
    checking.check(run, progress=lambda rows: None)
    return run


def execute(run: ImportRun, **options: Any) -> ImportRun:
    if options:
        steps.decide(run, [{} for _ in run.columns], options)
    running.execute(run, progress=lambda rows: None)
    return run


def take_back(run: ImportRun, by: User, *, force: bool = False) -> ImportRun:
    running.take_back(run, by, force=force, progress=lambda rows: None)
    return run
