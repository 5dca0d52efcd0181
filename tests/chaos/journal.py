"""What people sent and what was answered, and whether the database agrees.

An answered write is there exactly once; one without an answer is there once or not at all, and never by halves.
"""

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.company import Company


@dataclass
class Written:
    """One write.

    Attributes:
        kind: What it was.
        mark: Its name, which nothing else has.
        answered: Whether somebody was told that it is done; None while nobody knows.
        facts: Ids that were told.
    """

    kind: str
    mark: str
    answered: bool = False
    facts: dict[str, Any] = field(default_factory=dict)


class Journal:
    """All writes of a run, by whoever sent them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.writes: list[Written] = []
        self.complaints: list[str] = []

    def add(self, kind: str, mark: str, **facts: Any) -> Written:
        """Note a write that is about to be sent."""
        made = Written(kind, mark, facts=facts)
        with self._lock:
            self.writes.append(made)
        return made

    def complain(self, text: str) -> None:
        """Note an answer that should not have come."""
        with self._lock:
            self.complaints.append(text)

    def answered(self) -> int:
        """How many writes were acknowledged."""
        with self._lock:
            return sum(w.answered for w in self.writes)

    def judged(self, company: Company) -> dict[str, list[str]]:
        """What is lost, doubled or there by halves."""
        found: dict[str, list[str]] = {"lost": [], "doubled": [], "halves": []}
        counts = {
            noun: Counter(name for (name,) in company.ask(f"SELECT name FROM {table}"))
            for noun, table in (
                ("sale", "pipeline_opportunity"),
                ("company", "customers_company"),
                ("person", "customers_person"),
            )
        }
        leads = Counter(name for (name,) in company.ask("SELECT company_name FROM leads_lead"))
        converted = {name for (name,) in company.ask("SELECT company_name FROM leads_lead WHERE status = 'converted'")}
        sales = {pk: (stage, version) for pk, stage, version in company.ask(
            "SELECT id, stage_id, version FROM pipeline_opportunity")}  # fmt: skip
        here = {pk for (pk,) in company.ask("SELECT id FROM customers_company")}
        for write in list(self.writes):
            told = f"{write.kind} {write.mark}"
            if write.kind in counts or write.kind == "lead":
                count = (leads if write.kind == "lead" else counts[write.kind])[write.mark]
                gone = write.facts.get("merged")
                if count > 1:
                    found["doubled"].append(told)
                elif write.answered and not count and not gone:
                    found["lost"].append(told)
            elif write.kind == "move":
                stage, version = sales.get(write.facts["pk"], (0, 0))
                # an unanswered move may have been done: one version more, in its stage
                done = (stage, version) == (write.facts["stage"], write.facts["version"] + 1)
                later = version > write.facts["version"] + 1
                if write.answered and not (done or later):
                    found["lost"].append(told)
            elif write.kind == "convert":
                parts = [counts["company"][write.mark], counts["person"][write.mark], counts["sale"][write.mark]]
                parts.append(int(write.mark in converted))
                if max(parts) > 1:
                    found["doubled"].append(told)
                elif len(set(parts)) > 1:
                    found["halves"].append(f"{told}: {parts}")
                elif write.answered and parts[0] != 1:
                    found["lost"].append(told)
            elif write.kind == "merge":
                stays, gone = write.facts["stays"] in here, write.facts["gone"] in here
                if not stays:
                    found["lost"].append(told)
                elif write.answered and gone:
                    found["halves"].append(told)
        self._files(company, found)
        return found

    def _files(self, company: Company, found: dict[str, list[str]]) -> None:
        """Rows of imports, as the run that brought them says it stands."""
        rows = company.ask("SELECT name, city, version FROM customers_company WHERE name LIKE 'Fila %'")
        by_file: dict[str, list[tuple[str, str, int]]] = {}
        for name, city, version in rows:
            by_file.setdefault(name.split()[1], []).append((name, city, version))
        for write in list(self.writes):
            if write.kind != "file" or "wanted" not in write.facts:
                continue
            lines, wanted = by_file.get(write.mark, []), write.facts["wanted"]
            there = Counter((city, version) for _name, city, version in lines)
            right = [{(city, version): count} if count else {} for count, city, version in wanted]
            if dict(there) in right and len({name for name, *_rest in lines}) == len(lines):
                continue
            told = f"file {write.mark}: {dict(there)}, not {' or '.join(map(str, right))}"
            counts = [count for count, *_rest in wanted]
            found["halves" if len(lines) in counts else "doubled" if len(lines) > max(counts) else "lost"].append(told)
