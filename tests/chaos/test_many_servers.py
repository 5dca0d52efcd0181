"""Two web servers and three workers behave as one, on PostgreSQL and Redis, with a RabbitMQ and without."""

import os
import shutil
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

import httpx
import pytest

from coordina.config.bench import postgres
from coordina.config.cli import CommandFailed
from tests.chaos import services
from tests.chaos.company import LEASE, Hand, today, until
from tests.chaos.receiver import Receiver
from tests.chaos.servers import PER_MINUTE, WORKERS, Servers, servers

pytestmark = [pytest.mark.chaos, pytest.mark.slow, pytest.mark.large, pytest.mark.timeout(600)]
ROWS = 1500


@pytest.fixture(scope="module", params=["table", "broker"])
def site(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """The processes, started once for all tests here: starting them takes longer than all of these."""
    missing = "" if shutil.which("redis-server") else "redis-server"
    if request.param == "broker" and not services.RABBITMQ.exists():
        missing = "rabbitmq-server"
    try:
        postgres._tools()
    except CommandFailed:
        missing = "postgresql"
    if missing:
        message = f"TESTS OF MANY SERVERS DO NOT RUN: {missing} is missing (apt-get install {missing})"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    with servers(tmp_path_factory.mktemp("servers"), with_broker=request.param == "broker") as made:
        yield made


@pytest.fixture
def person(site: Servers) -> Hand:
    """Somebody signed in at the first server."""
    return hand(site)


def hand(site: Servers) -> Hand:
    return Hand(site.one).sign_in()  # type: ignore[arg-type]  # it only asks for the port


def at(person: Hand, server: Any) -> Hand:
    """The same browser at another server."""
    person.company = server
    return person


def status(person: Hand, server: Any, path: str = "/companies/") -> int:
    return at(person, server).client.get(person.url(path)).status_code


def together(calls: list[Callable[[], httpx.Response]]) -> list[httpx.Response]:
    """Send all of them at the same moment."""
    gate = threading.Barrier(len(calls))

    def one(call: Callable[[], httpx.Response]) -> httpx.Response:
        gate.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


class Caller:
    """A program that asks one server and the other in turn."""

    def __init__(self, site: Servers, secret: str) -> None:
        self.ports = (site.one.port, site.other.port)
        self.client = httpx.Client(timeout=60, headers={"Authorization": f"Bearer {secret}"})

    def ask(self, turn: int, method: str, path: str, body: Any = None, key: str = "") -> httpx.Response:
        headers = {"Idempotency-Key": key} if key else {}
        url = f"http://127.0.0.1:{self.ports[turn % 2]}/api/v1{path}"
        return self.client.request(method, url, json=body, headers=headers)


def test_a_session_is_one_for_all_servers_and_ends_at_once(site: Servers, person: Hand) -> None:
    assert (status(person, site.one), status(person, site.other)) == (200, 200)
    assert at(person, site.other).post("/sign-out/").status_code == 302
    assert (status(person, site.one), status(person, site.other)) == (302, 302)


BOSS = """
from coordina.accounts.actions import end_sessions, set_reach
from coordina.accounts.key_writers import make_token
from coordina.accounts.models import Role, User
from coordina.ledger.change_sets import change_set
from coordina.ledger.doors import perform
from django.utils import timezone
boss, now = User.objects.for_request().get(email="ana@example.com"), timezone.now()
"""
JOINS = """
with change_set(by=boss, at=now, via="system"):
    role = Role.objects.get(slug="representative")
    made = User.objects.create(name="Rita", email="rita@example.com", role=role, access="active")
rita = User.objects.for_request().get(pk=made.pk)
print(perform(make_token, via="web")(name="Program", writes=True, types=None, by=rita, at=now).secret)
"""
NARROWED = """
role = Role.objects.get(slug="representative")
left = {name: width for name, width in role.reach.items() if name != "customers.view_company"}
perform(set_reach, via="web")(role=role, reach=left, by=boss, at=now)
"""
ENDED = """
perform(end_sessions, via="web")(user=User.objects.get(pk=boss.pk), by=boss, at=now)
"""


def test_what_somebody_may_and_their_sessions_end_everywhere_at_once(site: Servers, person: Hand) -> None:
    assert (status(person, site.one), status(person, site.other)) == (200, 200)
    caller = Caller(site, site.beside(BOSS + JOINS).strip())
    for path, expected in (("/companies", 200), ("/opportunities", 200)):
        assert [caller.ask(n, "GET", path).status_code for n in range(2)] == [expected] * 2
    site.beside(BOSS + NARROWED)
    for path, expected in (("/companies", 403), ("/opportunities", 200)):
        assert [caller.ask(n, "GET", path).status_code for n in range(2)] == [expected] * 2
    site.beside(BOSS + ENDED)
    assert (status(person, site.one), status(person, site.other)) == (302, 302)


def test_wrong_passwords_are_counted_over_all_servers(site: Servers) -> None:
    stranger = Hand(site.one)  # type: ignore[arg-type]  # it only asks for the port
    stranger._know_token("/sign-in/")
    answers = []
    for turn in range(12):
        at(stranger, (site.one, site.other)[turn % 2])
        answers.append(stranger.post("/sign-in/", email="nadie@example.com", password="no es esta").status_code)
    assert answers[:10] == [answers[0]] * 10
    assert answers[10:] == [429, 429]


def test_requests_of_a_token_are_counted_over_all_servers(site: Servers, person: Hand) -> None:
    caller = Caller(site, person.token_of_program())
    for _minute in range(3):  # a minute may end in between
        left = [int(caller.ask(n, "GET", "/me").headers["RateLimit-Remaining"]) for n in range(20)]
        if left == sorted(left, reverse=True):
            break
    assert left == [left[0] - n for n in range(20)]
    assert left[0] < PER_MINUTE


def test_the_same_request_to_both_is_done_once(site: Servers, person: Hand) -> None:
    caller = Caller(site, person.token_of_program())
    made = together([lambda n=n: caller.ask(n, "POST", "/opportunities", {"name": "Nave"}, "k") for n in range(6)])
    assert {a.status_code for a in made} == {201}, [a.text for a in made]
    [pk] = {a.json()["id"] for a in made}
    body, path = {"closed_on": today()}, f"/opportunities/{pk}/win?version=1"
    won = together([lambda n=n: caller.ask(n, "POST", path, body, "w") for n in range(6)])
    assert {a.status_code for a in won} == {200}, [a.text for a in won]
    assert len({a.headers["Change-Set"] for a in won}) == 1


def test_references_are_unique_and_one_of_two_edits_wins(site: Servers, person: Hand) -> None:
    caller = Caller(site, person.token_of_program())
    made = together([lambda n=n: caller.ask(n, "POST", "/opportunities", {"name": f"Nave {n}"}) for n in range(8)])
    assert len({a.json()["reference"] for a in made}) == 8
    path = f"/opportunities/{made[0].json()['id']}?version=1"
    edits = together([lambda n=n: caller.ask(n, "PATCH", path, {"name": f"Nombre {n}"}) for n in range(2)])
    assert sorted(a.status_code for a in edits) == [200, 409], [a.text for a in edits]


def test_what_one_server_wrote_the_other_takes_back_once(site: Servers, person: Hand) -> None:
    caller = Caller(site, person.token_of_program())
    made = caller.ask(0, "POST", "/companies", {"name": "Faro"})
    assert caller.ask(1, "GET", f"/companies/{made.json()['id']}").status_code == 200
    path = f"/changes/{made.headers['Change-Set']}/undo"
    undone = together([lambda n=n: caller.ask(n, "POST", path, {}) for n in range(4)])
    assert sorted(a.status_code for a in undone) == [200, 409, 409, 409], [a.text for a in undone]
    assert [caller.ask(n, "GET", f"/companies/{made.json()['id']}").status_code for n in range(2)] == [404, 404]


def test_who_listens_at_one_server_hears_of_the_other_once(site: Servers, person: Hand) -> None:
    caller, receiver = Caller(site, person.token_of_program()), Receiver()
    hooked = caller.ask(0, "POST", "/hooks", {"target_url": receiver.url, "events": ["company.created"]})
    made = [caller.ask(n, "POST", "/companies", {"name": f"Luz {n}"}) for n in range(10)]
    wanted = {f"{a.headers['Change-Set']}-company.created-{a.json()['id']}" for a in made}
    until(lambda: receiver.told().keys() >= wanted, 60, "not everything is told")
    time.sleep(1)
    assert receiver.told().keys() == wanted
    assert receiver.came() == (10, 0)
    assert caller.ask(1, "DELETE", f"/hooks/{hooked.json()['id']}").status_code == 204
    caller.ask(0, "POST", "/companies", {"name": "Sombra"})
    time.sleep(4)
    assert receiver.came() == (10, 0)
    receiver.close()


def test_a_schedule_fires_once_however_many_workers_look(site: Servers) -> None:
    began = site.value("SELECT max(id) FROM ledger_job") or 0
    until(lambda: len(_ticks(site, began)) >= 3, 60, "the schedule does not come")
    ticks = _ticks(site, began)
    assert len({key for key, _attempts in ticks}) == len(ticks)
    due = sorted(key.partition("T")[2] for key, _attempts in ticks)
    assert len(set(due)) == len(due), "each time is one job"
    assert {attempts for _key, attempts in ticks} <= {0, 1}


def _ticks(site: Servers, began: int) -> list[Any]:
    return site.ask(
        "SELECT key, attempts FROM ledger_job WHERE key LIKE 'schedule:%'"
        f" AND task LIKE '%hooks.sending.look_for_work' AND id > {began}"
    )


def test_a_worker_frozen_beyond_its_lease_finishes_nothing_twice(site: Servers, person: Hand) -> None:
    taken_over = 0
    for number in range(8):
        taken_over += _import_with_a_frozen_worker(site, person, number)
        if taken_over:
            break
    assert taken_over, "no job was taken over"


def _import_with_a_frozen_worker(site: Servers, person: Hand, number: int) -> int:
    """Import a file, freeze who does it, let it go on late; gives whether another one took over meanwhile."""
    at(person, site.one)
    lines = "".join(f"Fila {number} {n:04};Soria\n" for n in range(ROWS))
    file = {"files": (f"helada{number}.csv", f"Empresa;Ciudad\n{lines}".encode())}
    person.post("/import/", files=file, type="company")
    run = site.value(f"SELECT id FROM records_importrun WHERE file_name = 'helada{number}.csv'")
    state = f"SELECT state FROM records_importrun WHERE id = {run}"
    until(lambda: site.value(state) == "mapping", 60, "it is not read")
    form = {"target-0": "name", "target-1": "city", "mode": "create", "make": "make", "match": "", "go": "check"}
    person.post(f"/import/{run}/columns/", **form)
    until(lambda: site.value(state) == "checked", 60, f"it is not checked: {site.value(state)}")
    person.post(f"/import/{run}/begin/")
    written = f"SELECT count(*) FROM customers_company WHERE name LIKE 'Fila {number} %'"
    until(lambda: 0 < site.value(written) < ROWS, 60, "it is not seen while it runs")
    found = "SELECT id, worker FROM ledger_job WHERE task LIKE '%import_rows' ORDER BY id DESC LIMIT 1"
    [(job, worker)] = site.ask(found)
    pid = int(worker.split(":")[1])
    time.sleep(Random(number).uniform(0, 0.05))
    os.kill(pid, signal.SIGSTOP)
    time.sleep(LEASE + 3)
    attempts = site.value(f"SELECT attempts FROM ledger_job WHERE id = {job}")
    os.kill(pid, signal.SIGCONT)
    until(lambda: site.value(state) == "done", 120, "it is never done")
    time.sleep(1)
    assert site.ask(
        f"SELECT count(*), count(DISTINCT name) FROM customers_company WHERE name LIKE 'Fila {number} %'"
    ) == [(ROWS, ROWS)]
    assert site.value(f"SELECT state FROM ledger_job WHERE id = {job}") == "done"
    return int(attempts > 1)


AWAY = "SELECT count(*) FROM ledger_pulse WHERE broker_away_since IS NOT NULL"


def test_a_broker_that_dies_in_the_middle_loses_and_doubles_nothing(site: Servers, person: Hand) -> None:
    if site.broker is None:
        pytest.skip("about the broker")
    caller, receiver = Caller(site, person.token_of_program()), Receiver()
    caller.ask(0, "POST", "/hooks", {"target_url": receiver.url, "events": ["company.created"]})
    made = []
    for step in (lambda: None, site.broker.kill, site.broker.start):
        step()
        made += [caller.ask(n, "POST", "/companies", {"name": f"Luz {n}"}) for n in range(8)]
        _all_told(receiver, len(made))
        if step == site.broker.kill:
            until(lambda: site.value(AWAY) == WORKERS, 60, "nobody has noticed")
            assert caller.client.get(f"http://127.0.0.1:{site.one.port}/ready/").json()["broker"] is False
            assert caller.client.get(f"http://127.0.0.1:{site.one.port}/ready/").status_code == 200
    until(lambda: site.value(AWAY) == 0, 60, "nobody has found it again")
    wanted = {f"{a.headers['Change-Set']}-company.created-{a.json()['id']}" for a in made}
    assert receiver.told().keys() == wanted
    assert receiver.came() == (24, 0)
    receiver.close()


def _all_told(receiver: Receiver, count: int) -> None:
    until(lambda: len(receiver.told()) == count, 60, "not everything is told")


def test_all_three_workers_take_part(site: Servers, person: Hand) -> None:
    jobs = Counter(worker.split(":")[1] for (worker,) in site.ask("SELECT worker FROM ledger_job WHERE worker <> ''"))
    assert {str(pid) for pid in site.workers} >= jobs.keys()
    assert len(jobs) == WORKERS
    assert all(process.poll() is None for process in site.workers.values())
