"""What the page of data quality shows."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordina.accounts.writers import LONGEST_QUIET
from coordina.core.actors import Reach
from coordina.core.filters import unparse
from coordina.core.parsing.ids import parse_id
from coordina.core.quality import QUALITY, Concern, Quality
from coordina.core.refusals import Text
from coordina.core.types import TYPES, RecordType
from coordina.records.duplicates.declared import MATCHINGS
from coordina.records.duplicates.pairs import COUNTED, count_open
from coordina.records.grouping import axes_of
from coordina.records.quality.asking import CHECK, FLAW, MISSING, STALE, Asked, Counts, answer, joined
from coordina.records.quality.jobs import look_for_flaws
from coordina.records.quality.marks import looked_at
from coordina.web.access import may_list
from coordina.web.listpage import capital

DAYS = (30, 90, 180, 365)
MOST = 12
"""Groups of a breakdown."""
FRESH = timedelta(minutes=10)
"""Whoever looks later than this after the last look at values asks for another."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for.

    Attributes:
        nouns: Of whose records the person may see some.
        noun: The one that is broken down. by: What by.
        mine: Only what they look after.
    """

    nouns: list[Quality]
    noun: Quality | None
    by: str
    days: int
    mine: bool

    def url(self, **changed: str) -> str:
        """The address of the page with something else asked."""
        now = {"noun": self.noun.of if self.noun else "", "by": self.by, "days": str(self.days)}
        now["mine"] = "1" if self.mine else "0"
        return f"?{urlencode({k: v for k, v in (now | changed).items() if v})}"


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: what it counts, how many, and the list behind it.

    Attributes:
        unknown: Whether nobody has looked yet.
    """

    label: str
    count: int
    text: str
    url: str
    icon: str = ""
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """One noun.

    Attributes:
        full: Completeness, per cent; None of nothing. share: The same for the bar.
        missing: Important fields with how many records lack them.
    """

    known: RecordType
    title: str
    rows: str
    url: str
    full: str
    share: int
    lines: list[Line] = field(default_factory=list)
    missing: list[Line] = field(default_factory=list)
    waiting: bool = False
    as_of: str = ""
    clean: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One group of the breakdown."""

    label: str
    url: str
    rows: str
    full: str
    cells: list[Line]


def asked_in(request: Any) -> Wanted:
    """Read the address; what makes no sense is as if it was not said."""
    nouns = [asked for asked in QUALITY if may_list(request.user, TYPES[asked.of])]
    said = request.GET
    noun = next((asked for asked in nouns if asked.of == said.get("noun")), nouns[0] if nouns else None)
    axes = axes_of(TYPES[noun.of], request.user) if noun is not None else {}
    offered = [name for name in (noun.by if noun is not None else ()) if name in axes]
    by = said.get("by", "") if said.get("by", "") in offered else next(iter(offered), "")
    days = parse_id(said.get("days", ""))
    mine = said["mine"] == "1" if "mine" in said else not _sees_all(request.user)
    usual = request.organization.quiet_days
    return Wanted(nouns, noun, by, days if days is not None and 0 < days <= LONGEST_QUIET else usual, mine)


def _sees_all(user: Any) -> bool:
    """Whether somebody looks after more than their own: then they begin with all of it."""
    scope = user.scope("pipeline.view_opportunity")
    return scope is not None and scope.reach is not Reach.OWN


def page_values(request: Any, wanted: Wanted) -> dict[str, Any]:
    """Everything the page shows."""
    cards = [_card(request, wanted, asked) for asked in wanted.nouns]
    looks = [at for asked in wanted.nouns if asked.flaws for at in [looked_at(asked)] if at is not None]
    if not looks or request.asker.now - min(looks) > FRESH:
        look_for_flaws.using(key=f"quality:{int(request.asker.now.timestamp() // FRESH.total_seconds())}").enqueue()
    return {
        "cards": cards,
        "waiting": any(card.waiting for card in cards),
        "clean": bool(cards) and all(card.clean for card in cards),
        "wanted": wanted,
        "days": [(wanted.url(days=str(n)), _days(n), n == wanted.days) for n in sorted({*DAYS, wanted.days})],
        "days_text": _days(wanted.days),
        "whose": [
            (wanted.url(mine="0"), _("all of them"), not wanted.mine),
            (wanted.url(mine="1"), _("those I look after"), wanted.mine),
        ],
        "looked": _when(request, min(looks)) if looks else "",
        "self_url": wanted.url(),
        **_breakdown(request, wanted),
    }


def _days(count: int) -> str:
    return ngettext("%(days)d day", "%(days)d days", count) % {"days": count}


def _when(request: Any, at: datetime) -> str:
    return str(request.formats.relative(at, request.asker.now))


def _asked(request: Any, wanted: Wanted, asked: Quality, by: str = "") -> Asked:
    return Asked(asked, request.asker, wanted.days, by, wanted.mine)


def _card(request: Any, wanted: Wanted, asked: Quality) -> Card:
    question = _asked(request, wanted, asked)
    found = answer(question)
    known, whole = TYPES[asked.of], found.all
    missing = _missing(request, question, whole)
    lines = _lines(request, question, whole) + _twins(request, question)
    full = whole.completeness(len(missing)) if missing else None
    return Card(
        known,
        capital(known.plural),
        request.formats.integer(whole.rows),
        _list(question),
        request.formats.percent(full, 0) if full is not None else "",
        int(full or 0),
        lines,
        sorted((line for line in missing if line.count), key=lambda line: -line.count),
        found.waiting,
        _when(request, found.worked_at) if found.worked_at is not None else "",
        not found.waiting and not any(line.count or line.unknown for line in (*lines, *missing)),
    )


def _named(question: Asked) -> list[tuple[str, Text, str]]:
    """What has to be looked at, in order: code, words, icon. Owner and next step, stale, then what is wrong."""
    asked = question.quality
    checks = {concern: [c for c in asked.checks if c.concern is concern] for concern in Concern}
    stale = _("Nothing has happened for %(days)s") % {"days": _days(question.days)}
    found: list[tuple[str, Text, str]] = [
        (f"{CHECK}.{c.name}", c.label, c.icon) for c in (*checks[Concern.OWNER], *checks[Concern.STEP])
    ]
    found += [(STALE, stale, "hourglass")]
    found += [(f"{CHECK}.{c.name}", c.label, c.icon) for c in checks[Concern.WRONG]]
    found += [(f"{FLAW}.{flaw.name}", flaw.label, "alert-triangle") for flaw in asked.flaws]
    return [one for one in found if one[0] in question.texts]


def _lines(request: Any, question: Asked, counts: Counts, inside: str = "") -> list[Line]:
    """The figures of all rows, or of those that meet a further condition."""
    return [_line(request, question, counts, *one, inside) for one in _named(question)]


def _line(
    request: Any, question: Asked, counts: Counts, code: str, label: Text, icon: str = "", inside: str = ""
) -> Line:
    count = counts.found.get(code, 0)
    url = _list(question, inside, question.texts[code])
    return Line(str(label), count, request.formats.integer(count), url, icon, _unknown(question, code))


def _unknown(question: Asked, code: str) -> bool:
    """Whether values have to be looked at first, and were not."""
    return code.startswith(f"{FLAW}.") and not question.looked


def _missing(request: Any, question: Asked, counts: Counts) -> list[Line]:
    """Each important field with how many records lack it."""
    fields = question.known.fields
    codes = [code for code in question.texts if code.startswith(f"{MISSING}.")]
    return [_line(request, question, counts, code, capital(fields[code.partition(".")[2]].label)) for code in codes]


def _twins(request: Any, question: Asked) -> list[Line]:
    """Pairs that may be one, of those the person sees both."""
    kind = MATCHINGS.get(question.known.name)
    if kind is None or question.mine:
        return []
    count = count_open(kind, request.user)
    text = request.formats.integer(min(count, COUNTED)) + ("+" if count > COUNTED else "")
    return [
        Line(_("Possible duplicates"), count, text, reverse("web:duplicates_of", args=(question.known.url,)), "copy")
    ]


def _list(question: Asked, *more: str) -> str:
    """The list with exactly the records of a figure."""
    query = joined(question.base, *more)
    home = reverse("web:list", args=(question.known.url,))
    return f"{home}?{urlencode({'q': query})}" if query else home


def _breakdown(request: Any, wanted: Wanted) -> dict[str, Any]:
    """One noun by one of its fields: the groups with most to do first."""
    if wanted.noun is None or not wanted.by:
        return {}
    question = _asked(request, wanted, wanted.noun, wanted.by)
    axis = question.axis
    assert axis is not None
    found = answer(question)
    groups = sorted(found.groups, key=lambda group: (-_weight(group), -group.rows))[:MOST]
    labels = axis.labels([group.key for group in groups], request.formats)
    fields = axes_of(question.known, request.user)
    return {
        "heads": [str(label) for _code, label, _icon in _named(question)],
        "rows": [_row(request, question, group, labels[group.key], axis) for group in groups],
        "noun_title": capital(question.known.plural),
        "by_label": str(axis.field.label),
        "tabs": [(wanted.url(noun=a.of, by=""), capital(TYPES[a.of].plural), a is wanted.noun) for a in wanted.nouns],
        "bys": [(wanted.url(by=name), str(fields[name].field.label), name == wanted.by)
                for name in wanted.noun.by if name in fields],
        "group_waiting": found.waiting,
    }  # fmt: skip


def _weight(group: Counts) -> int:
    """How much there is to do in a group."""
    return sum(count for code, count in group.found.items() if not code.startswith(f"{MISSING}."))


def _row(request: Any, question: Asked, group: Counts, label: str, axis: Any) -> Row:
    inside = unparse(axis.node(group.key))
    important = sum(code.startswith(f"{MISSING}.") for code in question.texts)
    full = group.completeness(important) if important else None
    text = request.formats.percent(full, 0) if full is not None else ""
    cells = _lines(request, question, group, inside)
    return Row(label, _list(question, inside), request.formats.integer(group.rows), text, cells)
