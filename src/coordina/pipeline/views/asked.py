"""What the address of the board asks for, and the addresses that ask for something else."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from coordina.accounts.models import Team, User
from coordina.accounts.tree import below, nodes
from coordina.core.actors import Reach
from coordina.core.filters import BadFilter, Labels, compile_filter, parse, sentence
from coordina.core.filters.periods import PERIODS
from coordina.core.parsing.ids import parse_id
from coordina.core.records import Record
from coordina.core.types import type_of
from coordina.pipeline import rules
from coordina.pipeline.models import Opportunity, Pipeline
from coordina.pipeline.queries import sums_of
from coordina.pipeline.stages import Stages
from coordina.records.vocabularies import vocabulary_of

WHEN = ("this_month", "next_month", "this_quarter", "next_quarter", "this_year")
LATE = "late"
TEAMS_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of the sentence."""

    label: str
    url: str
    current: bool


def _titles(user: Any) -> Any:
    """Titles of records that a condition names, as far as the person may see them."""

    def read(model: Any, keys: Any) -> dict[int, str]:
        rows = model.objects.visible_to(user).filter(pk__in=list(keys))
        return {pk: str(title) for pk, title in rows.values_list("pk", model.title_column)}

    return read


def asked_who(request: Any) -> str:
    """Whose records an address asks for; empty for all, also where it makes no sense."""
    who = request.GET.get("who", "")
    if parse_id(request.GET.get("user", "")) is not None:
        who = f"user-{request.GET['user']}"
    kind, _dash, key = who.partition("-")
    return who if who == "me" or (kind in ("team", "user") and parse_id(key) is not None) else ""


@dataclass
class Narrowed:
    """Whose records a board shows, and on which further conditions.

    Attributes:
        who: Empty for all one sees, `me`, `team-<id>` or `user-<id>`.
        q: Further conditions in the filter language.
        error: What is wrong with the filter, if something is.
    """

    request: Any
    who: str = ""
    q: str = ""
    error: str = ""

    model: ClassVar[type[Record]] = Opportunity

    @property
    def filtered(self) -> bool:
        """Whether only some of the records are asked for."""
        return bool(self.who or self.q)

    @property
    def parts(self) -> list[str]:
        """Conditions beside `q`, in the filter language."""
        kind, _dash, key = self.who.partition("-")
        texts = {
            "me": "owner = me",
            "user": f"owner = {key}",
            "team": f"team in ({', '.join(str(t) for t in sorted(below([int(key or 0)], nodes())))})",
        }
        return [texts[kind]] if kind else []

    @property
    def text(self) -> str:
        """The filter in the language of lists."""
        return " and ".join([*self.parts, *([f"({self.q})"] if self.q else [])])

    @cached_property
    def condition(self) -> Q | None:
        """The filter compiled; None where there is none, or where it cannot be read (then `error` says why)."""
        if not self.filtered:
            return None
        try:
            return compile_filter(parse(self.text), vocabulary_of(type_of(self.model)), self.request.asker)
        except BadFilter as bad:
            self.error = str(bad)
            return Q(pk__in=())

    @property
    def words(self) -> str:
        """The further conditions as one reads them aloud; as they were written where they cannot be read."""
        try:
            node = parse(self.q)
            labels = Labels(self.request.formats, _titles(self.request.user))
            parts = sentence(node, vocabulary_of(type_of(self.model)), self.request.asker, labels)
        except BadFilter:
            return self.q
        return " ".join(part.text for part in parts if part.text)

    @property
    def now(self) -> dict[str, Any]:
        """The parts of this board's address."""
        return {"who": self.who, "q": self.q}

    def query(self, **other: Any) -> str:
        """The query string of this board, with some parts exchanged."""
        return urlencode({n: v for n, v in (self.now | other).items() if v})

    def url(self, **other: Any) -> str:
        """The address of this board, with some parts exchanged."""
        query = self.query(**other)
        return f"{self.home}?{query}" if query else self.home

    @cached_property
    def home(self) -> str:
        """The address of the plain board."""
        return reverse("pipeline:board")

    def people(self) -> list[Option]:
        """Whose records one may choose."""
        user = self.request.user
        scope = user.scope(self.model.view_permission())
        found = [Option(_("all I may see"), self.url(who=""), not self.who)]
        found.append(Option(_("me"), self.url(who="me"), self.who == "me"))
        if scope is None or scope.reach is Reach.OWN:
            return found
        teams = Team.objects.visible_to(user).order_by("name")
        if scope.reach is Reach.TEAM:
            teams = teams.filter(pk__in=scope.team_ids)
        found += [
            Option(name, self.url(who=f"team-{pk}"), self.who == f"team-{pk}")
            for pk, name in teams.values_list("pk", "name")[:TEAMS_SHOWN]
        ]
        if self.who.startswith("user-"):
            name = User.objects.visible_to(user).filter(pk=int(self.who[5:])).values_list("name", flat=True).first()
            found.append(Option(name or "—", self.url(), True))
        return found


LAST_USED = "board_pipeline"
"""Cookie that remembers which pipeline's board somebody looked at last."""


def usual_pipeline(request: Any, stages: Stages) -> int | None:
    """The pipeline of a board that names none: the one used last, else the one in which most open opportunities are."""
    known = list(dict.fromkeys(stage.pipeline_id for stage in stages.all))
    last = parse_id(request.COOKIES.get(LAST_USED, ""))
    if last in known or len(known) < 2:
        return last if last in known else (known[0] if known else None)
    open_stages = [stage for stage in stages.all if stage.kind == rules.OPEN]
    sums = sums_of(open_stages, request.user, request.formats.today)
    counts = dict.fromkeys(known, 0)
    for stage in open_stages:
        counts[stage.pipeline_id] += sums[stage.pk].count
    return max(known, key=lambda pk: counts[pk])


@dataclass
class Asked(Narrowed):
    """The board of opportunities that one asks for.

    Attributes:
        pipeline: Its id, None where there is no pipeline yet.
        when: Empty, a period of the filter language such as `this_quarter`, or `late`.
    """

    stages: Stages = field(default_factory=Stages)
    pipeline: int | None = None
    when: str = ""

    @classmethod
    def of(cls, request: Any) -> "Asked":
        """Read the address; what makes no sense is left out."""
        stages = Stages()
        known = [s.pipeline_id for s in stages.all]
        wanted, when = (request.GET.get(n, "") for n in ("pipeline", "when"))
        chosen = parse_id(wanted)
        pipeline = chosen if chosen in known else usual_pipeline(request, stages)
        return cls(
            request,
            asked_who(request),
            request.GET.get("q", "")[:2000],
            stages=stages,
            pipeline=pipeline,
            when=when if when in (*WHEN, LATE) else "",
        )

    @property
    def filtered(self) -> bool:
        """Whether anything but the pipeline is asked for."""
        return bool(self.who or self.when or self.q)

    @property
    def parts(self) -> list[str]:
        """Conditions beside `q`, in the filter language."""
        when = "closes_on < today" if self.when == LATE else f"closes_on in ({self.when})"
        return [*super().parts, *([when] if self.when else [])]

    @property
    def now(self) -> dict[str, Any]:
        """The parts of this board's address."""
        return {"pipeline": self.pipeline, "who": self.who, "when": self.when, "q": self.q}

    @property
    def list_url(self) -> str:
        """The same opportunities as a list."""
        parts = [f"pipeline = {self.pipeline}", "status = open", *([self.text] if self.filtered else [])]
        return reverse("web:list", args=("opportunities",)) + "?" + urlencode({"q": " and ".join(parts)})

    # What the sentence offers ----------------------------------------------------------------------------------------

    def pipelines(self) -> list[Option]:
        """The pipelines one may switch to."""
        seen: dict[int, Pipeline] = {s.pipeline_id: s.pipeline for s in self.stages.all}
        return [Option(p.name, self.url(pipeline=pk), pk == self.pipeline) for pk, p in seen.items()]

    def periods(self) -> list[Option]:
        """When they close."""
        words = {"": _("at any time"), LATE: _("late already"), **{w: str(PERIODS[w]) for w in WHEN}}
        return [Option(label, self.url(when=word), word == self.when) for word, label in words.items()]
