"""What orders show: the life of an order and its lines on its own page, orders on the pages of other rooms."""

from django.utils.translation import gettext_lazy as _

from coordina.core.panels import PANELS, Panel
from coordina.orders.models import Order
from coordina.orders.views import around, page

SEE = Order.view_permission()

for _name, _panel in {
    "order-track": Panel("order.head", _("Life of the order"), SEE, "orders/track.html", page.track, 10),
    "order-checks": Panel("order.head", _("To look at"), SEE, "orders/checks.html", page.checks, 20),
    "order-lines": Panel("order.main", _("Lines"), SEE, "orders/lines.html", page.lines, 5),
    "company-orders": Panel("company.side", _("Orders"), SEE, "orders/around.html", around.orders, 22),
    "opportunity-orders": Panel("opportunity.side", _("Orders"), SEE, "orders/around.html", around.orders, 32),
}.items():
    PANELS.add(_name, _panel)
