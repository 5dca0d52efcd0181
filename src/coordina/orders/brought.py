"""The views of orders that a company begins with."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordina.records.saved_views import Brought

_LIVE = "status in (received, confirmed, reserved, picked, partly)"

ORDER_VIEWS = (
    Brought(pgettext_lazy("a view of orders", "Open"), {"q": _LIVE, "sort": "-placed_on"}),
    Brought(_("To be confirmed"), {"q": "status = received", "sort": "placed_on"}),
    Brought(_("To be shipped"), {"q": "status in (confirmed, reserved, picked, partly)", "sort": "expected_on"}),
    Brought(_("On the way"), {"q": "status = shipped", "sort": "expected_on"}),
    Brought(
        _("Orders by month"),
        {"q": "status != cancelled and placed_on > today-1y", "layout": "chart", "by": "placed_on", "of": "sum:value"},
    ),
)
