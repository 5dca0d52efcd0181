"""What changed in sales since the last working day: from the ledger, of what the reader may see."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordina.core.types import TYPES
from coordina.ledger.history import written_since

LOOKED_AT = 100
"""Opportunities changed last that are looked at."""


@dataclass(frozen=True, slots=True)
class News:
    """One line.

    Attributes:
        url: The one record, or a list of them; empty where no list says it.
    """

    text: str
    icon: str
    tone: str
    amount: str
    url: str
    names: str


KINDS = ("won", "lost", "moved", "new", "postponed")
ICONS = {
    "won": ("trophy", "good"),
    "lost": ("circle-x", "bad"),
    "moved": ("arrow-right", "accent"),
    "new": ("plus", ""),
    "postponed": ("calendar-off", "warn"),
}


def last_working_day(today: dt.date) -> dt.date:
    """The working day before: Friday on a Monday."""
    return today - dt.timedelta(days={0: 3, 6: 2}.get(today.weekday(), 1))


def kinds_of(entries: Iterable[tuple[int, str, Mapping[str, Any]]]) -> dict[str, set[int]]:
    """What became of records by their ledger entries, the oldest first: each record once, by the last thing said."""
    found: dict[int, str] = {}
    for pk, kind, delta in entries:
        if kind == "c":
            found[pk] = "new"
        elif kind == "u" and "status" in delta:
            found[pk] = delta["status"][1] if delta["status"][1] in ("won", "lost") else "moved"
        elif kind == "u" and "stage_id" in delta:
            found[pk] = "moved"
        elif kind == "u" and "closes_on" in delta and all(delta["closes_on"]) and found.get(pk) is None:
            before, after = delta["closes_on"]
            if after > before:
                found[pk] = "postponed"
        elif kind == "d":
            found.pop(pk, None)
    return {name: {pk for pk, said in found.items() if said == name} for name in KINDS}


def news(request: Any, today: dt.date) -> list[News]:
    """The lines for one reader."""
    known = TYPES["opportunity"]
    if not request.user.may(known.model.view_permission()):
        return []
    day = last_working_day(today)
    start = dt.datetime.combine(day, dt.time(), tzinfo=request.asker.time_zone)
    rows: Any = known.model.objects.visible_to(request.user).filter(changed_at__gte=start)
    latest = rows.order_by("-changed_at", "-pk").values_list("pk", "name", "value")[:LOOKED_AT]
    seen: dict[int, tuple[str, Any]] = {pk: (name, value) for pk, name, value in latest}
    written = written_since(known.model._meta.label, list(seen), start)
    kinds = kinds_of((pk, kind, json.loads(delta)) for pk, kind, delta in written)
    hidden = known.sight(request.user).hidden
    if "value" in hidden:
        seen = {pk: (name, None) for pk, (name, _value) in seen.items()}
    if "closes_on" in hidden:
        kinds.pop("postponed", None)
    return [_line(name, sorted(keys), seen, day, request.formats) for name, keys in kinds.items() if keys]


def _line(kind: str, keys: Sequence[int], seen: Mapping[int, tuple[str, Any]], day: dt.date, formats: Any) -> News:
    names = [seen[pk][0] for pk in keys]
    value = sum((seen[pk][1] or Decimal(0) for pk in keys), Decimal(0))
    icon, tone = ICONS[kind]
    url = reverse("web:detail", args=("opportunities", keys[0])) if len(keys) == 1 else _list(kind, day)
    amount = formats.money(value) if value else ""
    return News(_said(kind, len(keys), names[0]), icon, tone, amount, url, ", ".join(names[:8]))


def _said(kind: str, count: int, name: str) -> str:
    one = {
        "won": _("Won: %(name)s"),
        "lost": _("Lost: %(name)s"),
        "moved": _("Moved on: %(name)s"),
        "new": _("New: %(name)s"),
        "postponed": _("Close put off: %(name)s"),
    }
    many = {
        "won": ngettext("%(count)d won", "%(count)d won", count),
        "lost": ngettext("%(count)d lost", "%(count)d lost", count),
        "moved": ngettext("%(count)d moved on", "%(count)d moved on", count),
        "new": ngettext("%(count)d new", "%(count)d new", count),
        "postponed": ngettext("%(count)d close put off", "%(count)d closes put off", count),
    }
    return one[kind] % {"name": name} if count == 1 else many[kind] % {"count": count}


def _list(kind: str, day: dt.date) -> str:
    """The list of such records; for a close put off there is none."""
    asked = {
        "won": f"status = won and closed_on >= {day.isoformat()}",
        "lost": f"status = lost and closed_on >= {day.isoformat()}",
        "moved": f"status = open and entered_on >= {day.isoformat()}",
        "new": f"opened_on >= {day.isoformat()}",
    }.get(kind, "")
    return f"{reverse('web:list', args=('opportunities',))}?{urlencode({'q': asked})}" if asked else ""
