"""What the dashboard says of leads: how many came, what became of them, how soon they were answered, why they ended."""

from typing import Any

from coordina.accounts.models import User
from coordina.core.filters import Asker
from coordina.core.formats import Formats
from coordina.core.types import TYPES
from coordina.insights.periods import Period
from coordina.web.access import may_list
from coordina.web.dashboard.board import bars, tiles

TILES = (
    "leads.received",
    "leads.conversion_rate",
    "leads.first_touch",
    "leads.open",
    "leads.unowned",
)


def contents(user: User, asker: Asker, formats: Formats, period: Period) -> dict[str, Any]:
    """The section on leads; empty for who sees none, and while there is none.

    Args:
        user: Who looks.
        asker: The same, at this moment.
        formats: Of the reader.
        period: Leads count for the day on which they came.
    """
    known = TYPES["lead"]
    if not may_list(user, known) or not known.model.objects.visible_to(user).exists():
        return {}
    read: dict[str, Any] = {"asker": asker, "formats": formats, "narrowed": "", "period": period, "most": 8}
    received, rate = bars(["leads.received", "leads.conversion_rate"], "leads.source", **read)
    (reasons,) = bars(["leads.disqualified"], "leads.reason", **read)
    return {
        "tiles": tiles(asker, formats, period, "", TILES),
        "by_source": received,
        "rate_by_source": rate,
        "by_reason": reasons,
    }
