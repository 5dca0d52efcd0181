"""The views of leads that a company begins with."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordina.records.saved_views import Brought

_OPEN = "status in (new, contacted, qualified)"

LEAD_VIEWS = (
    Brought(
        pgettext_lazy("a view of leads", "Open"),
        {"q": _OPEN, "sort": "-received_at"},
        first_for=("coordinator", "operations", "director", "manager"),
    ),
    Brought(
        pgettext_lazy("a view of leads", "Mine, open"),
        {"q": f"owner = me and {_OPEN}", "sort": "-received_at"},
        first_for=("representative",),
    ),
    Brought(_("Nobody looks after"), {"q": f"{_OPEN} and owner is empty", "sort": "received_at"}),
    Brought(
        _("Waiting for the first contact"), {"q": "status = new and first_touch_at is empty", "sort": "received_at"}
    ),
    Brought(
        _("Received by month"),
        {"q": "received_at > today-1y", "layout": "chart", "by": "received_at", "split": "status"},
    ),
    Brought(
        _("Disqualified, by reason"),
        {"q": "status = disqualified", "layout": "chart", "by": "reason"},
        pinned=False,
    ),
)
