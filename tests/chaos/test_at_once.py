"""Many people at once: one outcome each, a clear answer, nothing half-written."""

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.chaos.company import Company, Hand, company, today

pytestmark = [pytest.mark.chaos, pytest.mark.slow]


@pytest.fixture(params=["sqlite", "postgres"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Company]:
    if request.param == "sqlite":
        request.getfixturevalue("migrated")(tmp_path / "data")
    with company(tmp_path / "data", request.param) as made:
        yield made


def same_request_of_a_program_is_done_once(site: Company) -> None:
    """However often it is sent at the same moment, and each is answered alike."""
    person = Hand(site).sign_in()
    calls = [httpx.Client(timeout=30, headers={"Authorization": f"Bearer {person.token_of_program()}"})] * 4

    def send(path: str, body: object, key: str) -> list[httpx.Response]:
        url, headers = person.url(f"/api/v1{path}"), {"Idempotency-Key": key}
        return together([lambda c=c: c.post(url, json=body, headers=headers) for c in calls])

    made = send("/opportunities", {"name": "Nave"}, "make")
    assert {a.status_code for a in made} == {201}, [a.text for a in made]
    [pk] = {a.json()["id"] for a in made}
    won = send(f"/opportunities/{pk}/win?version=1", {"closed_on": today()}, "win")
    assert {a.status_code for a in won} == {200}, [a.text for a in won]
    assert {(a.json()["version"], a.headers["Change-Set"]) for a in won} == {(2, won[0].headers["Change-Set"])}
    assert site.ask("SELECT count(*) FROM pipeline_opportunity WHERE name = 'Nave'") == [(1,)]


def sales(site: Company) -> list[dict[str, object]]:
    """All opportunities, first to last."""
    names = ("pk", "name", "reference", "version", "stage_id")
    rows = site.ask("SELECT id, name, reference, version, stage_id FROM pipeline_opportunity ORDER BY id")
    return [dict(zip(names, row, strict=True)) for row in rows]


def together(calls: list[Callable[[], httpx.Response]]) -> list[httpx.Response]:
    """Send all of them at the same moment."""
    gate = threading.Barrier(len(calls))

    def one(call: Callable[[], httpx.Response]) -> httpx.Response:
        gate.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


def test_many_at_once_have_one_outcome_each(site: Company) -> None:
    hands = [Hand(site).sign_in() for _ in range(8)]

    made = together([lambda h=h, n=n: h.post("/opportunities/new/", name=f"Nave {n}") for n, h in enumerate(hands)])
    assert Counter(a.status_code for a in made) == {302: 8}, made[0].text[:1000]
    known = sales(site)
    assert len({s["reference"] for s in known}) == len(known) == 8

    twice = together([lambda: hands[0].post("/opportunities/new/", name="Una", once="same-form") for _ in range(5)])
    assert {a.status_code for a in twice} == {302}
    assert len({a.headers["Location"] for a in twice}) == 1
    assert [s["name"] for s in sales(site)].count("Una") == 1

    sale = known[0]
    stages = [stage for stage in range(1, 6) if stage != sale["stage_id"]][:2]
    url = f"/opportunities/{sale['pk']}/move/"
    moved = together([
        lambda h=h, s=s: h.post(url, stage=s, version=sale["version"]) for h, s in zip(hands, stages, strict=False)
    ])  # fmt: skip
    assert sorted(a.status_code for a in moved) == [200, 409], [a.text[:300] for a in moved]
    assert all(a.json()["message"] for a in moved if a.status_code == 409)

    edit = f"/opportunities/{known[1]['pk']}/edit/name/"
    edits = together([
        lambda h=h, n=n: h.client.post(
            h.url(edit),
            data={"csrfmiddlewaretoken": h.token, "name": f"Nombre {n}", "version": known[1]["version"]},
            headers={"HX-Request": "true"},
        )
        for n, h in enumerate(hands[:4])
    ])  # fmt: skip
    assert sorted(a.status_code for a in edits) == [200, 409, 409, 409], [a.text[:300] for a in edits]

    change = re.search(r"/changes/(\d+)/undo/", next(a for a in moved if a.status_code == 200).text)
    assert change
    undone = together([lambda h=h: h.post(f"/changes/{change[1]}/undo/") for h in hands[:4]])
    assert sorted(a.status_code for a in undone) == [302, 409, 409, 409], [a.text[:200] for a in undone]

    assert site.truth() == {"lies": [], "derived": {}}
    same_request_of_a_program_is_done_once(site)
    after = next(s for s in sales(site) if s["pk"] == sale["pk"])
    assert after["stage_id"] == sale["stage_id"]
