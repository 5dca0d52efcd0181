"""Kills, one after the other, each followed by a look at everything that was promised.

    ./run chaos --kills 100 --database sqlite --door rest --seed 7 --results data/chaos.jsonl

Every second kill comes at a random moment, the others at a named crash point. People work in pages, or programs over
REST with webhooks on; on PostgreSQL programs have a Redis, too, and database and Redis are restarted under them. The
result file gets a line for each kill; a run that was stopped goes on where its file ends.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from tests.chaos.company import Company, Died, company, until
from tests.chaos.crashing import arm, disarm, points_of
from tests.chaos.journal import Journal
from tests.chaos.notebook import Notebook
from tests.chaos.people import Clerk, Gate, Merger, Prospector, Seller, Worker
from tests.chaos.programs import Bulker, Maker
from tests.chaos.receiver import Receiver

TARGETS = ("worker", "serving", "all", "worker", "serving", "web")
"""Who dies at random moments, in turn; what lives again by itself is given longer pauses until all die at once."""
SERVICES = ("worker", "database", "serving", "cache", "all", "worker", "database", "web")
"""The same with database and Redis restarted."""
REACHED = 30.0
"""Seconds in which somebody comes by an armed point."""
SETTLED = 300.0
"""Seconds in which the queue becomes empty, and webhooks have told everything."""
IN_FLIGHT = 2
"""Requests under way to one receiver: what one kill may have sent again."""
TRUTH_EVERY = 10
"""Kills between two comparisons of ledger and derived tables with all records."""
LEAST = 0.8
"""Share of interrupted jobs that must go on by themselves."""


@dataclass(frozen=True, slots=True)
class Kill:
    """What is to happen.

    Attributes:
        point: Crash point, or empty for a random moment.
        skip: How often the point is passed before.
        target: Who dies at a random moment.
        after: Seconds of work before.
    """

    number: int
    point: str
    skip: int
    target: str
    after: float


def planned(seed: int, number: int, door: str = "web", targets: tuple[str, ...] = TARGETS) -> Kill:
    """The kill of a number: the same for the same seed."""
    draw = Random(f"{seed}:{number}")
    names = points_of(door)
    Random(f"{seed}:{number // 2 // len(names)}").shuffle(names)
    point = names[number // 2 % len(names)] if number % 2 else ""
    return Kill(number, point, draw.randrange(3), targets[number // 2 % len(targets)], draw.uniform(0.1, 2.0))


class Campaign:
    """One company, its people, and who kills.

    Args:
        made: The company.
        seed: Of all chance.
        door: `web` or `rest`.
    """

    def __init__(self, made: Company, seed: int, door: str = "web") -> None:
        self.company, self.seed = made, seed
        self.receiver = Receiver() if door == "rest" else None
        journal: Any = Journal() if self.receiver is None else Notebook(made.folder / "notebook.jsonl", self.receiver)
        self.journal: Journal | Notebook = journal
        self.gate = Gate()
        self.seen: set[int] = set()
        kinds: tuple[tuple[type[Worker], str], ...] = PROGRAMS if self.receiver is not None else PEOPLE
        self.people = [kind(made, journal, self.gate, Random(f"{seed}:{name}"), name) for kind, name in kinds]
        if self.receiver is not None and isinstance(self.people[0], Maker):
            self.people[0].subscribe(self.receiver.url)
        for one in self.people:
            one.start()

    def one(self, kill: Kill) -> dict[str, Any]:
        """Kill, wait until everything lives again, and look. Gives the line of the result file."""
        began = time.monotonic()
        before = self.journal.answered()
        how = self._die(kill)
        try:
            self.company.revive()
            self.gate.close()
            stuck = self._settled()
        except Died as died:
            self.gate.close()
            stuck = [str(died)]
        interrupted = self._interrupted()
        found = self.journal.judged(self.company)
        found["complaints"], self.journal.complaints = self.journal.complaints, []
        idle = [one.name for one in self.people if not one.is_alive()]
        return {
            "kill": kill.number,
            **how,
            "seconds": round(time.monotonic() - began, 1),
            "answered": self.journal.answered() - before,
            "interrupted": len(interrupted),
            "resumed": sum(state == "done" for state in interrupted.values()),
            "stuck": stuck + [f"{name} works no more" for name in idle],
            **{name: list(texts) for name, texts in found.items()},
        }

    def _die(self, kill: Kill) -> dict[str, str]:
        """Have somebody die while everybody works."""
        self.gate.open()
        if not kill.point:
            time.sleep(kill.after)
            self.company.kill(kill.target)
            return {"how": "random", "at": kill.target}
        arm(self.company.folder, kill.point, kill.skip)
        deadline = time.monotonic() + REACHED
        while time.monotonic() < deadline:
            if (self.company.folder / "crashed-at.json").exists():
                return {"how": "point", "at": kill.point}
            time.sleep(0.02)
        if disarm(self.company.folder):
            return {"how": "point", "at": kill.point}
        self.company.kill("worker")
        return {"how": "random", "at": "worker", "not_reached": kill.point}

    def _settled(self) -> list[str]:
        """Wait until no job waits or runs; what is still there then is stuck."""
        try:
            until(lambda: not self.company.waiting(), SETTLED, "jobs wait")
        except Died:
            return [f"job {pk} {task} {state} {attempts}" for pk, task, state, attempts in self.company.waiting()]
        return []

    def _interrupted(self) -> dict[int, str]:
        """Jobs that were begun more than once since the last look, with where they are."""
        rows = self.company.ask("SELECT id, state FROM ledger_job WHERE attempts > 1")
        fresh = {pk: state for pk, state in rows if pk not in self.seen}
        self.seen |= fresh.keys()
        return fresh

    def heard(self, kills: int) -> dict[str, Any]:
        """Wait until webhooks have told everything, and look at what came.

        Args:
            kills: So many there were until now: each may have had what was under way sent again.
        """
        if not isinstance(self.journal, Notebook) or self.receiver is None:
            return {}
        waiting = "SELECT (SELECT count(*) FROM hooks_delivery WHERE state = 'waiting') + count(*) FROM hooks_due"
        stuck = []
        try:
            until(lambda: self.company.ask(waiting) == [(0,)], SETTLED, "webhooks wait")
        except Died as died:
            stuck.append(str(died))
        found = self.journal.unheard()
        deliveries, repeated = self.receiver.came()
        if repeated > IN_FLIGHT * kills:
            found["doubled"].append(f"{repeated} requests of webhooks too many")
        dead = self.company.ask("SELECT id, note FROM hooks_delivery WHERE state = 'dead'")
        stuck += [f"delivery {pk}: {note}" for pk, note in dead]
        return {"told": deliveries, "told_again": repeated, "unheard": found["lost"] + found["doubled"] + stuck}

    def truth(self) -> list[str]:
        """What ledger and derived tables hold against the records; and whether the file itself is whole."""
        told = self.company.truth()
        found = [f"ledger: {text}" for text in told["lies"]]
        found += [f"{name}: {count} wrong" for name, count in told["derived"].items()]
        if not self.company.url:
            found += [f"integrity: {text}" for (text,) in self.company.ask("PRAGMA integrity_check") if text != "ok"]
            found += [f"foreign key: {row}" for row in self.company.ask("PRAGMA foreign_key_check")]
        return found

    def end(self) -> None:
        """Send everybody home."""
        self.gate.end()
        for one in self.people:
            one.join(30)
        if self.receiver is not None:
            self.receiver.close()


PEOPLE = ((Seller, "s"), (Seller, "t"), (Prospector, "p"), (Merger, "m"), (Clerk, "c"), (Clerk, "d"))
PROGRAMS = ((Maker, "u"), (Maker, "v"), (Maker, "w"), (Bulker, "x"))
type Run = dict[str, Any]
"""Which run a line belongs to: `database`, `seed`, `door`."""


def lines_of(results: Path, which: Run) -> list[dict[str, Any]]:
    """The lines of this run that a result file holds already."""
    if not results.exists():
        return []
    lines = [{"door": "web"} | json.loads(text) for text in results.read_text().splitlines() if text.strip()]
    return [one for one in lines if {name: one[name] for name in which} == which and "kill" in one]


def run(database: str, kills: int, seed: int, results: Path, door: str = "web", minutes: float = 0) -> dict[str, Any]:
    """Kill so often, counting what the result file holds already; gives the summary, which is its last line.

    Args:
        minutes: After so many no other kill begins; 0 for no end.
    """
    until_then = time.monotonic() + minutes * 60
    which: Run = {"database": database, "seed": seed, "door": door}
    lines = lines_of(results, which)
    results.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="coordina-chaos-") as folder, results.open("a") as out:
        if len(lines) < kills:
            shared = (database, door) == ("postgres", "rest")
            with company(Path(folder) / "data", database, shared=shared) as made:
                campaign, begun = Campaign(made, seed, door), len(lines)
                for number in range(begun, kills):
                    kill = planned(seed, number, door, SERVICES if shared else TARGETS)
                    line = {**which, **campaign.one(kill)}
                    last = number == kills - 1 or bool(minutes and time.monotonic() > until_then)
                    if number % TRUTH_EVERY == TRUTH_EVERY - 1 or last:
                        line |= campaign.heard(number - begun + 1)
                        line["truth"] = campaign.truth()
                    lines.append(line)
                    out.write(json.dumps(line, ensure_ascii=False) + "\n")
                    out.flush()
                    sys.stdout.write(told(line) + "\n")
                    sys.stdout.flush()
                    if last:
                        break
                campaign.end()
        summary = {**which, **summed(lines)}
        out.write(json.dumps(summary, ensure_ascii=False) + "\n")
    return summary


def told(line: dict[str, Any]) -> str:
    """One kill in one line, for whoever watches."""
    wrong = {name: line[name] for name in FAULTS if line.get(name)}
    jobs = f"{line['resumed']}/{line['interrupted']} jobs went on"
    return (
        f"{line['kill'] + 1:4} {line['at']:22} {line['seconds']:5.1f} s  {line['answered']:4} answered  {jobs}"
        f"{'  ' + json.dumps(wrong, ensure_ascii=False) if wrong else ''}"
    )


FAULTS = ("lost", "doubled", "halves", "stuck", "complaints", "unheard", "truth")


def summed(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """What all kills together show."""
    interrupted, resumed = (sum(line[name] for line in lines) for name in ("interrupted", "resumed"))
    faults = {name: sum(len(line.get(name, ())) for line in lines) for name in FAULTS}
    good = not any(faults.values()) and resumed >= LEAST * interrupted
    return {
        "kills": len(lines),
        "at_points": dict(Counter(line["at"] for line in lines if line["how"] == "point")),
        "at_random": dict(Counter(line["at"] for line in lines if line["how"] == "random")),
        "answered": sum(line["answered"] for line in lines),
        "interrupted": interrupted,
        "resumed": resumed,
        **{name: sum(runs) for name in ("told", "told_again") if (runs := _at_ends(lines, name))},
        **faults,
        "good": good,
    }


def _at_ends(lines: list[dict[str, Any]], name: str) -> list[int]:
    """A figure that grows while a run goes on and begins anew after a stop: what it was each time before."""
    grown = [line[name] for line in lines if name in line]
    return [here for here, later in zip(grown, [*grown[1:], 0], strict=False) if later < here]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="./run chaos", description="Kill the server at the worst moments.")
    parser.add_argument("--kills", type=int, required=True, help="in all, those that the result file holds included")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--door", choices=("web", "rest"), default="web", help="people in pages, or programs")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=0, help="begin no other kill after so many; go on later")
    parser.add_argument("--results", type=Path, default=Path("data/chaos.jsonl"), help="(%(default)s)")
    options = parser.parse_args()
    summary = run(options.database, options.kills, options.seed, options.results, options.door, options.minutes)
    sys.stdout.write(json.dumps(summary, ensure_ascii=False, indent=1) + "\n")
    sys.exit(0 if summary["good"] else 1)


if __name__ == "__main__":
    main()
