"""The views of stock that a company begins with."""

from django.utils.translation import gettext_lazy as _

from coordina.records.saved_views import Brought

ITEM_VIEWS = (
    Brought(_("To be reordered"), {"q": "low = true", "sort": "name"}),
    Brought(_("By warehouse"), {"group": "warehouse", "sort": "name"}),
    Brought(_("Not moved for half a year"), {"q": "moved_on < today-180d and on_hand > 0", "sort": "moved_on"}),
)
COUNT_VIEWS = (Brought(_("To be booked"), {"q": "status = draft"}),)
RESERVATION_VIEWS = (Brought(_("Kept now"), {"q": "status = active"}),)
PURCHASE_VIEWS = (
    Brought(_("To be received"), {"q": "status in (sent, partly)", "sort": "expected_on"}),
    Brought(_("Late"), {"q": "status in (sent, partly) and expected_on < today", "sort": "expected_on"}),
)
