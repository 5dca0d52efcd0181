"""Kills under load, fifteen on each database; what they are judged by; and how a run goes on."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.chaos.campaign import Kill, planned, run, summed
from tests.chaos.crashing import POINTS, points_of
from tests.chaos.journal import Journal

KILLS, FEW, SEED = 15, 4, 4
TABLES = """
CREATE TABLE pipeline_opportunity (id INTEGER, name TEXT, stage_id INTEGER, version INTEGER);
CREATE TABLE customers_company (id INTEGER, name TEXT, city TEXT, version INTEGER);
CREATE TABLE customers_person (id INTEGER, name TEXT);
CREATE TABLE leads_lead (company_name TEXT, status TEXT);
INSERT INTO pipeline_opportunity VALUES (1, 'uno', 2, 3), (2, 'dos', 1, 1), (3, 'dos', 1, 1), (4, 'tres', 1, 1);
INSERT INTO customers_company VALUES (1, 'tres', '', 1), (2, 'cuatro', '', 1), (3, 'cinco', '', 1),
  (4, 'Fila seis 0', 'Soria', 1), (5, 'Fila seis 1', 'Vigo', 2);
INSERT INTO customers_person VALUES (1, 'tres');
INSERT INTO leads_lead VALUES ('tres', 'converted'), ('cuatro', 'new');
"""


@pytest.mark.chaos
@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_nothing_answered_is_lost_or_doubled_and_jobs_go_on(database: str, tmp_path: Path) -> None:
    summary = run(database, KILLS, SEED, tmp_path / "chaos.jsonl")
    assert summary["good"], (tmp_path / "chaos.jsonl").read_text()
    assert (summary["kills"], summary["answered"] > KILLS, summary["interrupted"] > 0) == (KILLS, True, True)


@pytest.mark.chaos
@pytest.mark.slow
@pytest.mark.large
@pytest.mark.timeout(600)
@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_programs_lose_nothing_and_are_told_of_everything(database: str, tmp_path: Path) -> None:
    summary = run(database, FEW, SEED, tmp_path / "chaos.jsonl", "rest")
    assert summary["good"], (tmp_path / "chaos.jsonl").read_text()
    assert (summary["kills"], summary["answered"] > FEW, summary["told"] > FEW) == (FEW, True, True)


class Database:
    """A few rows to be judged by."""

    def __init__(self) -> None:
        self.link = sqlite3.connect(":memory:")
        self.link.executescript(TABLES)

    def ask(self, sql: str) -> list[Any]:
        return self.link.execute(sql).fetchall()


@pytest.mark.parametrize(
    ("kind", "mark", "facts", "found"),
    [
        ("sale", "uno", {}, ""),
        ("sale", "dos", {}, "doubled"),
        ("sale", "nada", {}, "lost"),
        ("company", "nada", {"merged": True}, ""),
        ("lead", "cuatro", {}, ""),
        ("lead", "nada", {}, "lost"),
        ("move", "1 to 2", {"pk": 1, "stage": 2, "version": 2}, ""),
        ("move", "1 to 3", {"pk": 1, "stage": 3, "version": 2}, "lost"),
        ("move", "1 to 2", {"pk": 1, "stage": 2, "version": 3}, "lost"),
        ("convert", "tres", {}, ""),
        ("convert", "cuatro", {}, "halves"),
        ("convert", "nada", {}, "lost"),
        ("merge", "", {"stays": 1, "gone": 9}, ""),
        ("merge", "", {"stays": 1, "gone": 2}, "halves"),
        ("merge", "", {"stays": 9, "gone": 8}, "lost"),
        ("file", "siete", {"wanted": [(0, "", 0)]}, ""),
        ("file", "seis", {"wanted": [(3, "Soria", 1)]}, "lost"),
        ("file", "seis", {"wanted": [(1, "Soria", 1)]}, "doubled"),
        ("file", "seis", {"wanted": [(2, "Soria", 1)]}, "halves"),
        ("file", "seis", {"wanted": [(2, "Soria", 1), (0, "", 0)]}, "halves"),
        ("file", "siete", {"wanted": [(2, "Soria", 1), (0, "", 0)]}, ""),
    ],
)
def test_what_was_answered_is_looked_for(kind: str, mark: str, facts: dict[str, Any], found: str) -> None:
    journal = Journal()
    journal.add(kind, mark, **facts).answered = True
    told = journal.judged(Database())  # type: ignore[arg-type]  # it only asks
    assert {name for name, texts in told.items() if texts} == ({found} if found else set())


@pytest.mark.parametrize(("kind", "mark"), [("sale", "nada"), ("convert", "nada"), ("lead", "nada")])
def test_what_got_no_answer_may_be_missing(kind: str, mark: str) -> None:
    journal = Journal()
    journal.add(kind, mark)
    assert not any(journal.judged(Database()).values())  # type: ignore[arg-type]  # it only asks


@pytest.mark.parametrize("door", ["web", "rest"])
def test_a_seed_kills_the_same_way_again_and_comes_by_every_point(door: str) -> None:
    names = points_of(door)
    plans = [planned(7, number, door) for number in range(2 * len(names))]
    assert plans == [planned(7, number, door) for number in range(2 * len(names))]
    assert {plan.point for plan in plans} == {"", *names}
    assert isinstance(plans[0], Kill) and plans != [planned(8, number, door) for number in range(2 * len(names))]


def test_every_point_is_come_by_at_one_of_the_doors() -> None:
    assert {*points_of("web"), *points_of("rest")} == set(POINTS)
    assert "import.chunk" not in points_of("rest") and "hooks.taken" not in points_of("web")


def line(kill: int, **said: Any) -> dict[str, Any]:
    """A line of a result file."""
    usual = {"database": "sqlite", "seed": 3, "kill": kill, "how": "random", "at": "worker", "answered": 5}
    return usual | {"interrupted": 2, "resumed": 2, "stuck": [], "lost": [], "doubled": [], "halves": []} | said


def test_a_run_goes_on_where_its_file_ends(tmp_path: Path) -> None:
    file = tmp_path / "chaos.jsonl"
    others = [line(0, seed=4), line(1, database="postgres"), line(2, door="rest")]
    file.write_text("".join(json.dumps(one) + "\n" for one in [line(0), line(1), *others]))
    summary = run("sqlite", 2, 3, file)
    assert (summary["kills"], summary["answered"], summary["good"]) == (2, 10, True)
    assert json.loads(file.read_text().splitlines()[-1]) == summary


@pytest.mark.parametrize("name", ["lost", "doubled", "halves", "stuck", "complaints", "unheard", "truth"])
def test_one_fault_spoils_a_run(name: str) -> None:
    assert summed([line(0), line(1)])["good"]
    assert not summed([line(0), line(1, **{name: ["Venta 7"]})])["good"]


def test_four_of_five_interrupted_jobs_must_go_on() -> None:
    assert summed([line(0, interrupted=10, resumed=8)])["good"]
    assert not summed([line(0, interrupted=10, resumed=7)])["good"]


def test_what_was_told_is_counted_over_stops() -> None:
    lines = [line(n, told=told, told_again=1) for n, told in enumerate([10, 20, 5])]
    assert {name: summed(lines)[name] for name in ("told", "told_again")} == {"told": 25, "told_again": 1}
