"""How soon jobs begin and how many a second are done, with and without a broker: `-m tests.ledger.measure_broker`.

Prints a line for each kind of broker and number of workers: milliseconds from commit to begin, jobs a second.
"""

import argparse
import tempfile
import time
from pathlib import Path

from tests.ledger.sites import Site, postgres_site, sqlite_site

LATENCY = """
import time
pks, committed = [], []
for n in range(TIMES):
    time.sleep(0.03 + 0.02 * (n % 3))
    pks.append(int(t.note.enqueue('a').id)); committed.append(time.time())
end = time.monotonic() + 60
while Job.objects.exclude(state='done').exists() and time.monotonic() < end: time.sleep(0.05)
begun = dict(Job.objects.values_list('pk', 'started_at'))
say(sorted(1000 * (begun[pk].timestamp() - at) for pk, at in zip(pks, committed)))
"""
RATE = """
import time
from django.db import transaction
with transaction.atomic():
    for n in range(TIMES): t.note.enqueue('b')
began = time.monotonic()
while Job.objects.exclude(state='done').exists(): time.sleep(0.02)
say(TIMES / (time.monotonic() - began))
"""


def measured(site: Site, workers: int, times: int) -> str:
    """Measure one installation with so many workers."""
    for _one in range(workers):
        site.worker()
    site.until(f"Pulse.objects.count() == {workers}")
    time.sleep(1)
    waits = site.ask(LATENCY.replace("TIMES", str(times)))
    rate = site.ask(RATE.replace("TIMES", str(times * 5)))
    p50, p95 = waits[len(waits) // 2], waits[int(len(waits) * 0.95)]
    return f"p50 {p50:6.1f} ms   p95 {p95:6.1f} ms   {rate:6.0f} jobs/s"


def main() -> None:
    """Measure what the arguments name."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", choices=["postgres", "sqlite"], default="postgres")
    parser.add_argument("--broker", action="append", default=[], help="addresses; the table alone is always measured")
    parser.add_argument("--workers", type=int, action="append", default=[])
    parser.add_argument("--times", type=int, default=200)
    given = parser.parse_args()
    begin = postgres_site if given.database == "postgres" else sqlite_site
    for workers in given.workers or [1, 3]:
        for broker in ["", *given.broker]:
            with begin(Path(tempfile.mkdtemp()), broker) as site:
                line = measured(site, workers, given.times)
            print(f"{given.database:9} {broker.partition(':')[0] or 'table':6} {workers} workers   {line}", flush=True)  # noqa: T201 (a command)


if __name__ == "__main__":
    main()
