"""What three programs ask for, each with the token of one of the three people."""

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count, cycle
from random import Random
from typing import Any
from urllib.parse import urlencode

from coordina.config.bench.client import Answer, Client, RequestFailed
from coordina.config.bench.facts import ROLES, Facts
from coordina.config.bench.visits import Visit
from coordina.config.demo import words
from coordina.config.demo.goods import PLACES

MANY = 1000
"""Rows of one request."""
HOME = "/api/v1/opportunities"
SHOWN = "name,company,stage,amount,closes_on,next_step,owner"
_ONCE = re.compile(r'name="once" value="([^"]+)"')
_SECRET = re.compile(r'id="secret" readonly value="([^"]+)"')


class Program(Client):
    """A program on one connection, with a token instead of cookies."""

    secret = ""

    @classmethod
    def of(cls, person: Client, password: str) -> "Program":
        """A program that acts for somebody who is signed in. Raises RequestFailed."""
        page = person.get("/profile/tokens/")
        once = _ONCE.search(page.text)
        given = {"name": "Bench", "access": "write", "current": password, "once": once[1] if once else ""}
        made = person.post("/profile/tokens/", given)
        found = _SECRET.search(made.text)
        if found is None:
            raise RequestFailed(f"no token: {made.status}")
        program = cls(person._port)
        program.secret = found[1]
        return program

    def post(self, path: str, values: dict[str, Any], **headers: str) -> Answer:
        """Send JSON."""
        return self._ask("POST", path, json.dumps(values).encode(), {"Content-Type": "application/json"} | headers)

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        return super()._ask(method, path, body, {"Authorization": f"Bearer {self.secret}"} | headers)


def _given(answer: Answer) -> None:
    if answer.status != 200 or len(json.loads(answer.text)["data"]) == 0:
        raise RequestFailed(f"status {answer.status}")


def _made(answer: Answer) -> None:
    if answer.status != 201:
        raise RequestFailed(f"status {answer.status}")


def _all_made(answer: Answer) -> None:
    if answer.status != 200 or json.loads(answer.text)["counts"]["refused"]:
        raise RequestFailed(f"status {answer.status}")


class Asked:
    """Makes requests of programs.

    Args:
        facts: What is in the database.
        draw: Source of chance.
        today: Last day of the data.
        rows: Of a request with many.
    """

    def __init__(self, facts: Facts, draw: Random, today: date, rows: int) -> None:
        self.facts, self.draw, self.today, self.rows = facts, draw, today, rows
        self._number = count(1)

    def lists(self) -> Iterator[Visit]:
        """Pages of 80 records: those of a list's columns, and whole records, filtered and sorted in several ways."""
        orders = cycle(("", "-amount", "closes_on", "name"))
        for turn, role in enumerate(cycle(ROLES)):
            query = {"limit": "80", "filter": f"status = open and amount >= {300 + next(self._number)}"}
            if order := next(orders):
                query["order"] = order
            if turn % 2:
                query["fields"] = SHOWN
            yield Visit(role, f"{HOME}?{urlencode(query)}", _given)

    def creates(self) -> Iterator[Visit]:
        """New opportunities."""
        for role in cycle(ROLES):
            yield Visit(role, HOME, _made, self._row())

    def bulks(self) -> Iterator[Visit]:
        """Many new opportunities at once."""
        for role in cycle(ROLES):
            yield Visit(role, f"{HOME}/bulk/create", _all_made, {"rows": [self._row() for _row in range(self.rows)]})

    def _row(self) -> dict[str, Any]:
        company, _name = self.draw.choice(self.facts.companies)
        stage, _label = self.draw.choice(self.facts.stages)
        return {
            "name": f"Programa {next(self._number)} de {self.draw.choice(PLACES)}",
            "company": company,
            "pipeline": self.facts.pipeline,
            "stage": stage,
            "amount": {"amount": str(self.draw.randrange(500, 90_000)), "currency": "EUR"},
            "closes_on": (self.today + timedelta(days=self.draw.randrange(5, 90))).isoformat(),
            "source": self.draw.choice(words.SOURCES),
            "next_step": "Llamar",
            "next_step_on": (self.today + timedelta(days=3)).isoformat(),
        }
