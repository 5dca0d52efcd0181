"""What needs a hand, in the head of the record's own page."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from coordina.activity.alerts import queries
from coordina.activity.alerts.tuning import tuning
from coordina.core.panels import PANELS, Panel
from coordina.core.types import find_type
from coordina.core.watchers import WATCHERS
from coordina.pipeline.calendar import formats_here
from coordina.web.today.rows import why_of


def alerts_panel(record: Any, user: Any) -> Mapping[str, Any]:
    """The matters of one record with their reasons; nothing where it needs no hand."""
    matters = queries.about(user, record)
    if not matters:
        return {"alerts": []}
    rows, formats, said = queries.facts_of(user, matters), formats_here(""), tuning()
    found = []
    for matter in (m for m in matters if m.key in rows):
        row = rows[matter.key]
        late = matter.urgent_on is not None and matter.urgent_on <= formats.today
        why = why_of(matter, row, said, formats, user)
        found.append({"kind": matter.kind, "tone": "bad" if late else "warn", "why": why})
    return {"alerts": found}


for _model in dict.fromkeys(watcher.of for watcher in WATCHERS):
    _known = find_type(_model)
    if _known is not None:
        PANELS.add(
            f"today.alerts.{_known.name}",
            Panel(
                f"{_known.name}.head",
                _("Needs a hand"),
                _model.view_permission(),
                "web/today/alerts.html",
                alerts_panel,
                order=5,
            ),
        )
