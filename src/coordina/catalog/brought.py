"""The views of products that a company begins with."""

from django.utils.translation import gettext_lazy as _

from coordina.records.saved_views import Brought

PRODUCT_VIEWS = (
    Brought(_("On sale"), {"q": "active = true", "sort": "name"}),
    Brought(_("By series"), {"layout": "board", "by": "series"}),
    Brought(_("No longer on sale"), {"q": "active = false", "sort": "name"}, pinned=False),
)
