"""How lists show a lead's stage, status, what comes next, and how long the first touch took."""

from typing import Any

from django.utils.html import escape
from django.utils.translation import gettext as _

from coordina.core.cells import CELLS, Cell, CellContext
from coordina.leads import rules
from coordina.leads.enums import OPEN, Status
from coordina.leads.stages import place_of
from coordina.pipeline.cells import step_on

OF = "lead"


def stage(values: tuple[Any, ...], context: CellContext) -> str:
    """The thread with the name of the stage; the ends as badges."""
    key, name, status = values
    if status == rules.CONVERTED:
        return str(context.pieces.badge(name, "good", "check"))
    if status == rules.DISQUALIFIED:
        return str(context.pieces.badge(name))
    return str(context.pieces.stage(*place_of(key), name))


def status(values: tuple[Any, ...], context: CellContext) -> str:
    """Open states in words, the ends as badges."""
    label = Status(values[0]).label
    if values[0] in OPEN:
        return str(escape(label))
    tone, icon = ("good", "check") if values[0] == rules.CONVERTED else ("", "")
    return str(context.pieces.badge(label, tone, icon))


def next_step(values: tuple[Any, ...], context: CellContext) -> str:
    """What comes next and when; red where that day has passed, amber where an open lead has none."""
    step, on, state = values
    if not step:
        return f'<span class="missing">{escape(_("No next step"))}</span>' if state in OPEN else ""
    if on is None:
        return str(escape(step))
    late = state in OPEN and on < context.formats.today
    return step_on(step, on, context, late=late)


def touch(values: tuple[Any, ...], context: CellContext) -> str:
    """The time to the first touch, in the unit that people say."""
    return str(escape(spoken(values[0], context.formats))) if values[0] is not None else ""


def spoken(minutes: int, formats: Any) -> str:
    """Minutes as people say them: minutes below two hours, hours below two days, else days."""
    if minutes < 120:
        return _("%(count)s min") % {"count": formats.integer(minutes)}
    if minutes < 2880:
        return _("%(count)s h") % {"count": formats.integer(round(minutes / 60))}
    return str(formats.days(round(minutes / 1440)))


CELLS.add((OF, "stage"), Cell(("stage_id", "stage__name", "status"), stage, "line"))
CELLS.add((OF, "status"), Cell(("status",), status))
CELLS.add((OF, "next_step"), Cell(("next_step", "next_step_on", "status"), next_step, "line"))
CELLS.add((OF, "touch_minutes"), Cell(("touch_minutes",), touch))
