"""What the review shows: counts by verdict, some rows of each, and the reasons of those that cannot be used."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordina.accounts.models import User
from coordina.core.formats import Formats
from coordina.core.images import encode
from coordina.core.refusals import Text
from coordina.core.types import Field, Kind, RecordType
from coordina.records.importing.checking import MOST_MADE
from coordina.records.importing.targets import by_name
from coordina.records.models import ImportProblem, ImportRun
from coordina.web.duplicates.importing import twin_values
from coordina.web.imports.choosing import ColumnsPage
from coordina.web.imports.fixing import blocks_of, mark_of
from coordina.web.imports.keeping import remember_values
from coordina.web.listpage import capital
from coordina.web.values import shown_text

PAGE = 100
"""Problems on one page."""
FACTS = 6
"""Fields of a sample row that are shown."""


@dataclass(slots=True)
class Change:
    """One field of a sample row."""

    label: str
    old: str
    new: str
    made: bool = False


@dataclass(slots=True)
class Sample:
    """A row of the file and what becomes of it."""

    number: int
    title: str
    url: str = ""
    changes: list[Change] = field(default_factory=list)
    other: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """One counted filter."""

    key: str
    label: Text
    count: int
    text: str
    icon: str
    tone: str
    fill: str


def verdicts_of(run: ImportRun, formats: Formats) -> list[Verdict]:
    """The counted filters of a checked run."""
    counts = run.counts
    made = sum(counts.get("made", {}).values())
    kinds: tuple[tuple[str, Text, int, str, str, str], ...] = (
        ("new", _("New rows"), counts.get("new", 0), "plus", "good", "good"),
        ("update", _("Updated"), counts.get("update", 0), "refresh", "acc", "s3"),
        ("same", _("Unchanged"), counts.get("same", 0), "check", "", ""),
        ("made", _("Also created"), made, "copy", "acc", ""),
        ("twin", _("Possible duplicates"), counts.get("twin", 0), "copy", "warn", ""),
        ("note", _("Left under other data"), counts.get("note", 0), "help-circle", "warn", ""),
        ("error", _("With errors"), counts.get("error", 0), "alert-triangle", "bad", "bad"),
    )
    shown = [kind for kind in kinds if kind[0] not in ("same", "note") or kind[2]]
    more = "+" if any(many >= MOST_MADE for many in counts.get("made", {}).values()) else ""
    texts = {key: formats.integer(n) + (more if key == "made" else "") for key, _label, n, *_look in shown}
    return [Verdict(key, label, n, texts[key], *look) for key, label, n, *look in shown]


class Samples:
    """The sample rows of a run, with names in place of ids.

    Args:
        run: Checked.
        known: Its record type.
        user: Who looks; records they may not see have no name.
    """

    def __init__(self, run: ImportRun, known: RecordType, user: User, formats: Formats) -> None:
        self.run, self.known, self.user, self.formats = run, known, user, formats
        self.fields: dict[str, Field] = {name: t.field for name, t in by_name(known, user).items()}
        self.names: dict[str, dict[int, str]] = {}

    def rows(self, verdict: str) -> list[Sample]:
        """The samples of one verdict."""
        stored: list[dict[str, Any]] = self.run.samples.get(verdict, [])
        self._load_names(stored)
        here = self._records({one["of"] for one in stored if one["of"] is not None})
        return [self._sample(one, here.get(one["of"])) for one in stored]

    def made(self) -> list[tuple[str, str, list[str], bool]]:
        """Records that will be made because rows refer to them: label, how many, some names, whether there are more."""
        counts: Mapping[str, int] = self.run.counts.get("made", {})
        names: Mapping[str, list[str]] = self.run.samples.get("made", {})
        return [
            (
                capital(self._label(name)),
                self.formats.integer(count) + ("+" if count >= MOST_MADE else ""),
                names.get(name, []),
                count > len(names.get(name, [])),
            )
            for name, count in counts.items()
        ]

    def _label(self, name: str) -> Text:
        found = self.fields.get(name)
        return found.label if found is not None else name

    def _records(self, keys: set[int]) -> dict[int, Any]:
        rows: Any = self.known.model.objects
        return dict(rows.visible_to(self.user).in_bulk(keys)) if keys else {}

    def _load_names(self, stored: list[dict[str, Any]]) -> None:
        for name, known in self.fields.items():
            if known.kind is Kind.REF and known.to is not None:
                keys = {one["values"][name] for one in stored if isinstance(one["values"].get(name), int)}
                rows: Any = known.to.objects.visible_to(self.user).filter(pk__in=keys)
                found = rows.values_list("pk", known.to.title_column) if keys else ()
                self.names[name] = {pk: str(title) for pk, title in found}

    def _sample(self, stored: dict[str, Any], obj: Any) -> Sample:
        values: dict[str, Any] = stored["values"]
        title = str(getattr(obj, self.known.title, "") or values.get(self.known.title, ""))
        url = reverse("web:detail", args=(self.known.url, obj.pk)) if obj is not None and not self.known.within else ""
        sample = Sample(stored["row"], title, url, other=stored["other"])
        for name, value in values.items():
            if name != self.known.title or obj is not None:
                change = self._change(name, value, obj)
                if change is not None:
                    sample.changes.append(change)
        for name, text in stored["pending"].items():
            sample.changes.append(Change(capital(self._label(name)), "", text, made=True))
        sample.changes = sample.changes[: FACTS * 2]
        return sample

    def _change(self, name: str, value: Any, obj: Any) -> Change | None:
        known = self.fields.get(name)
        if known is None:
            return None
        old = None
        columns = {f.name: f.attname for f in obj._meta.concrete_fields} if obj is not None else {}
        if name in columns:
            old = encode(getattr(obj, columns[name]))
            if old == value:
                return None
        return Change(capital(known.label), self._text(known, old, obj, name), self._text(known, value, None, name))

    def _text(self, known: Field, value: Any, obj: Any, name: str) -> str:
        if value in (None, ""):
            return ""
        if known.kind is Kind.REF:
            if obj is not None:
                return str(getattr(obj, name, "") or "")
            return self.names.get(name, {}).get(value, "") if isinstance(value, int) else str(value)
        return shown_text(known, value, self.formats)[:120]


@dataclass(frozen=True, slots=True)
class Problem:
    """A reason with the rows it holds."""

    label: str
    text: str
    rows: int
    first: int


def problems_of(run: ImportRun, after: int) -> tuple[list[ImportProblem], int]:
    """A page of the rows left out, and the row number after which the next page begins; 0 for none."""
    found = list(ImportProblem.objects.filter(run=run, number__gt=after).order_by("number")[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].number if len(found) > PAGE else 0


def reasons_of(run: ImportRun) -> list[Problem]:
    """The reasons that hold more than one row, the most frequent first."""
    rows = ImportProblem.objects.filter(run=run).values("reasons").annotate(n=Count("pk"), first=Min("number"))
    found = []
    for row in rows.order_by("-n", "first")[:20]:
        label, text = (row["reasons"] or [["", ""]])[0]
        found.append(Problem(label, text, row["n"], row["first"]))
    return found


def review_values(request: Any, run: ImportRun, known: RecordType, show: str, after: int) -> dict[str, Any]:
    """What the page shows.

    Args:
        show: Verdict to look at; the first that occurs where it is none.
        after: Problems of rows behind this one.
    """
    verdicts = verdicts_of(run, request.formats)
    if show not in {v.key for v in verdicts}:
        show = next((v.key for v in verdicts if v.count), "new")
    samples = Samples(run, known, request.user, request.formats)
    problems, more = problems_of(run, after) if show == "error" else ([], 0)
    blocks = blocks_of(request, run, known, note=show == "note") if show in ("error", "note") and not after else []
    usable = run.counts.get("new", 0) + run.counts.get("update", 0)
    text = ngettext("Import %(count)s row", "Import %(count)s rows", usable)
    return {
        "verdicts": verdicts,
        "show": show,
        "made": samples.made() if show == "made" else [],
        "samples": samples.rows(show) if show in ("new", "update", "same") else [],
        "problems": problems,
        "more": more,
        "reasons": reasons_of(run) if show == "error" and not after and not blocks else [],
        "blocks": blocks,
        "mark": mark_of(run),
        "usable": usable,
        "verb": text % {"count": request.formats.integer(usable)},
        "bar": [(v.count, v.fill) for v in verdicts if v.fill and v.count],
        "page": ColumnsPage(run, known, request.user),
        **remember_values(run, request.user),
        **(twin_values(run, known, request.user, request.formats, after) if show == "twin" else {}),
    }
