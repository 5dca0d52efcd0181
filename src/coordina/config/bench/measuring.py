"""Measuring: every operation one after the other, then many people at once."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from itertools import islice
from random import Random
from zoneinfo import ZoneInfo

from coordina.config.bench.client import Answer, Client, RequestFailed
from coordina.config.bench.facts import DOMAIN, ROLES, Facts
from coordina.config.bench.importing import imported
from coordina.config.bench.programs import MANY, Asked, Program
from coordina.config.bench.site import Site, Size
from coordina.config.bench.visits import Visit, Visits

CLIENTS = 8
WARM = 9
"""Requests before each operation that are not counted: the processes load at first use what they keep."""
SAMPLES = ((20_000, 240, 150), (1_000, 60, 20), (0, 12, 4))
"""From so many rows on: requests of an operation, and of each of those at once. A few hundred rows only show that all
of it works."""
IMPORTED = 10_000
BETWEEN = 0.2
"""Seconds between two pages that somebody opens during an import."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What one operation costs.

    Attributes:
        p50_ms, p95_ms: Time until the answer was there.
        cpu_ms: Processor time of server, worker and database, from the first request until no job is left, by request.
        per_s: Requests a second; rows a second for imports and for many rows at once.
        page_kb: The largest answer, compressed.
    """

    p50_ms: float
    p95_ms: float
    cpu_ms: float
    per_s: float
    page_kb: float = 0.0


@dataclass
class Figures:
    """What was measured.

    Attributes:
        pages_ms: The slowest page that was opened during an import.
    """

    rows: int
    database: str
    people: int
    custom_fields: int
    ops: dict[str, Figure] = field(default_factory=dict)
    uss_mb: float = 0.0
    pages_ms: float = 0.0

    def as_json(self) -> dict[str, object]:
        """The figures in the form that other programs read."""
        ops = {name: {k: v for k, v in asdict(f).items() if k != "page_kb"} for name, f in self.ops.items()}
        size = {"rows": self.rows, "people": self.people, "custom_fields": self.custom_fields}
        return {"database": self.database, **size, "ops": ops, "uss_mb": self.uss_mb, "pages_ms": self.pages_ms}


class Bench:
    """Measures a site.

    Args:
        site: Served.
        facts: What is in its database.
        password: Of its people.
        size: How much is in it; decides how many requests there are.
    """

    def __init__(self, site: Site, facts: Facts, password: str, size: Size) -> None:
        self._site, self._facts, self._password, self._size = site, facts, password, size
        draw = Random(3)
        self.visits = Visits(facts, draw, datetime.now(ZoneInfo("Europe/Madrid")).date())
        self._much, self._each = next((much, each) for least, much, each in SAMPLES if size.rows >= least)

    def run(self, only: list[str]) -> Figures:
        """Measure all operations, or some. Raises RequestFailed with the first that fails."""
        figures = Figures(self._size.rows, self._site.database, self._size.people, self._size.custom_fields)
        people = self._sign_in()
        much = self._much
        questions = len(self._facts.questions)
        streams: dict[str, tuple[Callable[[], Iterator[Visit]], int]] = {
            "list": (self.visits.lists, much),
            "board": (self.visits.boards, much // 2),
            "cockpit": (self.visits.cockpits, much // 2),
            "search": (self.visits.searches, questions if self._size.rows >= SAMPLES[1][0] else min(much, questions)),
            "open": (self.visits.opens, much),
            "create": (self.visits.creates, much),
            "move": (self.visits.moves, much),
        }
        for name, (stream, many) in streams.items():
            if not only or name in only:
                figures.ops[name] = self._one_by_one(stream(), many, people)
        self._by_programs(only, much, people, figures)
        if not only or "import" in only:
            figures.ops["import"], figures.pages_ms = self._import(people)
        if not only or "mixed" in only:
            figures.ops["mixed"] = self._together(people, self._each)
        figures.uss_mb = round(self._site.private_mb(), 1)
        return figures

    def _by_programs(self, only: list[str], much: int, people: dict[str, Client], figures: Figures) -> None:
        """What programs ask for with a token each."""
        names = [name for name in ("rest_list", "rest_create", "rest_bulk") if not only or name in only]
        if not names:
            return
        programs: dict[str, Client] = {role: Program.of(client, self._password) for role, client in people.items()}
        rows = MANY if self._size.rows >= SAMPLES[1][0] else 100
        asked = Asked(self._facts, self.visits.draw, self.visits.today, rows=rows)
        for name in names:
            if name == "rest_bulk":
                figure = self._one_by_one(asked.bulks(), 5, programs, warm=2)
                figures.ops[name] = replace(figure, per_s=round(figure.per_s * asked.rows, 1))
            else:
                stream = asked.lists() if name == "rest_list" else asked.creates()
                figures.ops[name] = self._one_by_one(stream, much, programs)

    def _sign_in(self) -> dict[str, Client]:
        people = {role: Client(self._site.port) for role in ROLES}
        for role, client in people.items():
            client.sign_in(f"{role}@{DOMAIN}", self._password)
        return people

    def _go(self, visit: Visit, people: dict[str, Client]) -> Answer:
        """One request. Raises RequestFailed."""
        client = people[visit.role]
        if visit.values is None:
            answer = client.get(visit.path, **visit.headers)
        else:
            answer = client.post(visit.path, visit.values, **visit.headers)
        try:
            visit.good(answer)
        except RequestFailed as fault:
            text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))[:600]
            raise RequestFailed(f"{visit.role} at {visit.path}: {fault}: {text}") from None
        return answer

    def _one_by_one(self, stream: Iterator[Visit], many: int, people: dict[str, Client], warm: int = WARM) -> Figure:
        for visit in islice(stream, warm):
            self._go(visit, people)
        self._site.wait_for_jobs()
        times, sizes = [], []
        used, began = self._site.cpu_ms(), time.perf_counter()
        for visit in islice(stream, many):
            answer = self._go(visit, people)
            times.append(answer.ms)
            sizes.append(answer.size)
            self.visits.remember(visit, answer.text if visit.values is None else "")
        took = time.perf_counter() - began
        self._site.wait_for_jobs()
        return _figure(times, sizes, (self._site.cpu_ms() - used) / many, many / took)

    def _import(self, people: dict[str, Client]) -> tuple[Figure, float]:
        """An import, and the slowest of the pages that somebody opens meanwhile."""
        rows = min(IMPORTED, self._size.rows)
        self._site.wait_for_jobs()
        used, began = self._site.cpu_ms(), time.perf_counter()
        with Reader({role: client.twin() for role, client in people.items()}, self._go, self.visits) as reader:
            imported(people["director"], self._facts, rows)
        took = time.perf_counter() - began
        self._site.wait_for_jobs()
        return _figure([took * 1000], [0], self._site.cpu_ms() - used, rows / took), round(max(reader.times), 1)

    def _together(self, people: dict[str, Client], each: int) -> Figure:
        """Eight clients at once."""
        stream, lock = self.visits.mixed(), threading.Lock()
        times: list[float] = []
        sizes: list[int] = []
        faults: list[BaseException] = []
        everybody = [{role: client.twin() for role, client in people.items()} for _client in range(CLIENTS)]

        def work(windows: dict[str, Client]) -> None:
            try:
                for _turn in range(each):
                    with lock:
                        visit = next(stream)
                    answer = self._go(visit, windows)
                    times.append(answer.ms)
                    sizes.append(answer.size)
            except BaseException as fault:
                faults.append(fault)

        for windows in everybody:
            for visit in islice(stream, 2):
                self._go(visit, windows)
        self._site.wait_for_jobs()
        used, began = self._site.cpu_ms(), time.perf_counter()
        threads = [threading.Thread(target=work, args=(windows,)) for windows in everybody]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.perf_counter() - began
        if faults:
            raise faults[0]
        self._site.wait_for_jobs()
        return _figure(times, sizes, (self._site.cpu_ms() - used) / len(times), len(times) / took)


class Reader(threading.Thread):
    """Somebody who opens one page after the other until told to stop.

    Args:
        windows: The people as they are signed in.
        go: Carries out a request.
        visits: Makes the requests.

    Attributes:
        times: Milliseconds of each page.
    """

    def __init__(
        self, windows: dict[str, Client], go: Callable[[Visit, dict[str, Client]], Answer], visits: Visits
    ) -> None:
        super().__init__(daemon=True)
        self._windows, self._go, self._pages = windows, go, visits.pages()
        self._ended = threading.Event()
        self._fault: RequestFailed | None = None
        self.times: list[float] = []

    def __enter__(self) -> "Reader":
        self.start()
        return self

    def __exit__(self, *_what: object) -> None:
        """Stop. Raises RequestFailed with the page that failed."""
        self._ended.set()
        self.join()
        if self._fault is not None:
            raise self._fault

    def run(self) -> None:
        """Open pages."""
        try:
            while not self._ended.wait(BETWEEN if self.times else 0):
                self.times.append(self._go(next(self._pages), self._windows).ms)
        except RequestFailed as fault:
            self._fault = fault


def _figure(times: list[float], sizes: list[int], cpu: float, per_s: float) -> Figure:
    ordered = sorted(times)
    middle, late = ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return Figure(round(middle, 2), round(late, 2), round(cpu, 2), round(per_s, 1), round(max(sizes) / 1024, 1))
