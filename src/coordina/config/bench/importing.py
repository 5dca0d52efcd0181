"""An import by the assistant's own pages: upload, columns, review, begin."""

import csv
import io
import time
from datetime import date, timedelta
from itertools import count
from random import Random

from coordina.config.bench.client import Client, RequestFailed
from coordina.config.bench.facts import Facts
from coordina.config.demo import words
from coordina.config.demo.goods import PLACES

HEAD = (
    *("Oportunidad", "Empresa", "Responsable", "Etapa", "Importe", "Fecha de apertura", "Cierre previsto"),
    *("Próximo paso", "Origen"),
)
PAUSE, PATIENCE = 0.1, 600.0
"""Seconds between two looks at a run, and until nobody looks any more."""
_runs = count(1)


def imported(client: Client, facts: Facts, rows: int) -> None:
    """Import opportunities as a person would. Raises RequestFailed unless every row came in."""
    name = f"medidas-{next(_runs)}.csv"
    begun = client.upload("/import/", {"type": "opportunity"}, name, _file(facts, rows))
    if begun.status != 302:
        raise RequestFailed(f"upload: {begun.status} {begun.text[:300]}")
    run = begun.location
    at = _wait(client, run)
    choice = {"mode": "create", "make": "make", "match": "", "answer-pipeline": str(facts.pipeline), "go": "check"}
    _sent(client, at, choice)
    _wait(client, run)
    _sent(client, f"{run}begin/", {})
    done = _wait(client, run)
    page = client.get(done).text
    if not done.endswith("done/") or not any(f"{rows:,}".replace(",", mark) in page for mark in (".", ",", "", " ")):
        raise RequestFailed(f"import: {done} does not say {rows}")


def _sent(client: Client, path: str, values: dict[str, str]) -> None:
    answer = client.post(path, values)
    if answer.status != 302:
        raise RequestFailed(f"{path}: {answer.status} {answer.text[:300]}")


def _wait(client: Client, run: str) -> str:
    """Look at a run until no job works for it; gives the page it is at then."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        answer = client.get(run)
        if answer.status == 302:
            return answer.location
        if answer.status != 200 or 'data-state="failed"' in answer.text:
            raise RequestFailed(f"{run}: {answer.status}")
        time.sleep(PAUSE)
    raise RequestFailed(f"{run} does not end")


def _file(facts: Facts, rows: int) -> bytes:
    """A file as people have it: semicolons, decimal comma, days as they write them."""
    draw = Random(11)
    out = io.StringIO()
    lines = csv.writer(out, delimiter=";", lineterminator="\r\n")
    lines.writerow(HEAD)
    first = date(2025, 1, 1)
    for number in range(rows):
        opened = first + timedelta(days=draw.randrange(300))
        lines.writerow(
            (
                f"Importada {number} para {draw.choice(PLACES)}",
                draw.choice(facts.companies)[1],
                f"owner{draw.randrange(31, 1000)}@bench.example",
                draw.choice(facts.stages)[1],
                f"{draw.randrange(300, 90_000)},50",
                f"{opened:%d/%m/%Y}",
                f"{opened + timedelta(days=60):%d/%m/%Y}",
                "Llamar",
                draw.choice(words.SOURCES),
            )
        )
    return out.getvalue().encode()
