"""The views of opportunities that a company begins with."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordina.records.saved_views import Brought

_OPEN = "status = open"

OPPORTUNITY_VIEWS = (
    Brought(
        pgettext_lazy("a view of opportunities", "Open"),
        {"q": _OPEN, "sort": "closes_on"},
        first_for=("coordinator", "operations", "director", "manager"),
    ),
    Brought(_("Mine, open"), {"q": f"owner = me and {_OPEN}", "sort": "closes_on"}, first_for=("representative",)),
    Brought(
        _("Closing this quarter"),
        {"q": f"{_OPEN} and closes_on in this_quarter", "sort": "closes_on", "group": "closes_on"},
    ),
    Brought(_("Without a next step"), {"q": f"{_OPEN} and next_step is empty", "sort": "-amount"}),
    Brought(_("Overdue"), {"q": f"{_OPEN} and (closes_on < today or next_step_on < today)", "sort": "closes_on"}),
    Brought(_("Calendar of closes"), {"q": _OPEN, "layout": "calendar", "on": "closes_on"}),
    Brought(
        _("Won by month"),
        {"q": "status = won and closed_on > today-1y", "layout": "chart", "by": "closed_on", "of": "sum:value"},
    ),
    Brought(
        _("Lost, by reason"),
        {"q": "status = lost and closed_on in this_year", "layout": "chart", "by": "reason", "split": "team"},
        pinned=False,
    ),
    Brought(_("Open, by person"), {"q": _OPEN, "layout": "chart", "by": "owner", "of": "sum:value"}, pinned=False),
    Brought(_("My team, open"), {"q": f"team = my_team and {_OPEN}", "group": "owner"}, role="manager"),
)
