"""The server is killed in the middle of an import, as a power cut would: nothing is lost, nothing is there twice."""

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.served import Served, until

pytestmark = [pytest.mark.chaos, pytest.mark.slow, pytest.mark.sqlite_only]

ROWS = 12_000


class Person:
    """Somebody with a browser."""

    def __init__(self, server: Served) -> None:
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{server.port}", follow_redirects=True, timeout=60)

    def send(self, path: str, to: str = "", files: Any = None, **values: str) -> None:
        """Open a page and send a form of it, to its own address unless another is named."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.client.get(path).text)
        assert token, self.client.get(path).text[:500]
        given = {"csrfmiddlewaretoken": token[1], **values}
        answer = self.client.post(to or path, data=given, files=files)
        assert answer.status_code == 200, answer.text[:2000]

    def found(self) -> None:
        """Answer the first-run page."""
        self.send(
            "/first-run/",
            company="Lumbrera",
            currency="EUR",
            language="es",
            time_zone="Europe/Madrid",
            country="ES",
            name="Ana Ruiz",
            email="ana@example.com",
            password="una frase bastante larga",
        )


def asked(folder: Path, sql: str) -> list[Any]:
    """Ask the database of a server, from outside."""
    with closing(sqlite3.connect(f"file:{folder / 'coordina.sqlite3'}?mode=ro", uri=True, timeout=20)) as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture
def folder(tmp_path: Path, migrated: Callable[[Path], None]) -> Path:
    migrated(tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def servers(folder: Path) -> Iterator[list[Served]]:
    started: list[Served] = []
    yield started
    for server in started:
        server.process.kill()
        server.process.wait()


def started(servers: list[Served], folder: Path) -> Served:
    server = Served(folder, COORDINA_JOB_LEASE="3")
    servers.append(server)
    until(server.is_ready, 60)
    return server


def test_an_import_goes_on_where_it_was_killed(folder: Path, servers: list[Served]) -> None:
    server = started(servers, folder)
    person = Person(server)
    person.found()
    lines = "\n".join(f"Empresa {number:05};Salud;{number}" for number in range(ROWS))
    person.send(
        "/import/", files={"files": ("empresas.csv", f"Empresa;Sector;Plantilla\n{lines}\n".encode())}, type="company"
    )
    state = "SELECT state FROM records_importrun"
    until(lambda: asked(folder, state) == [("mapping",)], 60)
    ((pk, columns, options),) = asked(folder, "SELECT id, columns, options FROM records_importrun")
    targets = {f"target-{column['column']}": str(column["target"]) for column in json.loads(columns)}
    settled = json.loads(options)
    person.send(
        f"/import/{pk}/columns/", go="check", make="yes", mode=settled["mode"], match=settled["match"], **targets
    )
    until(lambda: asked(folder, state) == [("checked",)], 60)

    person.send(f"/import/{pk}/review/", to=f"/import/{pk}/begin/")
    written = "SELECT count(*) FROM customers_company"
    until(lambda: asked(folder, written)[0][0] > 0, 60)
    server.process.kill()
    server.process.wait()
    until(lambda: not server.children("web") and not server.children("worker"))
    half = asked(folder, written)[0][0]
    assert 0 < half < ROWS

    started(servers, folder)
    until(lambda: asked(folder, state) == [("done",)], 120)
    assert asked(folder, "SELECT count(*), count(DISTINCT name) FROM customers_company") == [(ROWS, ROWS)]
    assert asked(folder, "PRAGMA integrity_check") == [("ok",)]


def test_an_export_of_several_files_goes_on_where_it_was_killed(folder: Path, servers: list[Served]) -> None:
    server = started(servers, folder)
    person = Person(server)
    person.found()
    accounts = "".join(f"a{n},Empresa {n:05},{f'a{n - 1}' if n % 2 else ''},Vigo\n" for n in range(ROWS // 2))
    deals = "".join(f"o{n},a{n},Venta {n:05},Prospecting,2027-01-31\n" for n in range(ROWS // 2))
    history = "".join(f"h{n},o{n},Prospecting,2026-01-10T09:00:00Z\n" for n in range(ROWS // 2))
    files = {
        "OpportunityHistory.csv": "Id,OpportunityId,StageName,CreatedDate\n" + history,
        "Opportunity.csv": "Id,AccountId,Name,StageName,CloseDate\n" + deals,
        "Account.csv": "Id,Name,ParentId,BillingCity\n" + accounts,
    }
    person.send("/import/", files=[("files", (name, text.encode())) for name, text in files.items()], type="")
    state = "SELECT state FROM records_importrun WHERE parent_id IS NULL"
    until(lambda: asked(folder, state) == [("checked",)], 90)
    ((pk,),) = asked(folder, "SELECT id FROM records_importrun WHERE parent_id IS NULL")
    person.send(f"/import/{pk}/files/", to=f"/import/{pk}/begin/")
    written = "SELECT count(*) FROM pipeline_opportunity"
    until(lambda: asked(folder, written)[0][0] > 0, 90)
    server.process.kill()
    server.process.wait()
    until(lambda: not server.children("web") and not server.children("worker"))
    assert asked(folder, written)[0][0] > 0
    assert asked(folder, state) == [("running",)]

    started(servers, folder)
    until(lambda: asked(folder, state) == [("done",)], 180)
    half = ROWS // 2
    for table in ("customers_company", "pipeline_opportunity"):
        counted = f"SELECT count(*), count(DISTINCT name) FROM {table}"
        assert asked(folder, counted) == [(half, half)], table
    assert asked(folder, "SELECT count(*) FROM pipeline_stageentry") == [(half,)]
    assert asked(folder, "SELECT count(*) FROM records_externalid") == [(3 * half,)]
    assert asked(folder, "SELECT count(*) FROM pipeline_opportunity WHERE company_id IS NULL") == [(0,)]
    assert asked(folder, "SELECT count(*) FROM customers_company WHERE parent_id IS NOT NULL") == [(half // 2,)]
    assert asked(folder, "SELECT count(*) FROM ledger_changeset WHERE action = 'records.import'") == [(1,)]
