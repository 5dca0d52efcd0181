"""What the cockpit shows to one person: their matters by quadrant, follow-ups, figures, and what changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coordina.activity.alerts import queries
from coordina.activity.alerts.queries import MOST, Matter
from coordina.activity.alerts.tuning import tuning
from coordina.core.actors import Reach
from coordina.core.addresses import address
from coordina.core.refusals import Text
from coordina.core.types import type_of
from coordina.core.watchers import WATCHERS, Quadrant, Row, Tuning, Watcher

SHOWN = 6
"""Matters of a quadrant before the link to all of them."""
FOLLOW_UPS = 8
DUE = "pipeline.next_step_due"

NAMES: dict[Quadrant, tuple[str, Text, Text]] = {
    Quadrant.DO: ("do", gettext_lazy("Do now"), gettext_lazy("urgent and important")),
    Quadrant.PLAN: ("plan", gettext_lazy("Plan"), gettext_lazy("important")),
    Quadrant.DELEGATE: ("delegate", gettext_lazy("Delegate"), gettext_lazy("urgent")),
    Quadrant.DROP: ("drop", gettext_lazy("Drop"), gettext_lazy("neither")),
}
"""Segment of the address, name, and axes of each quadrant."""
NOTHING: dict[Quadrant, Text] = {
    Quadrant.DO: gettext_lazy("Nothing urgent. A good moment to plan."),
    Quadrant.PLAN: gettext_lazy("Nothing important waits for its day."),
    Quadrant.DELEGATE: gettext_lazy("Nothing to hand on."),
    Quadrant.DROP: gettext_lazy("Nothing to let go."),
}
WHOSE: dict[Reach, tuple[str, Text]] = {
    Reach.ALL: ("all", gettext_lazy("Everybody")),
    Reach.TEAM: ("team", gettext_lazy("My team")),
    Reach.OWN: ("mine", gettext_lazy("Mine only")),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One matter with its record."""

    matter: Matter
    row: Row


@dataclass(frozen=True, slots=True)
class Part:
    """A quadrant as the page shows it, or all matters of one kind.

    Attributes:
        quadrant: None where they are of one kind and of every quadrant.
        count: How many matters; «99+» beyond what is looked at.
        more: Address of all of them; empty where all are shown.
    """

    quadrant: Quadrant | None
    slug: str
    name: Text
    axes: Text
    count: str
    shown: list[Shown]
    nothing: Text
    more: str = ""
    more_text: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """Whose matters one may look at."""

    label: Text
    url: str
    current: bool


@dataclass(slots=True)
class Cockpit:
    """The whole page but the figures.

    Attributes:
        query: Of the address: what every button sends back.
        only: The quadrant that stands alone; None for all four.
        kind: The kind of matter that stands alone.
        listed: Address of the list with the same records; empty where there is none.
        crowded: Whether a quadrant holds more than is looked at.
    """

    parts: list[Part]
    follow_ups: list[Shown]
    choices: list[Choice]
    said: Tuning
    query: str
    only: Quadrant | None
    total: int
    urgent: int
    whose: Reach = field(default=Reach.OWN)
    kind: Watcher | None = None
    listed: str = ""
    crowded: bool = False

    @property
    def alone(self) -> bool:
        """Whether one list stands instead of the four quadrants."""
        return self.only is not None or self.kind is not None


def asked_reach(asked: str, reach: Reach) -> Reach:
    """Whose matters are shown: as asked, no further than one may see; without asking as far as that."""
    for each, (slug, _label) in WHOSE.items():
        if slug == asked and queries.RANK.index(each) <= queries.RANK.index(reach):
            return each
    return reach


def cockpit(request: Any, asked: Mapping[str, str]) -> Cockpit:
    """Read the page.

    Args:
        request: Who looks, in which way of writing.
        asked: The address' parameters `who` and `only`.
    """
    user = request.user
    reach = queries.reach_of(user) or Reach.OWN
    whose = asked_reach(asked.get("who", ""), reach)
    said_whose = whose if whose is not reach else None
    kind = kind_of(user, asked.get("kind", ""))
    if kind is not None:
        return _of_one_kind(request, kind, whose, said_whose, reach)
    only = next((q for q, (slug, *_rest) in NAMES.items() if slug == asked.get("only")), None)
    query = _query(said_whose, only)
    found = queries.quadrants(user, whose)
    most = MOST if only is not None else SHOWN
    due = queries.of_kind(user, DUE, whose, FOLLOW_UPS)
    rows = queries.facts_of(user, [m for q, part in found.items() if only in (None, q) for m in part[:most]] + due)
    parts = [_part(q, found[q], rows, most, said_whose, only) for q in Quadrant]
    return Cockpit(
        parts=[part for part in parts if only in (None, part.quadrant)],
        follow_ups=[Shown(m, rows[m.key]) for m in due if m.key in rows],
        choices=_choices(reach, whose),
        said=tuning(),
        query=query,
        only=only,
        total=sum(len(part) for part in found.values()),
        urgent=len(found[Quadrant.DO]),
        whose=whose,
        crowded=any(len(part) >= MOST for part in found.values()),
    )


def kind_of(user: Any, name: str) -> Watcher | None:
    """The watcher of this name, where the person may see what it watches."""
    known = WATCHERS.get(name)
    return known if known is not None and user.may(known.of.view_permission()) else None


def kind_url(kind: Watcher, who: str) -> str:
    """Address of the page with all matters of one kind."""
    whose = next((each for each, (slug, _label) in WHOSE.items() if slug == who), None)
    return address("web:home") + _query(whose, None, kind)


def _of_one_kind(request: Any, kind: Watcher, whose: Reach, said_whose: Reach | None, reach: Reach) -> Cockpit:
    """The page with all matters of one kind instead of the quadrants."""
    matters, count = queries.weightiest(request.user, kind, whose)
    rows = queries.facts_of(request.user, matters)
    shown = [Shown(m, rows[m.key]) for m in matters if m.key in rows]
    axes = _("the %(count)s weightiest") % {"count": len(shown)} if count > len(shown) else ""
    text = request.formats.integer(count)
    return Cockpit(
        parts=[Part(None, "kind", kind.label, axes, text, shown, gettext_lazy("None of this kind."))],
        follow_ups=[],
        choices=_choices(reach, whose, kind),
        said=tuning(),
        query=_query(said_whose, None, kind),
        only=None,
        total=count,
        urgent=count,
        whose=whose,
        kind=kind,
        listed=f"{address('web:list', type_of(kind.of).url)}?{urlencode({'q': kind.listed})}" if kind.listed else "",
    )


def _query(whose: Reach | None, only: Quadrant | None, kind: Watcher | None = None) -> str:
    said = [f"who={WHOSE[whose][0]}"] if whose is not None else []
    said += [f"only={NAMES[only][0]}"] if only is not None else []
    said += [f"kind={kind.name}"] if kind is not None else []
    return f"?{'&'.join(said)}" if said else ""


def _part(
    quadrant: Quadrant,
    matters: list[Matter],
    rows: Mapping[tuple[str, int], Row],
    most: int,
    whose: Reach | None,
    only: Quadrant | None,
) -> Part:
    slug, name, axes = NAMES[quadrant]
    shown = [Shown(m, rows[m.key]) for m in matters[:most] if m.key in rows]
    count = str(len(matters)) if len(matters) < MOST else f"{MOST - 1}+"
    more = address("web:home") + _query(whose, quadrant) if len(matters) > most and only is None else ""
    text = _("See all %(count)s") if len(matters) < MOST else _("See the first %(count)s")
    return Part(quadrant, slug, name, axes, count, shown, NOTHING[quadrant], more, text % {"count": len(matters)})


def _choices(reach: Reach, whose: Reach, kind: Watcher | None = None) -> list[Choice]:
    """Everybody, the team, oneself: as far as one sees."""
    offered = [each for each in WHOSE if queries.RANK.index(each) <= queries.RANK.index(reach)]
    if len(offered) == 1:
        return []
    home = address("web:home")
    return [Choice(WHOSE[each][1], home + _query(each, None, kind), each is whose) for each in offered]


def lead_of(page: Cockpit) -> str:
    """The sentence under the title."""
    if page.kind is not None:
        return ngettext("%(count)s of this kind.", "%(count)s of this kind.", page.total) % {
            "count": page.parts[0].count
        }
    if not page.total:
        return _("Nothing waits for you.")
    if page.crowded:
        return _("There are more matters than one takes one by one: take them by kind.")
    if not page.urgent:
        return _("Nothing is burning. A good moment to plan.")
    return ngettext("%(count)s matter is for now.", "%(count)s matters are for now.", page.urgent) % {
        "count": page.urgent
    }


def type_name(matter: Matter) -> str:
    """Name of the record type that a matter is about."""
    return type_of(matter.kind.of).name


def state_of(matter: Matter, names: Mapping[int, str], formats: Any) -> str:
    """Why a matter is out of sight."""
    if matter.closed:
        return _("closed")
    if matter.aside_until is not None and matter.quadrant is None:
        return _("put off until %(day)s") % {"day": formats.day(matter.aside_until)}
    return _("with %(name)s") % {"name": names.get(matter.holder_id or 0, "")}
