"""``bench`` measures a small database from beginning to end, and fails when a request does."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from coordina.config.bench.client import Answer, RequestFailed
from coordina.config.bench.command import missed, targets_of
from coordina.config.bench.facts import Facts, Part
from coordina.config.bench.measuring import Figure, Figures
from coordina.config.bench.processes import cpu_ms, family, private_mb
from coordina.config.bench.visits import Visits

OPS = {
    "list",
    "board",
    "cockpit",
    "search",
    "open",
    "create",
    "move",
    "import",
    "mixed",
    "rest_list",
    "rest_create",
    "rest_bulk",
}


def measured(tmp_path: Path, *arguments: str) -> dict[str, Any]:
    """The figures of a whole run."""
    environment = {**os.environ, "PYTHONPATH": "src", "DJANGO_SETTINGS_MODULE": "coordina.config.settings"}
    for name in ("DATABASE_URL", "SECRET_KEY", "COORDINA_DATA"):
        environment.pop(name, None)
    program = [sys.executable, "-m", "coordina"]
    subprocess.run([*program, "collectstatic", "--noinput", "-v0"], env=environment, check=True)
    out = tmp_path / "figures.json"
    command = [*program, "bench", "--rows", "600", "--people", "300", "--json", str(out), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(out.read_text())


@pytest.mark.slow
@pytest.mark.sqlite_only
@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgres", marks=pytest.mark.large)])
def test_a_small_database_is_measured(tmp_path: Path, database: str, migrated: Callable[[Path], None]) -> None:
    if database == "postgres" and not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        pytest.skip("POSTGRESQL IS NOT MEASURED: initdb is missing (apt-get install postgresql)")
    if database == "sqlite":
        migrated(tmp_path / "kept")
    kept = ("--custom-fields", "10", "--database", database, "--keep", str(tmp_path / "kept"))
    figures = measured(tmp_path, *kept)
    assert set(figures) == {"rows", "people", "custom_fields", "database", "ops", "uss_mb", "pages_ms"}
    size = (figures["rows"], figures["people"], figures["custom_fields"], figures["database"])
    assert size == (600, 300, 10, database)
    assert set(figures["ops"]) == OPS
    for figure in figures["ops"].values():
        assert set(figure) == {"p50_ms", "p95_ms", "cpu_ms", "per_s"}
        assert all(value > 0 for value in figure.values())
        assert figure["p50_ms"] <= figure["p95_ms"]
    assert 20 < figures["uss_mb"] < 1000
    assert figures["pages_ms"] > 0
    again = measured(tmp_path, *kept, "--only", "open,cockpit")
    assert set(again["ops"]) == {"open", "cockpit"}


@pytest.fixture
def visits() -> Visits:
    parts = {
        "director": Part(list(range(1, 301)), [(n, 1, 1 + n % 3) for n in range(1, 301)]),
        "manager": Part(list(range(1, 31)), [(n, 1, 1 + n % 3) for n in range(1, 31)]),
        "representative": Part([1, 2], [(1, 1, 1)]),
    }
    stages, companies = [(1, "A"), (2, "B"), (3, "C")], [(1, "Talleres"), (2, "Obras")]
    asked = ["talleres", "600 000 001", "xqzw"]
    facts = Facts(parts, 1, stages, [7, 8, 9], [7], [1, 2], companies, ["x_a", "x_b"], asked)
    return Visits(facts, Random(1), date(2026, 1, 1))


@pytest.mark.parametrize(
    "stream", ["lists", "boards", "cockpits", "searches", "opens", "creates", "moves", "mixed", "pages"]
)
def test_no_two_requests_are_alike(visits: Visits, stream: str) -> None:
    asked = getattr(visits, stream)()
    some = [next(asked) for _turn in range(60)]
    assert len({(v.role, v.path, str(v.values)) for v in some}) == 60
    assert {v.role for v in some} >= {"director", "manager"}


def test_mixed_is_what_was_agreed(visits: Visits) -> None:
    asked = visits.mixed()
    kinds = [_kind(next(asked).path) for _turn in range(100)]
    counts = {kind: kinds.count(kind) for kind in set(kinds)}
    assert counts == {"open": 50, "list": 25, "search": 10, "board": 5, "create": 5, "move": 5}


def _kind(path: str) -> str:
    for mark, kind in (("/search/", "search"), ("/board/", "board"), ("/new/", "create"), ("/move/", "move")):
        if mark in path:
            return kind
    return "list" if path.startswith("/opportunities/?") else "open"


def test_a_card_is_moved_once(visits: Visits) -> None:
    asked = visits.moves()
    moved = [next(asked).path for _turn in range(40)]
    assert len(set(moved)) == 40


def test_an_answer_that_is_none_fails(visits: Visits) -> None:
    for stream in ("lists", "boards", "cockpits", "opens", "creates", "moves", "searches"):
        visit = next(getattr(visits, stream)())
        for status, location in ((500, ""), (302, "/sign-in/?next=/"), (404, "")):
            with pytest.raises(RequestFailed):
                visit.good(Answer(status, location, b"", False, 0, 1.0))


def test_the_next_page_of_a_list_is_remembered(visits: Visits) -> None:
    visit = next(visits.lists())
    visits.remember(visit, '<a href="/opportunities/?q=a&amp;after=xyz">')
    assert visits.further == {visit.role: "/opportunities/?q=a&after=xyz"}


def test_figures_are_written_as_agreed() -> None:
    figures = Figures(100, "sqlite", 40, 10, {"list": Figure(1.0, 2.0, 3.0, 4.0, 5.0)}, 6.0, 7.0)
    assert figures.as_json() == {
        "rows": 100,
        "people": 40,
        "custom_fields": 10,
        "database": "sqlite",
        "ops": {"list": {"p50_ms": 1.0, "p95_ms": 2.0, "cpu_ms": 3.0, "per_s": 4.0}},
        "uss_mb": 6.0,
        "pages_ms": 7.0,
    }


def test_every_operation_has_a_target() -> None:
    for rows in (100_000, 1_000_000):
        for database in ("sqlite", "postgres"):
            assert set(targets_of(Figures(rows, database, 40, 0))) == OPS


def test_what_misses_its_target_is_named() -> None:
    good = Figure(5.0, 9.0, 10.0, 50.0, 20.0)
    assert not missed(good, {"cpu_ms": 10, "p95_ms": 9, "per_s": 50})
    for name, value in (("cpu_ms", 9.9), ("p95_ms", 8.9), ("per_s", 50.1)):
        assert missed(good, {name: value})
    assert missed(Figure(5.0, 9.0, 10.0, 50.0, 500.0), {})


def test_lists_show_the_added_fields(visits: Visits) -> None:
    asked = visits.lists()
    assert all("x_a%2Cx_b" in next(asked).path for _turn in range(30) if not visits.further)


def test_processes_are_counted_with_all_that_descend_from_them() -> None:
    before = cpu_ms(os.getpid())
    subprocess.run([sys.executable, "-c", "sum(n * n for n in range(2_000_000))"], check=True)
    assert cpu_ms(os.getpid()) - before > 50
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as child:
        assert child.pid in family(os.getpid())
    assert private_mb({os.getpid()}) > 1
