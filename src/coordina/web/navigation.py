"""The sidebar: which places there are, in the order of the working day, and who sees them.

A place appears only when the room behind it exists and the role may see it. ``navigation`` is the template context
processor; it gives ``nav`` to every page.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from coordina.activity.alerts.queries import helping
from coordina.core.addresses import address
from coordina.core.types import TYPES, by_url
from coordina.web.bell import Bell


class _Reader(Protocol):
    """Whoever looks at the page: the part of an actor that the sidebar asks."""

    def may(self, permission: str) -> bool: ...


@cache
def _address(name: str, args: tuple[str, ...], root: str) -> str:
    """An address by its name; "" where there is none, which is worth remembering too."""
    try:
        return address(name, *args)
    except NoReverseMatch:
        return ""


@dataclass(frozen=True, slots=True)
class Item:
    """One place of the sidebar or one thing to create.

    Attributes:
        label: The word on the page.
        icon: Icon name.
        url_name: Name of the address.
        args: Positional arguments of the address.
        permission: What one must be allowed to do to see it; "" for everyone who is signed in.
        also: Further address beginnings that belong to this place, such as people under customers.
        key: Key for the quick create menu and the list of keys.
        short: The word where there is little room, such as the dock of a phone.
    """

    label: str | Promise
    icon: str
    url_name: str
    args: tuple[str, ...] = ()
    permission: str = ""
    also: tuple[str, ...] = ()
    key: str = ""
    short: str | Promise = ""

    @property
    def url(self) -> str:
        """The address of the place; "" while the room behind it does not exist."""
        return _address(self.url_name, self.args, settings.ROOT_URLCONF)

    def holds(self, path: str) -> bool:
        """Whether the page at ``path`` belongs to this place."""
        starts = self.also if self.url in ("", "/") else (self.url, *self.also)
        return path == self.url or path.startswith(starts)


@dataclass(frozen=True, slots=True)
class Place:
    """An item as one page shows it."""

    label: str | Promise
    icon: str
    url: str
    current: bool
    key: str = ""
    short: str | Promise = ""
    count: int | None = None
    alarm: bool = False


@dataclass(frozen=True, slots=True)
class Navigation:
    """Everything the shell draws: groups of the sidebar, the dock of a phone, the quick create menu."""

    groups: tuple[tuple[Place, ...], ...] = ()
    dock: tuple[Place, ...] = ()
    create: tuple[Place, ...] = field(default=())

    def __iter__(self) -> Iterator[Place]:
        """All places of the sidebar, without their groups."""
        return (place for group in self.groups for place in group)


HOME = Item(_("Today"), "sun-high", "web:home", also=("/today/",))
DASHBOARD = Item(_("Dashboard"), "chart-bar", "web:dashboard", permission="pipeline.view_opportunity")
CUSTOMERS = Item(_("Customers"), "building-store", "web:list", ("companies",), "customers.view_company", ("/people/",))
LEADS = Item(_("Leads"), "user-question", "web:list", ("leads",), "leads.view_lead")
OPPORTUNITIES = Item(
    _("Opportunities"),
    "target-arrow",
    "web:list",
    ("opportunities",),
    "pipeline.view_opportunity",
    short=_("Sales"),
)
ORDERS = Item(_("Orders"), "box", "web:list", ("orders",), "orders.view_order")
SHIPMENTS = Item(_("Shipments"), "truck-delivery", "web:list", ("shipments",), "shipping.view_shipment")
PACKING = Item(_("Prepare shipments"), "packages", "shipping:desk", permission="shipping.ship_shipment")
PRODUCTS = Item(_("Products"), "package", "web:list", ("products",), "catalog.view_product")
STOCK = Item(
    _("Inventory"),
    "building-warehouse",
    "web:list",
    ("stock",),
    "stock.view_stockitem",
    ("/stock-moves/", "/reservations/", "/stock-counts/", "/warehouses/", "/purchase-orders/", "/suppliers/"),
)
REPLENISH = Item(_("Replenishment"), "repeat", "stock:replenish", permission="stock.view_purchaseorder")
QUALITY = Item(_("Data quality"), "shield-check", "web:quality", permission="customers.change_company")
DUPLICATES = Item(_("Duplicates"), "copy", "web:duplicates", permission="customers.change_company")
IMPORT = Item(_("Import"), "file-import", "web:import_start", permission="records.add_importrun")
SETTINGS = Item(_("Settings"), "settings", "web:settings")

GROUPS: tuple[tuple[Item, ...], ...] = (
    (HOME, CUSTOMERS, LEADS, OPPORTUNITIES, ORDERS, SHIPMENTS, PACKING, PRODUCTS, STOCK, REPLENISH, DASHBOARD),
    (QUALITY, DUPLICATES, IMPORT, SETTINGS),
)
DOCK: tuple[Item, ...] = (HOME, OPPORTUNITIES, CUSTOMERS)
CREATE: tuple[Item, ...] = (
    Item(_("New opportunity"), "target-arrow", "web:new", ("opportunities",), "pipeline.add_opportunity", key="o"),
    Item(_("New lead"), "user-question", "web:new", ("leads",), "leads.add_lead", key="l"),
    Item(_("New order"), "box", "web:new", ("orders",), "orders.add_order", key="d"),
    Item(_("New company"), "building-store", "web:new", ("companies",), "customers.add_company", key="e"),
    Item(_("New contact"), "user-plus", "web:new", ("people",), "customers.add_person", key="p"),
    Item(_("New product"), "package", "web:new", ("products",), "catalog.add_product", key="r"),
)


def _of_rooms() -> tuple[Item, ...]:
    """Nouns that ask for a place of their own: `extra={"place": True}` in their declaration."""
    return tuple(
        Item(capfirst(str(known.plural)), known.icon, "web:list", (known.url,), known.model.view_permission())
        for known in TYPES
        if known.extra.get("place")
    )


def _at(item: Item, path: str) -> bool:
    """Whether the page at a path belongs to an item; what is looked after in the settings belongs to them."""
    if item is not SETTINGS:
        return item.holds(path)
    known = by_url(path.strip("/").partition("/")[0])
    return item.holds(path) or (known is not None and known.setting)


def _works(reader: _Reader) -> bool:
    """Whether the cockpit has anything for somebody: it shows what they may do something about."""
    return any(map(reader.may, helping()))


def _shown(items: Iterable[Item], reader: _Reader, path: str) -> tuple[Place, ...]:
    return tuple(
        Place(item.label, item.icon, item.url, _at(item, path), item.key, item.short or item.label)
        for item in items
        if item.url and (not item.permission or reader.may(item.permission)) and (item is not HOME or _works(reader))
    )


def navigation_of(reader: _Reader, path: str) -> Navigation:
    """What the shell shows to ``reader`` on the page at ``path``. Groups that are empty for them are left out."""
    work, tools = GROUPS
    groups = tuple(shown for group in ((*work, *_of_rooms()), tools) if (shown := _shown(group, reader, path)))
    return Navigation(groups, _shown(DOCK, reader, path), _shown(CREATE, reader, path))


def navigation(request: HttpRequest) -> dict[str, Navigation | Bell | None]:
    """Context processor: ``nav`` and ``bell`` for the shell; empty for who is not signed in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"nav": Navigation(), "bell": None}
    return {"nav": navigation_of(user, request.path), "bell": Bell(user)}
