"""How webhooks show what the kind of a field does not say."""

from html import escape
from typing import Any

from django.utils.translation import gettext as _

from coordina.core.cells import CELLS, Cell, CellContext
from coordina.core.types import TYPES
from coordina.hooks.models import Status, Stopped
from coordina.hooks.names import EVERYTHING, happenings


def words_of(events: list[str]) -> list[str]:
    """Events as people read them: «Opportunity: won»."""
    found = []
    for name in events:
        noun, _dot, last = name.partition(".")
        known = TYPES.get(noun)
        if name == EVERYTHING:
            found.append(_("everything"))
        elif known is None:
            found.append(name)
        else:
            label = str(known.label)
            said = next((each.label for each in happenings(known) if each.last == last), "")
            what = said or _("everything")
            found.append(f"{label[:1].upper()}{label[1:]}: {what}")
    return found


def events(values: tuple[Any, ...], context: CellContext) -> str:
    """The events in words."""
    return escape(", ".join(words_of(values[0] or [])))


def status(values: tuple[Any, ...], context: CellContext) -> str:
    """Whether it sends; and where Coordina stopped it, why."""
    now, stopped = values
    if stopped:
        return str(context.pieces.badge(str(Stopped(stopped).label), "bad"))
    return str(context.pieces.badge(str(Status(now).label), "good" if now == Status.ACTIVE else "warn"))


CELLS.add(("webhook", "events"), Cell(("events",), events))
CELLS.add(("webhook", "status"), Cell(("status", "stopped"), status))
