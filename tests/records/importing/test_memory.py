"""Memory does not grow with the file."""

import tracemalloc
from typing import Any

import pytest

from coordina.records.importing import checking, files, steps
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def peak_of(world: World, rows: int) -> int:
    """Bytes that reading and checking a file of so many rows needs at most."""

    def text() -> Any:
        yield b"record id,company,sector,subsidiary of,comment\n"
        for n in range(rows):
            yield f"{n},Company {n},Sector {n % 20},,{'x' * 40}\n".encode()

    path, size = files.keep(text())
    tracemalloc.start()
    run = steps.start(world.boss, "company", "big.csv", path, size)
    steps.read(run, lambda rows: None)
    checking.check(run, progress=lambda rows: None)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert run.counts["new"] == rows
    return peak


@pytest.mark.large
@pytest.mark.timeout(900)
def test_a_hundred_thousand_rows_need_little_more_than_ten_thousand(world: World) -> None:
    peak_of(world, 100)
    small = peak_of(world, 10_000)
    large = peak_of(world, 100_000)
    assert large < small + 8_000_000, (small, large)
