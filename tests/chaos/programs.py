"""Programs at work over REST while processes die: what got no answer is sent again under the same key, or left."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

import httpx

from tests.chaos.company import Company, today
from tests.chaos.notebook import Notebook
from tests.chaos.people import Gate, Worker

AGAIN = 0.2
"""Share of answered requests that are sent once more, as after an answer that got lost on the way."""
HEARD = ["company.*", "opportunity.*"]


@dataclass
class Known:
    """A record as its program knows it.

    Attributes:
        change: The change set that made it.
    """

    noun: str
    pk: int
    version: int
    change: int


class Program(Worker):
    """A program with a token.

    Args:
        company: Where.
        notebook: Where everything is noted.
        gate: Says when to work.
        draw: Source of chance.
        name: Part of the names of all it makes.
    """

    def __init__(self, company: Company, notebook: Notebook, gate: Gate, draw: Random, name: str) -> None:
        super().__init__(company, notebook, gate, draw, name)  # type: ignore[arg-type]  # it only complains to it
        self.notebook = notebook
        self.client = httpx.Client(timeout=30, headers={"Authorization": f"Bearer {self.hand.token_of_program()}"})

    def ask(self, method: str, path: str, body: Any = None, key: str = "", **more: Any) -> httpx.Response:
        """Send one request below the door's root."""
        headers = {"Idempotency-Key": key} if key else {}
        given = {"json": body} if body is not None else {}
        return self.client.request(method, self.hand.url(f"/api/v1{path}"), headers=headers, **given, **more)

    def subscribe(self, url: str) -> None:
        """Have webhooks tell of companies and opportunities."""
        answer = self.ask("POST", "/hooks", {"target_url": url, "events": HEARD})
        assert answer.status_code == 201, answer.text

    def done(self, send: Callable[[], httpx.Response], *, also: tuple[int, ...] = ()) -> httpx.Response | None:
        """Send until there is an answer, or leave it; now and then again after the answer, which has to be the same."""
        answer = self.sent(send, lambda a: a.status_code in (200, 201, 204, *also))
        if answer is None or answer.status_code in also or self.draw.random() > AGAIN:
            return answer
        second = self.sent(send, lambda a: a.status_code in (200, 201, 204, *also))
        if second is not None and told(second) != told(answer):
            self.notebook.complain(f"{self.name}: again {told(second)}, before {told(answer)}")
        return answer

    def key(self) -> str:
        """A key that nothing else has."""
        return f"key-{self.mark()}"


def told(answer: httpx.Response) -> tuple[Any, ...]:
    """What the same request has to answer each time: the record, its version and the change set."""
    said = json.loads(answer.content) if answer.content else {}
    change = answer.headers.get("Change-Set")
    return (change, None, None) if "rows" in said else (change, said.get("id"), said.get("version"))


class Maker(Program):
    """Makes companies and opportunities, changes them, acts on them, deletes and takes back."""

    known: list[Known]

    def work(self) -> None:
        self.known = getattr(self, "known", [])
        chance = self.draw.random()
        if not self.known or chance < 0.4:
            self.make(self.draw.choice(("company", "opportunity")))
        elif chance < 0.85:
            self.change(self.draw.choice(self.known))
        elif chance < 0.92:
            self.delete(self.draw.choice(self.known))
        else:
            self.undo(self.draw.choice(self.known))

    def make(self, noun: str) -> None:
        """A new record."""
        mark, key = self.mark(), self.key()
        with self.gate:
            number = self.notebook.add("made", mark, noun=noun)
            answer = self.done(lambda: self.ask("POST", f"/{PLACES[noun]}", {"name": mark}, key))
            if answer is None:
                return
            said, change = answer.json(), int(answer.headers["Change-Set"])
            self.notebook.good(number, pk=said["id"], change=change)
        self.known.append(Known(noun, said["id"], said["version"], change))

    def change(self, one: Known) -> None:
        """Another city, another next step, or won: each moves the version on by one."""
        path, body, method = f"/{PLACES[one.noun]}/{one.pk}", {"city": self.mark()}, "PATCH"
        won = one.noun == "opportunity" and self.draw.random() < 0.3
        if one.noun == "opportunity":
            path, method = f"{path}/{'win' if won else 'set-next-step'}", "POST"
            body = {"closed_on": today()} if won else {"next_step": self.mark()}
        key = self.key()
        with self.gate:
            number = self.notebook.add("changed", key, noun=one.noun, pk=one.pk, before=one.version)
            answer = self.done(lambda: self.ask(method, f"{path}?version={one.version}", body, key))
            if answer is None or won:
                self.known.remove(one)
            if answer is None:
                return
            one.version = answer.json()["version"]
            self.notebook.good(number, version=one.version, change=int(answer.headers["Change-Set"]))

    def delete(self, one: Known) -> None:
        """A record goes."""
        key = self.key()
        self.known.remove(one)
        with self.gate:
            number = self.notebook.add("gone", key, noun=one.noun, pk=one.pk)
            if self.done(lambda: self.ask("DELETE", f"/{PLACES[one.noun]}/{one.pk}", key=key)) is not None:
                self.notebook.good(number)

    def undo(self, one: Known) -> None:
        """The making of a record that nobody has changed is taken back; a second time it cannot be."""
        if one.version > 1:
            return
        self.known.remove(one)
        with self.gate:
            number = self.notebook.add("undone", f"{one.change}", noun=one.noun, pk=one.pk, change=one.change)
            path = f"/changes/{one.change}/undo"
            if self.sent(lambda: self.ask("POST", path, {}), lambda a: a.status_code in (200, 409)) is not None:
                self.notebook.good(number)


PLACES = {"company": "companies", "opportunity": "opportunities"}


class Bulker(Program):
    """Makes many companies with one request, changes all of them with another, and hangs files on one."""

    def work(self) -> None:
        mark, key, rows = self.mark(), self.key(), self.draw.choice((12, 60))
        body = {"rows": [{"name": f"{mark} {n}", "city": "Vigo"} for n in range(rows)]}
        with self.gate:
            number = self.notebook.add("many", mark, rows=rows)
            answer = self.done(lambda: self.ask("POST", "/companies/bulk/create", body, key))
            if answer is None:
                return
            self.notebook.good(number, change=int(answer.headers["Change-Set"]))
        found = f"SELECT id FROM customers_company WHERE name LIKE '{mark} %'"
        keys = [pk for (pk,) in self.company.ask(found)]
        self.attach(keys[0])
        if self.draw.random() < 0.7:
            self.change(mark, keys)

    def change(self, mark: str, keys: list[int]) -> None:
        """All of them move to another city, or none."""
        city, key = self.mark(), self.key()
        body = {"rows": [{"id": pk, "version": 1, "city": city} for pk in keys], "all_or_nothing": True}
        with self.gate:
            number = self.notebook.add("many_changed", mark, city=city)
            answer = self.done(lambda: self.ask("POST", "/companies/bulk/edit", body, key))
            if answer is not None:
                self.notebook.good(number, change=int(answer.headers["Change-Set"]))

    def attach(self, pk: int) -> None:
        """A file, with its bytes."""
        name, key = f"{self.mark()}.txt", self.key()
        content = self.draw.randbytes(5000)
        with self.gate:
            number = self.notebook.add("file", name, digest=hashlib.sha256(content).hexdigest())
            files = {"file": (name, content)}
            if self.done(lambda: self.ask("POST", f"/companies/{pk}/files", key=key, files=files)) is not None:
                self.notebook.good(number)
