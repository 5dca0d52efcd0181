"""People at work while processes die: each repeats what got no answer, or leaves it."""

import contextlib
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import httpx

from tests.chaos.company import Company, Died, Hand
from tests.chaos.journal import Journal, Written

ROWS = 350
"""Rows of a file: more than what is done inside a request."""
PATIENCE = 600.0
"""Seconds after which something that is waited for is stuck."""
VILLAGE = "Soria"


class Stopped(Exception):
    """The working day is over."""


class Gate:
    """Lets people work, or has them wait between two requests."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._busy = 0
        self._open = False
        self.over = False

    def __enter__(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._open or self.over)
            if self.over:
                raise Stopped
            self._busy += 1

    def __exit__(self, *_what: object) -> None:
        with self._changed:
            self._busy -= 1
            self._changed.notify_all()

    def open(self) -> None:
        """Work."""
        with self._changed:
            self._open = True
            self._changed.notify_all()

    def close(self) -> None:
        """Have everybody end what they do and wait. Raises Died when somebody does not."""
        with self._changed:
            self._open = False
            if not self._changed.wait_for(lambda: not self._busy, PATIENCE):
                raise Died("somebody gets no answer any more")

    def end(self) -> None:
        """Send everybody home."""
        with self._changed:
            self.over = True
            self._changed.notify_all()


class Worker(threading.Thread):
    """Somebody at work.

    Args:
        company: Where.
        journal: Where everything is noted.
        gate: Says when to work.
        draw: Source of chance.
        name: Part of the names of all they make.
    """

    def __init__(self, company: Company, journal: Journal, gate: Gate, draw: Random, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self.company, self.journal, self.gate, self.draw = company, journal, gate, draw
        self.hand = Hand(company).sign_in()
        self._count = 0

    def run(self) -> None:
        """Work until the day is over."""
        try:
            while not self.gate.over:
                self.work()
        except Stopped:
            return
        except Exception as fault:
            self.journal.complain(f"{self.name}: {type(fault).__name__} {fault}")

    def work(self) -> None:
        """One piece of work."""
        raise NotImplementedError  # each kind has its own

    def mark(self) -> str:
        """A name that nothing else has, and that resembles no other."""
        self._count += 1
        word = "".join(self.draw.choice("bcdfglmnprstvz") + self.draw.choice("aeiou") for _syllable in range(4))
        return f"{word}{self.name}{self._count}"

    def sent(self, send: Callable[[], httpx.Response], good: Callable[[httpx.Response], bool]) -> httpx.Response | None:
        """Send something; without an answer two of three send it again, the third never learns what became of it.

        Returns:
            The good answer; None where there was none, or where it was refused.
        """
        stubborn, deadline = self.draw.random() < 0.67, time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                answer = send()
            except httpx.HTTPError:
                answer = None
            if answer is not None and good(answer):
                return answer
            if answer is not None and answer.status_code < 500:
                text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))[:300]
                self.journal.complain(f"{self.name}: {answer.request.url.path} gave {answer.status_code}: {text}")
                return None
            if answer is not None and answer.status_code not in (502, 503, 504):
                self.journal.complain(f"{self.name}: {answer.request.url.path} gave {answer.status_code}")
            if not stubborn:
                return None
            time.sleep(0.2)
        raise Died(f"{self.name} got no answer in {PATIENCE:.0f} s")


def _sent_on(answer: httpx.Response) -> bool:
    return answer.status_code == 302 and "sign-in" not in answer.headers["Location"]


def _number(answer: httpx.Response) -> int:
    """The id in the address that a form leads to."""
    return int(re.findall(r"/(\d+)/", answer.headers["Location"])[0])


class Seller(Worker):
    """Makes opportunities and moves them."""

    sales: list[list[int]]
    """Id, version and stage of those whose state they know."""

    def work(self) -> None:
        self.sales = getattr(self, "sales", [])
        if self.sales and self.draw.random() < 0.5:
            self.move(self.draw.randrange(len(self.sales)))
        else:
            self.make()

    def make(self) -> None:
        """A new opportunity."""
        with self.gate:
            mark = self.mark()
            write = self.journal.add("sale", mark)
            told = {"name": mark, "once": f"once-{mark}"}
            answer = self.sent(lambda: self.hand.post("/opportunities/new/", **told), _sent_on)
            write.answered = answer is not None
        if answer is not None:
            pk = _number(answer)
            [(stage, version)] = self.company.ask(f"SELECT stage_id, version FROM pipeline_opportunity WHERE id = {pk}")
            self.sales.append([pk, version, stage])

    def move(self, place: int) -> None:
        """A card into another column."""
        pk, version, stage = self.sales[place]
        other = self.draw.choice([s for s in range(1, 5) if s != stage])
        with self.gate:
            write = self.journal.add("move", f"{pk} to {other}", pk=pk, stage=other, version=version)
            data = {"stage": other, "version": version}
            answer = self.sent(
                lambda: self.hand.post(f"/opportunities/{pk}/move/", **data), lambda a: a.status_code in (200, 409)
            )
            write.answered = answer is not None and answer.status_code == 200
        if write.answered and answer is not None:
            self.sales[place] = [pk, int(answer.json()["version"]), other]
        else:  # done before its answer was lost, or never: this one stays as it is
            del self.sales[place]


class Prospector(Worker):
    """Makes leads and converts them."""

    def work(self) -> None:
        with self.gate:
            mark = self.mark()
            write = self.journal.add("lead", mark)
            told = {"company_name": mark, "person_name": mark, "once": f"once-{mark}"}
            answer = self.sent(lambda: self.hand.post("/leads/new/", **told), _sent_on)
            write.answered = answer is not None
        if answer is None:
            return
        with self.gate:
            write = self.journal.add("convert", mark)
            form = {"company": "new", "company_name": mark, "person": "new", "person_name": mark}
            sale = {"sale": "1", "opportunity_name": mark, "currency": "EUR"}
            url = f"/leads/{_number(answer)}/convert/"
            write.answered = self.sent(lambda: self.hand.post(url, **form, **sale), _sent_on) is not None


class Merger(Worker):
    """Makes two companies and merges them."""

    def work(self) -> None:
        pair = [self.make() for _one in range(2)]
        if None in pair:
            return
        (stays, _write), (gone, lost) = pair  # type: ignore[misc]  # both are there
        with self.gate:
            write = self.journal.add("merge", f"{gone} into {stays}", stays=stays, gone=gone)
            lost.facts["merged"] = True
            told = {"id": [stays, gone], "stays": stays}
            answer = self.sent(
                lambda: self.hand.post("/companies/merge/", **told), lambda a: _sent_on(a) or a.status_code == 404
            )
            write.answered = answer is not None  # 404: one of them is gone, so it was done before the answer was lost

    def make(self) -> tuple[int, Any] | None:
        """A company, with its entry in the journal."""
        with self.gate:
            mark = self.mark()
            write = self.journal.add("company", mark)
            answer = self.sent(lambda: self.hand.post("/companies/new/", name=mark, once=f"once-{mark}"), _sent_on)
            write.answered = answer is not None
            return (_number(answer), write) if answer is not None else None


@contextlib.contextmanager
def coming(write: Written, state: tuple[int, str, int]) -> Iterator[None]:
    """While rows are on their way to another state, each of the two is right, and nothing between them."""
    write.facts["wanted"] = [*write.facts["wanted"], state]
    yield
    write.facts["wanted"] = [state]


class Clerk(Worker):
    """Imports files, changes all of their rows at once, and takes both back."""

    def work(self) -> None:
        mark = self.mark()
        write = self.journal.add("file", mark)
        run = self.imported(mark)
        write.facts["wanted"] = [(ROWS, VILLAGE, 1)]
        write.answered = True
        with coming(write, (ROWS, mark, 2)):
            change = self.changed(mark)
        if self.draw.random() < 0.6:
            undone = f"SELECT state = 'undone' FROM ledger_changeset WHERE id = {change}"
            with coming(write, (ROWS, VILLAGE, 3)):
                self.hand_in(f"/changes/{change}/undo/", undone)
            if self.draw.random() < 0.6:
                done = f"SELECT state IN ('undone', 'partly') FROM records_importrun WHERE id = {run}"
                with coming(write, (0, "", 0)):
                    self.hand_in(f"/import/{run}/undo/", done)

    def one(self, sql: str) -> Any:
        """The first value of the first row; None where there is none."""
        rows = self.company.ask(sql)
        return rows[0][0] if rows else None

    def wait(self, sql: str) -> Any:
        """Wait until a question has a true answer, resting while everybody rests."""
        spent, last = 0.0, time.monotonic()
        while spent < PATIENCE:
            if answer := self.one(sql):
                return answer
            time.sleep(0.05)
            if self.gate.over:
                raise Stopped
            now = time.monotonic()
            spent, last = spent + now - last, now
        raise Died(f"never true: {sql}")

    def hand_in(self, path: str, done: str, wait: str = "", **data: Any) -> Any:
        """Send a form until the database shows that it was taken, then wait for what it asks for.

        Args:
            path: Address of the form.
            done: What is true when the work is done.
            wait: What is true once the form was taken; the same unless said.
        """
        for _try in range(50):
            with self.gate:
                if not self.one(wait or done):
                    try:
                        self.hand.post(path, **data)
                    except httpx.HTTPError:
                        time.sleep(0.2)
                        continue
            return self.wait(done)
        raise Died(f"{path} is never taken")

    def imported(self, mark: str) -> int:
        """Import a file; gives the run."""
        lines = "".join(f"Fila {mark} {n:04};{VILLAGE}\n" for n in range(ROWS))
        file = {"files": (f"{mark}.csv", f"Empresa;Ciudad\n{lines}".encode())}
        here = f"SELECT id FROM records_importrun WHERE file_name = '{mark}.csv' ORDER BY id LIMIT 1"
        while not (run := self.one(here)):
            with self.gate:
                try:
                    self.hand.post("/import/", files=file, type="company")
                except httpx.HTTPError:
                    time.sleep(0.2)
        state = f"FROM records_importrun WHERE id = {run}"
        self.wait(f"SELECT state = 'mapping' {state}")
        [(columns,)] = self.company.ask(f"SELECT columns FROM records_importrun WHERE id = {run}")
        guessed = json.loads(columns) if isinstance(columns, str) else columns
        form = {f"target-{column['column']}": str(column["target"]) for column in guessed}
        form |= {"mode": "create", "make": "make", "match": "", "go": "check"}
        taken = f"SELECT state <> 'mapping' {state}"
        self.hand_in(f"/import/{run}/columns/", f"SELECT state = 'checked' {state}", taken, **form)
        self.hand_in(f"/import/{run}/begin/", f"SELECT state = 'done' {state}", f"SELECT state <> 'checked' {state}")
        return int(run)

    def changed(self, mark: str) -> int:
        """Give all rows of the file another city; gives the change set."""
        found = f"SELECT id FROM records_bulkrun WHERE CAST(given AS text) LIKE '%{mark}%' ORDER BY id LIMIT 1"
        order = {"do": "edit", "all": "yes", "q": f'name ~ "Fila {mark}"', "mode_city": "set", "city": mark}
        while not (run := self.one(found)):
            with self.gate:
                try:
                    self.hand.post("/companies/bulk/", **order)
                except httpx.HTTPError:
                    time.sleep(0.2)
        state = f"FROM records_bulkrun WHERE id = {run}"
        self.wait(f"SELECT state = 'checked' {state}")
        self.hand_in(f"/bulk/{run}/start/", f"SELECT state = 'done' {state}", f"SELECT state <> 'checked' {state}")
        return int(self.one(f"SELECT change_set_id {state}"))
