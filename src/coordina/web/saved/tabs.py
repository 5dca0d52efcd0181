"""The tabs of a list: its saved views, what may be done with the one that is open, and the four layouts."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext, pgettext

from coordina.accounts.models import User
from coordina.core.addresses import address
from coordina.core.types import RecordType
from coordina.records.models import Audience, Layout, SavedView
from coordina.records.models.saved import SHARE
from coordina.records.saved_views import Found, segment_of
from coordina.web.access import reaches
from coordina.web.listing import Listing

SHOWN = 6
"""Views that stand as tabs besides the one that is open; the others are in the menu."""
ICONS = {
    Layout.LIST: "list",
    Layout.BOARD: "layout-kanban",
    Layout.CALENDAR: "calendar",
    Layout.CHART: "chart-bar",
}


@dataclass(frozen=True, slots=True)
class Tab:
    """A view as a link."""

    label: str
    url: str
    current: bool = False
    icon: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something one may do with a view: an address that opens as a dialog, or a form that is sent at once.

    Attributes:
        values: Of the form; empty for a link.
    """

    label: str
    url: str
    icon: str
    values: dict[str, Any] = field(default_factory=dict)


def tabs_of(listing: Listing, found: Found) -> dict[str, Any]:
    """What the bar of views is given.

    Args:
        listing: The list as it is.
        found: The views that the person finds.
    """
    current = listing.view
    base = listing.known.url
    plain = address("web:view", base, "all") if found.first else address("web:list", base)
    tabs = [Tab(pgettext("all records", "All"), plain, current is None)]
    rest: list[Tab] = []
    for view in found.views:
        here = current is not None and view.pk == current.pk
        tab = tab_of(view, listing.user, current=here)
        shown = here or (view.pinned and len(tabs) <= SHOWN)
        (tabs if shown else rest).append(tab)
    return {
        "tabs": tabs,
        "more_views": rest,
        "deeds": deeds(listing, found) if current is not None else [],
        "save": save_form(listing),
        "save_as_url": f"{address('web:view_new', base)}?{_kept(listing)}",
        "reset_url": listing.url_of_list if listing.modified else "",
        "may_save": listing.user.may(SavedView.permission("add")),
        "shared_note": audience_words(current) if current is not None and current.owner_id != listing.user.pk else "",
    }


def tab_of(view: SavedView, user: User, *, current: bool) -> Tab:
    """A view as a tab."""
    url = address("web:view", _url_of(view), segment_of(view))
    note = "" if view.owner_id == user.pk and view.audience == Audience.PRIVATE else audience_words(view)
    return Tab(view.name, url, current, ICONS.get(Layout(view.layout), "list"), note)


def _url_of(view: SavedView) -> str:
    from coordina.core.types import TYPES

    return TYPES[view.type].url


def audience_words(view: SavedView) -> str:
    """Who finds a view, in a word or two."""
    words = {
        Audience.PRIVATE: gettext("Only me"),
        Audience.TEAM: gettext("Shared with a team"),
        Audience.ROLE: gettext("Shared with a role"),
        Audience.EVERYONE: gettext("Shared with everyone"),
    }
    return words[Audience(view.audience)]


def _kept(listing: Listing) -> str:
    """The whole of what a view would keep, as a query; where the open view cannot be shown, only what was asked."""
    if listing.error:
        return ""
    state = listing.state | {"q": listing.q} | ({"cols": listing.cols_text} if listing.names else {})
    return urlencode({key: value for key, value in state.items() if value})


def save_form(listing: Listing) -> Deed | None:
    """The form that keeps the changes in the open view; None where nothing changed or one may not."""
    view = listing.view
    if view is None or not listing.modified or listing.error or not may_change(listing.user, view):
        return None
    state = listing.state | {"q": listing.q}
    url = _deed("web:view_deed", listing.known.url, segment_of(view), "save")
    values = {key: value for key, value in state.items() if value} | {"version": view.version}
    return Deed(gettext("Save"), url, "check", values)


def may_change(user: User, view: SavedView) -> bool:
    """Whether a person may change a view that they find."""
    return view.owner_id == user.pk or (user.may(SHARE) and reaches(user, SavedView.permission("change"), view))


def deeds(listing: Listing, found: Found) -> list[Deed]:
    """What a person may do with the open view."""
    view, user = listing.view, listing.user
    assert view is not None
    base = address("web:detail", "saved-views", view.pk)
    back = urlencode({"next": listing.url_of_list})
    own = found.own_first and found.first == view.pk
    label = gettext("No longer open the list with it") if own else gettext("Open the list with it")
    deed = ("web:view_deed", listing.known.url, segment_of(view))
    made = [Deed(label, _deed(*deed, "open"), "star", {"on": "false" if own else "true"})]
    if may_change(user, view):
        pin = gettext("Take off the tabs") if view.pinned else gettext("Pin to the tabs")
        made += [
            Deed(gettext("Rename…"), f"{base}edit/?{back}", "pencil"),
            Deed(gettext("Share…"), f"{base}do/share-view/?{back}&audience={view.audience}", "share"),
            Deed(pin, _deed(*deed, "pin"), "flag", {"pinned": "false" if view.pinned else "true"}),
        ]
    if user.may(SHARE):
        made.append(Deed(gettext("First view of a role…"), f"{base}do/open-with-for-role/?{back}", "users"))
    made.append(Deed(gettext("History"), f"{base}history/", "history"))
    if may_change(user, view):
        home = address("web:list", listing.known.url)
        made.append(Deed(gettext("Delete view"), f"{base}do/delete-savedview/?{urlencode({'next': home})}", "trash"))
    return made


def _deed(name: str, base: str, segment: str, deed: str) -> str:
    return address(name, base, segment, deed)


def layouts_of(listing: Listing) -> list[Tab]:
    """The four layouts of the same rows; what is looked after in the settings is a list and no more."""
    if listing.known.setting and listing.layout == Layout.LIST:
        return []
    found = []
    for layout in Layout:
        url = listing.url(layout="" if layout == Layout.LIST and "layout" not in listing.base else str(layout))
        if layout == Layout.BOARD and own_board(listing.known) and listing.by is None and listing.layout != layout:
            url = own_board_url(listing)
        found.append(Tab(str(layout.label), url, listing.layout == layout, ICONS[layout]))
    return found


def own_board_url(listing: Listing) -> str:
    """The board that a room has drawn itself, with the conditions of the list."""
    url = address("web:board", listing.known.url)
    return f"{url}?{urlencode({'q': listing.q})}" if listing.q else url


def own_board(known: RecordType) -> str:
    """The field whose board a room has drawn itself; empty where there is none."""
    return str(known.extra.get("board", ""))
