"""``bench``: fill, serve, measure, and say whether the targets are met."""

import argparse
import contextlib
import json
import secrets
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from coordina.config.bench.client import RequestFailed
from coordina.config.bench.facts import Facts
from coordina.config.bench.measuring import Bench, Figures
from coordina.config.bench.postgres import cluster
from coordina.config.bench.site import Site
from coordina.config.cli import CommandFailed

TARGETS: dict[str, dict[str, float]] = {
    "list": {"cpu_ms": 10},
    "board": {"cpu_ms": 25},
    "open": {"cpu_ms": 10},
    "create": {"cpu_ms": 12},
    "move": {"cpu_ms": 10},
    "search": {"cpu_ms": 40},
    "import": {"per_s": 2000},
    "mixed": {"per_s": 90},
}
"""At 100,000 rows on two cores: milliseconds of processor time at most, requests (imported rows) a second at least."""
ON_POSTGRES: dict[str, dict[str, float]] = {"list": {"cpu_ms": 12}, "import": {"per_s": 1200}}
MEMORY_MB, PAGE_KB = 300.0, 120.0


def command(arguments: list[str]) -> None:
    """Measure and print the figures. Raises CommandFailed when a request fails."""
    parser = argparse.ArgumentParser(prog="./run bench", description="Measure the product over HTTP.")
    parser.add_argument("--rows", type=int, default=100_000, help="opportunities (%(default)s)")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--json", type=Path, help="file for the figures")
    parser.add_argument("--only", default="", help="some operations, comma-separated")
    parser.add_argument("--keep", type=Path, help="folder of a filled database: made when missing, used when there")
    options = parser.parse_args(arguments)
    if options.rows < 100:
        raise CommandFailed("At least 100 rows are needed: every request is to differ.")
    with _site(options.database, options.keep) as site:
        password = site.fill(options.rows, secrets.token_hex(8))
        with site.serving():
            bench = Bench(site, Facts.of(site), password, options.rows)
            try:
                figures = bench.run([name for name in options.only.split(",") if name])
            except RequestFailed as fault:
                print(site.last_words(), file=sys.stderr)
                raise CommandFailed(f"A request failed, so there are no figures: {fault}") from None
    if options.json:
        options.json.write_text(json.dumps(figures.as_json(), indent=2) + "\n")
    _tell(figures)


@contextlib.contextmanager
def _site(database: str, keep: Path | None) -> Iterator[Site]:
    """A site in a folder that is gone afterwards, unless it is to be kept."""
    with contextlib.ExitStack() as stack:
        folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="coordina-bench-")))
        folder.mkdir(parents=True, exist_ok=True)
        private = stack.enter_context(cluster()) if database == "postgres" else None
        yield Site(folder, private)


def _tell(figures: Figures) -> None:
    """Print a table; what misses its target is marked."""
    missed = []
    print(f"{figures.rows} opportunities on {figures.database}")
    print(f"{'':10}{'p50 ms':>9}{'p95 ms':>9}{'cpu ms':>9}{'per s':>9}{'page KB':>9}")
    for name, figure in figures.ops.items():
        targets = TARGETS[name] | (ON_POSTGRES.get(name, {}) if figures.database == "postgres" else {})
        late = figure.cpu_ms > targets.get("cpu_ms", 1e9) or figure.per_s < targets.get("per_s", 0)
        late = late or figure.page_kb > PAGE_KB
        missed += [name] if late else []
        values = (figure.p50_ms, figure.p95_ms, figure.cpu_ms, figure.per_s, figure.page_kb)
        print(f"{name:10}" + "".join(f"{value:9.1f}" for value in values) + ("  above its target" if late else ""))
    print(f"private memory of web processes: {figures.uss_mb:.0f} MB")
    if missed or figures.uss_mb > MEMORY_MB:
        print("Not every target is met (targets are for 100,000 rows on two idle cores).", file=sys.stderr)
