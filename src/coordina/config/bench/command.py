"""``bench``: fill, serve, measure, and say whether the targets are met."""

import argparse
import contextlib
import json
import secrets
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from coordina.config.bench.client import RequestFailed
from coordina.config.bench.facts import Facts
from coordina.config.bench.measuring import Bench, Figure, Figures
from coordina.config.bench.postgres import cluster
from coordina.config.bench.site import Site, Size
from coordina.config.cli import CommandFailed

TARGETS: dict[str, dict[str, float]] = {
    "list": {"cpu_ms": 10},
    "board": {"cpu_ms": 25},
    "cockpit": {"cpu_ms": 30},
    "open": {"cpu_ms": 10},
    "create": {"cpu_ms": 12},
    "move": {"cpu_ms": 10},
    "search": {"cpu_ms": 40},
    "import": {"per_s": 2000},
    "mixed": {"per_s": 90},
    "rest_list": {"cpu_ms": 8},
    "rest_create": {"cpu_ms": 12},
    "rest_bulk": {"per_s": 4000},
}
"""At 100,000 rows on two cores: milliseconds of processor time at most, requests (imported rows) a second at least."""
ON_POSTGRES: dict[str, dict[str, float]] = {"list": {"cpu_ms": 12}, "import": {"per_s": 1200}}
AT_A_MILLION: dict[str, dict[str, float]] = {
    "list": {"cpu_ms": 12},
    "board": {"cpu_ms": 25},
    "cockpit": {"cpu_ms": 30},
    "open": {"cpu_ms": 12},
    "create": {"cpu_ms": 12},
    "move": {"cpu_ms": 10},
    "search": {"p95_ms": 60},
    "import": {"per_s": 3000},
    "mixed": {"per_s": 100},
    "rest_list": {"cpu_ms": 8},
    "rest_create": {"cpu_ms": 12},
    "rest_bulk": {"per_s": 4000},
}
"""With half a million people and ten added fields."""
A_MILLION_ON_POSTGRES: dict[str, dict[str, float]] = {"search": {"p95_ms": 120}, "import": {"per_s": 2000}}
MEMORY_MB, PAGE_KB, PAGES_MS = 300.0, 120.0, 300.0


def command(arguments: list[str]) -> None:
    """Measure and print the figures. Raises CommandFailed when a request fails."""
    parser = argparse.ArgumentParser(prog="./run bench", description="Measure the product over HTTP.")
    parser.add_argument("--rows", type=int, default=100_000, help="opportunities (%(default)s)")
    parser.add_argument("--people", type=int, help="people; a tenth of the rows unless said")
    parser.add_argument("--custom-fields", type=int, default=0, choices=range(11), help="fields added to them")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--json", type=Path, help="file for the figures")
    parser.add_argument("--only", default="", help="some operations, comma-separated")
    parser.add_argument(
        "--keep", type=Path, help="folder of a filled database: made when missing, measured again when there"
    )
    options = parser.parse_args(arguments)
    if options.rows < 100:
        raise CommandFailed("At least 100 rows are needed: every request is to differ.")
    people = max(40, options.people if options.people is not None else options.rows // 10)
    size = Size(options.rows, people, options.custom_fields)
    with _site(options.database, options.keep) as site:
        password = site.fill(size, secrets.token_hex(8))
        with site.serving():
            bench = Bench(site, Facts.of(site), password, size)
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
        temporary = keep or stack.enter_context(tempfile.TemporaryDirectory(prefix="coordina-bench-"))
        folder = Path(temporary).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        private = stack.enter_context(cluster(keep and folder / "postgres")) if database == "postgres" else None
        yield Site(folder, private)


def targets_of(figures: Figures) -> dict[str, dict[str, float]]:
    """What each operation is to reach at this size on this database."""
    million, postgres = figures.rows >= 1_000_000, figures.database == "postgres"
    usual = AT_A_MILLION if million else TARGETS
    other = (A_MILLION_ON_POSTGRES if million else ON_POSTGRES) if postgres else {}
    return {name: usual[name] | other.get(name, {}) for name in usual}


def missed(figure: Figure, targets: Mapping[str, float]) -> bool:
    """Whether an operation is above its targets, or below its rate."""
    late = figure.cpu_ms > targets.get("cpu_ms", 1e9) or figure.p95_ms > targets.get("p95_ms", 1e9)
    return late or figure.per_s < targets.get("per_s", 0) or figure.page_kb > PAGE_KB


def _tell(figures: Figures) -> None:
    """Print a table; what misses its target is marked."""
    targets, all_met = targets_of(figures), figures.uss_mb <= MEMORY_MB and figures.pages_ms <= PAGES_MS
    size = f"{figures.people} people, {figures.custom_fields} added fields"
    print(f"{figures.rows} opportunities ({size}) on {figures.database}")
    print(f"{'':10}{'p50 ms':>9}{'p95 ms':>9}{'cpu ms':>9}{'per s':>9}{'page KB':>9}")
    for name, figure in figures.ops.items():
        late = missed(figure, targets[name])
        all_met = all_met and not late
        values = (figure.p50_ms, figure.p95_ms, figure.cpu_ms, figure.per_s, figure.page_kb)
        print(f"{name:10}" + "".join(f"{value:9.1f}" for value in values) + ("  above its target" if late else ""))
    print(f"private memory of web processes: {figures.uss_mb:.0f} MB")
    if figures.pages_ms:
        print(f"slowest page during the import: {figures.pages_ms:.0f} ms")
    if not all_met:
        print("Not every target is met (targets are for two idle cores).", file=sys.stderr)
