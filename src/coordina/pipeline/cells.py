"""How lists show a stage, a status, what comes next, and a day that has passed."""

from datetime import date
from typing import Any

from django.utils.html import escape
from django.utils.translation import gettext as _

from coordina.core.cells import CELLS, Cell, CellContext
from coordina.pipeline import rules
from coordina.pipeline.enums import Status
from coordina.pipeline.stages import place_of

OF = "opportunity"


def stage(values: tuple[Any, ...], context: CellContext) -> str:
    """The thread with the name of the stage; the ends as badges."""
    key, name, status = values
    if status == rules.WON:
        return str(context.pieces.badge(name, "good", "check"))
    if status == rules.LOST:
        return str(context.pieces.badge(name))
    return str(context.pieces.stage(*place_of(key), name))


def status(values: tuple[Any, ...], context: CellContext) -> str:
    """Open in words, won and lost as badges."""
    label = Status(values[0]).label
    if values[0] == rules.OPEN:
        return str(escape(label))
    tone, icon = ("good", "check") if values[0] == rules.WON else ("", "")
    return str(context.pieces.badge(label, tone, icon))


def next_step(values: tuple[Any, ...], context: CellContext) -> str:
    """What comes next and when; red where that day has passed, amber where an open opportunity has none."""
    step, on, state = values
    if not step:
        return f'<span class="missing">{escape(_("No next step"))}</span>' if state == rules.OPEN else ""
    if on is None:
        return str(escape(step))
    late = state == rules.OPEN and on < context.formats.today
    return step_on(step, on, context, late=late)


def step_on(step: str, on: date, context: CellContext, *, late: bool) -> str:
    """The day before what is to be done on it, so that a narrow column cuts words and no day; red where it passed."""
    day, words = escape(context.formats.day(on)), escape(step)
    if late:
        sign = context.pieces.icon("alert-triangle", "xs")
        return f'<span class="bad">{sign} <b class="strong">{day}</b> {words}</span>'
    return f'<span class="quiet">{day}</span> {words}'


def closes_on(values: tuple[Any, ...], context: CellContext) -> str:
    """The expected close; red where it has passed and nothing closed."""
    day, state = values
    text = escape(context.formats.date_short(day))
    late = day is not None and state == rules.OPEN and day < context.formats.today
    return f'<span class="bad strong">{text}</span>' if late else str(text)


CELLS.add((OF, "stage"), Cell(("stage_id", "stage__name", "status"), stage, "line"))
CELLS.add((OF, "status"), Cell(("status",), status))
CELLS.add((OF, "next_step"), Cell(("next_step", "next_step_on", "status"), next_step, "line"))
CELLS.add((OF, "closes_on"), Cell(("closes_on", "status"), closes_on, "date"))
