"""Many people at once, and a server that dies under them: one outcome each, a clear answer, nothing half-written."""

import json
import os
import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.chaos.test_killed_import import Person
from tests.served import Served, until

pytestmark = [pytest.mark.chaos, pytest.mark.slow]
CHECK = """
import django, json; django.setup()
from tests.guards.replay import lies
from coordina.config.seed.verify import checks
from coordina.ledger.queue.worker import run_until_idle
from coordina.pipeline.models import Opportunity
run_until_idle()
wrong = {name: found for name, count in checks() if (found := count())}
rows = list(Opportunity.objects.order_by("pk").values("pk", "name", "reference", "version", "stage_id"))
print(json.dumps({"lies": lies()[:5], "wrong": wrong, "sales": rows}))
"""


class Site:
    """A served company with one pipeline, on SQLite or PostgreSQL."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.variables = folder, {"DATABASE_URL": url} if url else {}
        self.servers: list[Served] = []
        self.start()
        Person(self.server).found()

    @property
    def server(self) -> Served:
        return self.servers[-1]

    def start(self) -> None:
        self.servers.append(Served(self.folder, COORDINA_JOB_LEASE="3", **self.variables))
        until(self.server.is_ready, 90)

    def kill(self) -> None:
        """Kill every process of the server, as a power cut would."""
        children = [*self.server.children("web"), *self.server.children("worker")]
        self.server.process.kill()
        for pid in children:
            try:
                os.kill(pid, 9)
            except ProcessLookupError:
                continue
        self.server.process.wait()
        until(lambda: not self.server.children("web") and not self.server.children("worker"))

    def person(self) -> "Hand":
        return Hand(self.server)

    def told(self) -> Any:
        """What the database holds, and whether ledger and derived tables agree with it."""
        env = self.server.environment | {"COORDINA_DATA": str(self.folder), "COORDINA_LOG_LEVEL": "ERROR"}
        env |= {"PYTHONPATH": f"src{os.pathsep}."}
        done = subprocess.run(
            [sys.executable, "-c", CHECK], env=env, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1])


class Hand:
    """Somebody signed in who sends forms without looking at pages in between."""

    def __init__(self, server: Served) -> None:
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=60)
        page = self.client.get("/sign-in/").text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token
        given = {"csrfmiddlewaretoken": token[1], "email": "ana@example.com", "password": "una frase bastante larga"}
        assert self.client.post("/sign-in/", data=given).status_code == 302
        page = self.client.get("/companies/new/").text
        again = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert again
        self.token = again[1]

    def post(self, url: str, **data: Any) -> httpx.Response:
        return self.client.post(
            url, data={**data, "csrfmiddlewaretoken": self.token}, headers={"X-Requested-With": "fetch"}
        )


@pytest.fixture(params=["sqlite", "postgres"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    url = request.getfixturevalue("postgres") if request.param == "postgres" else ""
    if not url:
        request.getfixturevalue("migrated")(tmp_path / "data")
    made = Site(tmp_path / "data", url)
    yield made
    for server in made.servers:
        for pid in [*server.children("web"), *server.children("worker")]:
            os.kill(pid, 9)
        server.process.kill()
        server.process.wait()


def together(calls: list[Callable[[], httpx.Response]]) -> list[httpx.Response]:
    """Send all of them at the same moment."""
    gate = threading.Barrier(len(calls))

    def one(call: Callable[[], httpx.Response]) -> httpx.Response:
        gate.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


def test_many_at_once_have_one_outcome_each(site: Site) -> None:
    hands = [site.person() for _ in range(8)]

    made = together([lambda h=h, n=n: h.post("/opportunities/new/", name=f"Nave {n}") for n, h in enumerate(hands)])
    assert Counter(a.status_code for a in made) == {302: 8}, made[0].text[:1000]
    sales = site.told()["sales"]
    assert len({s["reference"] for s in sales}) == len(sales) == 8

    twice = together([lambda: hands[0].post("/opportunities/new/", name="Una", once="same-form") for _ in range(5)])
    assert {a.status_code for a in twice} == {302}
    assert len({a.headers["Location"] for a in twice}) == 1
    assert [s["name"] for s in site.told()["sales"]].count("Una") == 1

    sale = sales[0]
    stages = [stage for stage in range(1, 6) if stage != sale["stage_id"]][:2]
    url = f"/opportunities/{sale['pk']}/move/"
    moved = together([
        lambda h=h, s=s: h.post(url, stage=s, version=sale["version"]) for h, s in zip(hands, stages, strict=False)
    ])  # fmt: skip
    assert sorted(a.status_code for a in moved) == [200, 409], [a.text[:300] for a in moved]
    assert all(a.json()["message"] for a in moved if a.status_code == 409)

    edit = f"/opportunities/{sales[1]['pk']}/edit/name/"
    edits = together([
        lambda h=h, n=n: h.client.post(
            edit,
            data={"csrfmiddlewaretoken": h.token, "name": f"Nombre {n}", "version": sales[1]["version"]},
            headers={"HX-Request": "true"},
        )
        for n, h in enumerate(hands[:4])
    ])  # fmt: skip
    assert sorted(a.status_code for a in edits) == [200, 409, 409, 409], [a.text[:300] for a in edits]

    change = re.search(r"/changes/(\d+)/undo/", next(a for a in moved if a.status_code == 200).text)
    assert change
    undone = together([lambda h=h: h.post(f"/changes/{change[1]}/undo/") for h in hands[:4]])
    assert sorted(a.status_code for a in undone) == [302, 409, 409, 409], [a.text[:200] for a in undone]

    told = site.told()
    assert told["lies"] == []
    assert told["wrong"] == {}
    after = next(s for s in told["sales"] if s["pk"] == sale["pk"])
    assert after["stage_id"] == sale["stage_id"]


def test_a_server_killed_in_the_middle_of_writing_loses_nothing_it_answered(site: Site) -> None:
    done: list[str] = []
    for round_ in range(2):
        hands = [site.person() for _ in range(4)]
        stop = threading.Event()
        here: list[str] = []

        def work(hand: Hand, number: int, round_: int = round_, here: list[str] = here, stop: Any = stop) -> None:
            count = 0
            while not stop.is_set():
                name = f"Venta {round_}-{number}-{count}"
                count += 1
                try:
                    if hand.post("/opportunities/new/", name=name).status_code == 302:
                        here.append(name)
                except httpx.HTTPError:
                    return

        threads = [threading.Thread(target=work, args=(hand, n)) for n, hand in enumerate(hands)]
        for thread in threads:
            thread.start()
        until(lambda here=here: len(here) >= 15, 60)
        site.kill()
        stop.set()
        for thread in threads:
            thread.join()
        done += here
        told = site.told()
        names = Counter(s["name"] for s in told["sales"])
        assert [name for name in done if names[name] != 1] == []
        assert max(names.values()) == 1
        assert told["lies"] == []
        assert told["wrong"] == {}
        site.start()
