"""What the page of the columns shows and what it sends back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from coordina.accounts.models import User
from coordina.core.contact import countries, find_country
from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import Text
from coordina.core.types import Kind, RecordType
from coordina.records.importing.cells import choice_matcher
from coordina.records.importing.options import ImportOption, field_of, may_make, options_of
from coordina.records.importing.plan import EMPTY, NEW, Mode, Plan
from coordina.records.importing.references import Resolver
from coordina.records.importing.resolvers import resolver_of
from coordina.records.importing.targets import EXTERNAL_ID, Target, targets
from coordina.records.imports.columns import CERTAIN
from coordina.records.imports.matching import Candidate, Matcher
from coordina.records.models import ImportRun
from coordina.web.listpage import capital

SHOWN_VALUES = 40
"""Values of a column that wait for a decision and are shown."""
OFFERED = 60
"""Records that a value may be said to mean, besides those that look alike."""
CHOSEN = (Kind.CHOICE, Kind.COUNTRY, Kind.REF)
MODES: tuple[tuple[Mode, Text], ...] = (
    (Mode.UPSERT, gettext_lazy("Create what is new and update what is there")),
    (Mode.CREATE, gettext_lazy("Only create")),
    (Mode.UPDATE, gettext_lazy("Only update")),
)
ORDERS = (("dmy", "31/12/2024"), ("mdy", "12/31/2024"), ("ymd", "2024-12-31"))
DECIMALS = ((",", "1.234,56"), (".", "1,234.56"))


@dataclass
class Value:
    """One text of a column that means a choice or a record.

    Attributes:
        means: Label of what it means by itself; empty where it means nothing that exists.
        options: What it may be said to mean: key, label.
    """

    name: str
    text: str
    count: int
    means: str
    decided: str
    options: list[tuple[str, str]]

    @property
    def settled(self) -> bool:
        """Whether nobody needs to look at it."""
        return bool(self.means or self.decided)


@dataclass
class Column:
    """One column of the file on the page."""

    stored: Mapping[str, Any]
    groups: list[tuple[str, list[tuple[str, str]]]]
    kind: str
    label: str = ""
    asked: list[Value] = field(default_factory=list)
    settled: int = 0
    more: int = 0

    @property
    def state(self) -> str:
        """`ok`, `ask` where somebody should look, `skip` where it is kept under other data."""
        if not self.stored["target"]:
            return "skip"
        certain = self.stored["target"] != self.stored["proposed"] or self.stored["confidence"] >= CERTAIN
        return "ok" if certain and not self.doubtful else "ask"

    @property
    def doubtful(self) -> bool:
        """Whether days and months, or decimals and thousands, cannot be told apart."""
        return bool(self.asks_order or self.asks_decimal)

    @property
    def asks_order(self) -> bool:
        """Whether the order of day and month is asked for."""
        return self.kind in (Kind.DATE, Kind.DATETIME) and bool(self.stored["ambiguous_dates"])

    @property
    def asks_decimal(self) -> bool:
        """Whether the decimal sign is asked for."""
        numbers = (Kind.MONEY, Kind.DECIMAL, Kind.PERCENT, Kind.INTEGER)
        return self.kind in numbers and bool(self.stored["ambiguous_numbers"])

    @property
    def free(self) -> bool:
        """Whether it has cells and no field."""
        return not self.stored["target"] and bool(self.stored["filled"])

    @property
    def sample(self) -> str:
        """Some cells."""
        return " · ".join(text[:40] for text in self.stored["examples"]) or _("empty")


class ColumnsPage:
    """The columns of a run with what they may become.

    Args:
        run: Its columns are decided here.
        known: Its record type.
        user: Who decides.
    """

    def __init__(self, run: ImportRun, known: RecordType, user: User) -> None:
        self.run, self.known, self.user = run, known, user
        self.plan = Plan.of(run)
        self.targets = {t.name: t for t in targets(known, user)}

    @cached_property
    def columns(self) -> list[Column]:
        """One for each column of the file."""
        groups = self._groups()
        return [self._column(stored, groups) for stored in self.run.columns]

    @property
    def counts(self) -> dict[str, int]:
        """How many columns are recognised, kept, and to be decided."""
        states = [c.state for c in self.columns]
        return {"all": len(states), "known": len(states) - states.count("skip"), "ask": states.count("ask")}

    @property
    def matches(self) -> list[tuple[str, str]]:
        """Fields by which a row may find its record."""
        filled = {c["target"] for c in self.run.columns}
        names = [n for n in (EXTERNAL_ID, *self.known.match) if n in filled and n in self.targets]
        return [(n, capital(self.targets[n].field.label)) for n in names]

    @property
    def answers(self) -> list[dict[str, Any]]:
        """The questions asked once for the file."""
        found = []
        for option in options_of(self.known):
            far: Any = field_of(self.known, option).to
            rows = far.objects.visible_to(self.user).order_by("pk").values_list("pk", far.title_column)
            found.append(
                {
                    "name": option.field,
                    "label": capital(field_of(self.known, option).label),
                    "help": option.help,
                    "value": self.run.options.get("constants", {}).get(option.field, ""),
                    "choices": [(str(pk), str(title)) for pk, title in rows[:200]],
                    "make_label": option.make_label if self._can_make(option) else "",
                    "texts": self.texts_for(option)[:12],
                }
            )
        return found

    def _can_make(self, option: ImportOption) -> bool:
        return may_make(self.known, option, self.user) and bool(self.texts_for(option))

    def texts_for(self, option: ImportOption) -> list[str]:
        """The different cells of the column from which a new answer is made."""
        for stored in self.run.columns:
            if stored["target"] == option.source:
                return list(stored["distinct"])
        return []

    def _groups(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """The targets by section of the type."""
        left = dict(self.targets)
        groups: list[tuple[str, list[tuple[str, str]]]] = []
        sections: Iterable[tuple[Text, Sequence[str]]] = ((s.label, s.names) for s in self.known.sections)
        for label, names in (*sections, (capital(self.known.label), tuple(left))):
            inside = [left.pop(n) for n in names if n in left and n != EXTERNAL_ID]
            if inside:
                groups.append((str(label), [(t.name, capital(t.field.label)) for t in inside]))
        groups.append((_("Other system"), [(t.name, capital(t.field.label)) for t in left.values()]))
        return groups

    def _column(self, stored: Mapping[str, Any], groups: list[tuple[str, list[tuple[str, str]]]]) -> Column:
        target = self.targets.get(stored["target"])
        column = Column(stored, groups, str(target.field.kind) if target is not None else "")
        column.label = capital(target.field.label) if target is not None else ""
        if target is not None and target.field.kind in CHOSEN and target.name != EXTERNAL_ID:
            values = self.values_of(target, stored, stored["distinct"])
            column.settled = sum(v.settled and not v.decided for v in values)
            asked = [v for v in values if not v.settled or v.decided]
            column.asked, column.more = asked[:SHOWN_VALUES], max(len(asked) - SHOWN_VALUES, 0)
        return column

    def values_of(self, target: Target, stored: Mapping[str, Any], counts: Mapping[str, int]) -> list[Value]:
        """What texts of a column mean and may be said to mean.

        Args:
            counts: The texts, with how many rows have each.
        """
        read = self._by_record if target.field.kind is Kind.REF else self._by_choice
        return read(target, stored, counts)

    def can_make(self, target: Target) -> bool:
        """Whether the person may have records made for a reference."""
        return target.field.kind is Kind.REF and self._resolver(target).able

    def offered(self, target: Target) -> list[tuple[str, str]]:
        """Records that a reference may be said to mean: id and name."""
        return [(str(pk), str(title)) for pk, title in self._resolver(target).offered(OFFERED)]

    def _resolver(self, target: Target) -> Resolver:
        return resolver_of(target, self.plan, self.user, {}, make=self.plan.make)

    def _by_record(self, target: Target, stored: Mapping[str, Any], counts: Mapping[str, int]) -> list[Value]:
        """Texts that mean records: what they are, what looks alike, and whether one is made."""
        resolver = self._resolver(target)
        texts = list(counts)
        found = resolver.find(texts)
        offered = [(str(pk), str(title)) for pk, title in resolver.offered(OFFERED)]
        values: list[Value] = []
        for place, text in enumerate(texts):
            decided = stored["values"].get(text, "")
            alike: list[tuple[str, str]] = []
            if found[text] is None and len(values) < 2 * SHOWN_VALUES:
                match = resolver.suggest(text)
                near = [c for c in (match.candidate, *match.others) if c is not None] if match is not None else []
                alike = [(str(c.key), _("similar: %(name)s") % {"name": c.label}) for c in near]
            alone = _("Create “%(text)s”") if resolver.make else _("Error in the row")
            options = [("", alone % {"text": text[:40]} if resolver.make else alone)]
            options += [*alike, (EMPTY, _("Leave empty")), *offered]
            count = int(counts[text])
            means = "=" if found[text] is not None else ""
            values.append(Value(f"v-{stored['column']}-{place}", text, count, means, decided, options))
        return values

    def _by_choice(self, target: Target, stored: Mapping[str, Any], counts: Mapping[str, int]) -> list[Value]:
        """Texts that mean one of a field's choices, or a country."""
        country = target.field.kind is Kind.COUNTRY
        if country:
            labels = dict(countries(get_language() or "en"))
        else:
            labels = {str(value): str(label) for value, label in target.field.choices}
        matcher: Matcher[str] = (
            Matcher([Candidate(k, label, (k,)) for k, label in labels.items()], translate=True)
            if country
            else choice_matcher(target.field)
        )
        values = []
        for place, text in enumerate(counts):
            match = matcher.match(text)
            near = [c for c in (match.candidate, *match.others) if c is not None]
            means = find_country(text) if country else near[0].key if match.automatic and near else None
            options = [
                ("", _("Keep under other data")),
                *((c.key, _("similar: %(name)s") % {"name": c.label}) for c in near),
            ]
            options += [(EMPTY, _("Leave empty")), *sorted(labels.items(), key=lambda pair: pair[1])]
            decided = stored["values"].get(text, "")
            count = int(counts[text])
            values.append(
                Value(f"v-{stored['column']}-{place}", text, count, labels.get(means or "", ""), decided, options)
            )
        return values


def read_choice(run: ImportRun, known: RecordType, sent: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """What a person decided, out of the form: by column, and the options."""
    columns = []
    for stored in run.columns:
        said: dict[str, Any] = {}
        place = stored["column"]
        for name in ("target", "order", "decimal"):
            if f"{name}-{place}" in sent:
                said[name] = sent[f"{name}-{place}"]
        said = {n: v for n, v in said.items() if n == "target" or v in _allowed(n)}
        values = dict(stored["values"])
        for number, text in enumerate(stored["distinct"]):
            key = f"v-{place}-{number}"
            if key in sent:
                values.pop(text, None)
                if _is_decision(sent[key]):
                    values[text] = sent[key]
        columns.append(said | {"values": values})
    mode = sent.get("mode", "")
    options: dict[str, Any] = {"make": "make" in sent, "match": sent.get("match", "")}
    if mode in set(Mode):
        options["mode"] = mode
    options["constants"] = {
        option.field: answer
        for option in options_of(known)
        if parse_id(answer := sent.get(f"answer-{option.field}", "")) is not None
    }
    return columns, options


def _allowed(name: str) -> set[str]:
    return {key for key, _label in (ORDERS if name == "order" else DECIMALS)}


def _is_decision(text: str) -> bool:
    return text in (NEW, EMPTY) or (0 < len(text) <= 60)
