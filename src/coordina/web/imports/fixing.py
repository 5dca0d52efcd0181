"""The troubles of a checked file on its review: each with what can be done about it, for all rows that meet it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from coordina.core.refusals import Conflict, NotFound, Text
from coordina.core.types import Kind, RecordType
from coordina.records.importing.plan import NEW
from coordina.records.importing.remedies import KEEP, MAKE, MAPPED, REFUSE, Remedy, apply, wrong_texts
from coordina.records.importing.targets import Target
from coordina.records.importing.troubles import Trouble, Way, troubles_in
from coordina.records.models import ImportRun, RunState
from coordina.web.imports import going
from coordina.web.imports.choosing import DECIMALS, ORDERS, ColumnsPage
from coordina.web.listpage import capital

BLOCKS = 20
LINES = 12
"""Troubles, and cells of each, that a page shows."""
TITLES: Mapping[Way, Text] = {
    Way.REFERENCE: gettext_lazy("does not exist here"),
    Way.OPTION: gettext_lazy("none of the options"),
    Way.UNREADABLE: gettext_lazy("cannot be read"),
    Way.REFUSED: gettext_lazy("not accepted"),
    Way.MISSING: gettext_lazy("is missing"),
    Way.ONLY_CREATES: gettext_lazy("It is there already, and this import only creates."),
    Way.ONLY_UPDATES: gettext_lazy("There is no record that these rows could update."),
}


@dataclass(slots=True)
class Line:
    """One cell of a trouble.

    Attributes:
        options: What it may be said to mean; empty where a text is typed instead.
        value: What was chosen or typed and not taken yet.
        error: What is wrong with that.
    """

    name: str
    text: str
    rows: str
    says: str
    options: list[tuple[str, str]] = field(default_factory=list)
    value: str = ""
    error: str = ""


@dataclass(slots=True)
class Block:
    """One trouble.

    Attributes:
        label: Of the field; empty where it is about whole rows.
        buttons: What can be done for all of its rows: value, words, icon.
        asked: The line that asks what the rows get, where they say nothing.
    """

    number: int
    trouble: Trouble
    label: str
    title: Text
    rows: int
    rows_text: str
    buttons: list[tuple[str, Text, str]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    asked: Line | None = None
    more: str = ""


@require_POST
def fix(request: Any, pk: int) -> HttpResponse:
    """Take what was decided about the troubles of a file, and check it again; a text that is wrong is said at once."""
    from coordina.web.imports.reviewing import review_values
    from coordina.web.imports.showing import frame

    run = going.own_run(request.user, pk)
    known = going.known_of(run)
    if known is None or run.state != RunState.CHECKED:
        raise NotFound
    if request.POST.get("mark") != mark_of(run):
        raise Conflict(_("This import has gone on meanwhile. Look where it is now."))
    remedies = said_in(run, request.POST)
    wrong = wrong_texts(run, remedies)
    if wrong:
        show = "note" if request.POST.get("show") == "note" else "error"
        values = frame(request, run) | review_values(request, run, known, show, 0)
        values["blocks"] = blocks_of(request, run, known, note=show == "note", wrong=wrong)
        return render(request, "web/imports/review.html", values, status=422)
    apply(run, remedies)
    whole = going.whole(run)
    going.move(whole, RunState.CHECKING, RunState.MAPPING, RunState.CHECKED)
    return redirect("web:import_run", whole.pk)


def mark_of(run: ImportRun) -> str:
    """Changes with every check, so that a page of an older one is told from this one's."""
    return str(going.whole(run).job_id or 0)


def said_in(run: ImportRun, sent: Mapping[str, str]) -> list[Remedy]:
    """What the page sent back: what was chosen or typed at cells, and the button that was pressed."""
    number, _colon, pressed = sent.get("do", "").partition(":")
    found: list[Remedy] = []
    for place, trouble in enumerate(troubles_in(run.samples)):
        for line, text in enumerate(trouble.cells):
            if said := sent.get(f"c-{place}-{line}", "").strip()[:500]:
                found.append(Remedy(trouble.way, trouble.field, text, said))
        if said := sent.get(f"a-{place}", "").strip()[:500]:
            found.append(Remedy(trouble.way, trouble.field, "", said))
        if number == str(place) and pressed:
            found.append(Remedy(trouble.way, trouble.field, "", pressed))
    return found


def blocks_of(
    request: Any, run: ImportRun, known: RecordType, *, note: bool, wrong: Mapping[tuple[str, str], str] | None = None
) -> list[Block]:
    """The troubles that leave rows out, or those that were kept under other data, the most frequent first.

    Args:
        wrong: What is wrong with what was typed; then what was sent is shown again.
    """
    page = ColumnsPage(run, known, request.user)
    found: list[Block] = []
    for place, trouble in enumerate(troubles_in(run.samples)):
        if trouble.note is note and len(found) < BLOCKS:
            found.append(_block(request, page, place, trouble, wrong))
    return found


def _block(request: Any, page: ColumnsPage, place: int, trouble: Trouble, wrong: Any) -> Block:
    formats = request.formats
    target = page.targets.get(trouble.field)
    label = capital(target.field.label) if target is not None else ""
    block = Block(place, trouble, label, TITLES[trouble.way], trouble.rows, formats.integer(trouble.rows))
    stored = next((c for c in page.run.columns if c["target"] == trouble.field and trouble.field), None)
    block.buttons = _buttons(page, trouble, target, stored)
    if trouble.way is Way.MISSING and target is not None:
        block.asked = _asked(page, place, target)
    elif stored is not None and target is not None:
        block.lines = _lines(page, place, trouble, target, stored, formats)
        left = trouble.more + len(trouble.cells) - len(block.lines)
        block.more = formats.integer(left) if left else ""
    if wrong is not None:
        for line in (*block.lines, *([block.asked] if block.asked else [])):
            line.value = request.POST.get(line.name, "")
            line.error = wrong.get((trouble.field, line.text), "")
    return block


def _buttons(
    page: ColumnsPage, trouble: Trouble, target: Target | None, stored: Mapping[str, Any] | None
) -> list[tuple[str, Text, str]]:
    """What can be done at once for all rows of a trouble."""
    if trouble.way is Way.ONLY_CREATES:
        return [("upsert", _("Update them, too"), "refresh")]
    if trouble.way is Way.ONLY_UPDATES:
        return [("upsert", _("Create them, too"), "plus")]
    if target is None or stored is None:
        return []
    if trouble.note:
        return [(REFUSE, _("Leave these rows out"), "x")]
    found: list[tuple[str, Text, str]] = []
    if trouble.way is Way.REFERENCE and page.can_make(target) and not stored.get("by_id"):
        found.append((MAKE, _("Create all of them"), "plus"))
    digits = trouble.way is Way.UNREADABLE and any(c.isdigit() for text in trouble.cells for c in text)
    if digits and target.field.kind in (Kind.DATE, Kind.DATETIME):
        found += [(f"order:{k}", _("Read days like %(example)s") % {"example": t}, "refresh")
                  for k, t in ORDERS if k != stored["order"]]  # fmt: skip
    if digits and target.field.kind in (Kind.MONEY, Kind.DECIMAL, Kind.PERCENT, Kind.INTEGER):
        found += [(f"decimal:{k}", _("Read numbers like %(example)s") % {"example": t}, "refresh")
                  for k, t in DECIMALS if k != stored["decimal"]]  # fmt: skip
    if not target.field.required or target.name in page.known.writer.fills:
        found.append((KEEP, _("Leave the field empty"), "minus"))
    return found


def _lines(
    page: ColumnsPage, place: int, trouble: Trouble, target: Target, stored: Mapping[str, Any], formats: Any
) -> list[Line]:
    shown = list(trouble.cells.items())[:LINES]
    lines = [
        Line(f"c-{place}-{n}", text, formats.integer(cell.rows), cell.says) for n, (text, cell) in enumerate(shown)
    ]
    if target.field.kind in MAPPED:
        first = ("", _("Keep under other data") if trouble.note else _("Leave the rows out"))
        values = page.values_of(target, stored, {text: cell.rows for text, cell in shown})
        for line, value in zip(lines, values, strict=True):
            rest = [option for option in value.options if option[0]]
            if target.field.kind is Kind.REF and page.can_make(target):
                rest.insert(0, (NEW, _("Create “%(text)s”") % {"text": line.text[:40]}))
            line.options, line.says = [first, *rest], line.says if trouble.way is Way.REFUSED else ""
    return lines


def _asked(page: ColumnsPage, place: int, target: Target) -> Line:
    """What rows without a value of a field get."""
    line = Line(f"a-{place}", "", "", "")
    if target.field.kind is Kind.REF and target.field.to is not None:
        line.options = [("", _("Leave the rows out")), *page.offered(target)]
    elif target.field.choices:
        line.options = [("", _("Leave the rows out")), *((str(v), str(label)) for v, label in target.field.choices)]
    return line
