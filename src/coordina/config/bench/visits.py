"""What the three people ask for: streams of requests of which no two are alike."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from html import unescape
from itertools import count, cycle
from random import Random
from typing import Any
from urllib.parse import urlencode

from coordina.config.bench.client import Answer, RequestFailed
from coordina.config.bench.facts import ROLES, Facts
from coordina.config.demo import words
from coordina.config.demo.goods import PLACES

NEXT = re.compile(r'href="([^"]*[?;&]after=[^"]*)"')
HOME = "/opportunities/"
SCRIPTED = {"X-Requested-With": "fetch", "Accept": "application/json"}
WIDE = "name,company,person,stage,amount,probability,opened_on,closes_on,next_step,owner,team"
USUAL = "name,company,stage,amount,probability,closes_on,next_step,owner"


@dataclass(frozen=True, slots=True)
class Visit:
    """One request.

    Attributes:
        values: Of the form; None for a page that is only asked for.
        good: Looks at the answer; raises RequestFailed when it is not what was asked for.
    """

    role: str
    path: str
    good: Callable[[Answer], None]
    values: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)


def _page(answer: Answer) -> None:
    if answer.status != 200:
        raise RequestFailed(f"status {answer.status}, {answer.location}")


def _sent_on(answer: Answer) -> None:
    if answer.status != 302 or not answer.location.startswith(HOME):
        raise RequestFailed(f"status {answer.status}, {answer.location}")


class Visits:
    """Makes requests of every kind.

    Args:
        facts: What is in the database.
        draw: Source of chance.
        today: Last day of the data.
    """

    def __init__(self, facts: Facts, draw: Random, today: date) -> None:
        self.facts, self.draw, self.today = facts, draw, today
        self._number = count(1)
        self._open = {role: list(part.open) for role, part in facts.parts.items()}
        self._ids = {role: list(part.all) for role, part in facts.parts.items()}
        for role in ROLES:
            draw.shuffle(self._open[role])
            draw.shuffle(self._ids[role])
        self._moved: set[int] = set()
        self.further: dict[str, str] = {}

    def roles(self) -> Iterator[str]:
        """The three in turn."""
        yield from cycle(ROLES)

    # Lists ------------------------------------------------------------------------------------------------------------

    def lists(self) -> Iterator[Visit]:
        """Lists of 80 with filters and sorts of every kind, among them pages further down."""
        shapes = cycle(
            (
                self._by_amount,
                self._closing,
                self._recent,
                self._by_name,
                self._further,
                self._of_somebody,
                self._won,
                self._wide,
            )
        )
        for role in self.roles():
            for _turn in range(3):
                yield Visit(role, next(shapes)(role), _page)

    def _less(self) -> int:
        """An amount that nearly all are above; never the same twice."""
        return 300 + next(self._number)

    def _asking(self, **query: str) -> str:
        """The address of a list; where somebody added fields it shows them too."""
        if self.facts.added:
            query["cols"] = ",".join([query.get("cols", USUAL), *self.facts.added])
        return f"{HOME}?{urlencode(query)}"

    def _recent(self, role: str) -> str:
        return self._asking(q=f"status = open and amount >= {self._less()}")

    def _by_amount(self, role: str) -> str:
        return self._asking(q=f"amount < {90_000 - next(self._number)}", sort="-amount")

    def _closing(self, role: str) -> str:
        return self._asking(q=f"status = open and amount >= {self._less()}", sort="closes_on")

    def _by_name(self, role: str) -> str:
        return self._asking(q=f"amount >= {self._less()}", sort="name")

    def _further(self, role: str) -> str:
        """The page behind one that was seen before."""
        return self.further.pop(role, "") or self._recent(role)

    def _of_somebody(self, role: str) -> str:
        if role == "representative":
            return self._closing(role)
        owner = self.draw.choice(self.facts.everybody if role == "director" else self.facts.owners)
        return self._asking(q=f"owner = {owner} and amount >= {self._less()}")

    def _won(self, role: str) -> str:
        day = self.today - timedelta(days=30 + next(self._number))
        return self._asking(q=f"status = won and closed_on >= {day}", sort="-closed_on")

    def _wide(self, role: str) -> str:
        stage, _name = self.draw.choice(self.facts.stages)
        return self._asking(q=f"stage = {stage} and amount >= {self._less()}", cols=WIDE)

    def remember(self, visit: Visit, page: str) -> None:
        """Keep the address of the page behind a list."""
        if visit.path.startswith(f"{HOME}?") and (found := NEXT.search(page)):
            self.further[visit.role] = unescape(found[1])

    # Boards -----------------------------------------------------------------------------------------------------------

    def boards(self) -> Iterator[Visit]:
        """The whole board of each person, and the boards of others, of periods and of large amounts."""
        for turn, role in enumerate(self.roles()):
            number = next(self._number)
            query: dict[str, str] = {"pipeline": str(self.facts.pipeline), "n": str(number)}
            if turn % 4 == 1:
                query["q"] = f"amount >= {1000 + number}"
            elif turn % 4 == 2:
                query["when"] = self.draw.choice(("this_month", "this_quarter", "this_year", "late"))
            elif turn % 4 == 3 and role != "representative":
                owners = self.facts.everybody if role == "director" else self.facts.owners
                query["who"] = f"user-{self.draw.choice(owners)}"
            yield Visit(role, f"{HOME}board/?{urlencode(query)}", _page)

    # Today ------------------------------------------------------------------------------------------------------------

    def cockpits(self) -> Iterator[Visit]:
        """The first page of the day, of everybody one sees and of oneself."""
        for turn, role in enumerate(self.roles()):
            query = {"n": str(next(self._number))} | ({"who": "mine"} if turn % 4 == 3 else {})
            yield Visit(role, f"/?{urlencode(query)}", _page)

    # Search -----------------------------------------------------------------------------------------------------------

    def searches(self) -> Iterator[Visit]:
        """The fixed set of questions, again and again: in the palette and on the page."""
        roles = self.roles()
        while True:
            for turn, text in enumerate(self.facts.questions):
                path = "/search/" if turn % 2 else "/search/palette/"
                yield Visit(next(roles), f"{path}?{urlencode({'q': text, 'n': next(self._number)})}", self._found)

    @staticmethod
    def _found(answer: Answer) -> None:
        if answer.status not in (200, 302) or "sign-in" in answer.location:
            raise RequestFailed(f"status {answer.status}, {answer.location}")

    # One record -------------------------------------------------------------------------------------------------------

    def opens(self) -> Iterator[Visit]:
        """Opportunities that each may see."""
        for role in self.roles():
            who = role if self._ids[role] else "director"
            yield Visit(who, f"{HOME}{self._ids[who].pop()}/", _page)

    def creates(self) -> Iterator[Visit]:
        """New opportunities."""
        for role in self.roles():
            company, _name = self.draw.choice(self.facts.companies)
            stage, _label = self.draw.choice(self.facts.stages)
            values = {
                "name": f"Medida {next(self._number)} de {self.draw.choice(PLACES)}",
                "company": str(company),
                "pipeline": str(self.facts.pipeline),
                "stage": str(stage),
                "amount": str(self.draw.randrange(500, 90_000)),
                "currency": "EUR",
                "closes_on": (self.today + timedelta(days=self.draw.randrange(5, 90))).isoformat(),
                "source": self.draw.choice(words.SOURCES),
                "next_step": "Llamar",
                "next_step_on": (self.today + timedelta(days=3)).isoformat(),
            }
            yield Visit(role, f"{HOME}new/", _sent_on, values)

    def moves(self) -> Iterator[Visit]:
        """Cards dragged into another column, each once."""
        for role in self.roles():
            for who in (role, "director"):
                while self._open[who] and self._open[who][-1][0] in self._moved:
                    self._open[who].pop()
                if self._open[who]:
                    break
            pk, version, stage = self._open[who].pop()
            self._moved.add(pk)
            other = self.draw.choice([key for key, _name in self.facts.stages if key != stage])
            path = f"{HOME}{pk}/move/?pipeline={self.facts.pipeline}"
            yield Visit(who, path, _page, {"stage": str(other), "version": str(version)}, SCRIPTED)

    def pages(self) -> Iterator[Visit]:
        """Pages of every kind in turn."""
        streams = (self.lists(), self.opens(), self.boards(), self.cockpits(), self.searches())
        while True:
            for stream in streams:
                yield next(stream)

    def mixed(self) -> Iterator[Visit]:
        """Half open, a quarter lists, a tenth searches, a twentieth each boards, creations and moves."""
        streams = {
            "o": self.opens(),
            "l": self.lists(),
            "s": self.searches(),
            "b": self.boards(),
            "c": self.creates(),
            "m": self.moves(),
        }
        order = "olosolobololoclosomo"
        while True:
            for letter in order:
                yield next(streams[letter])
