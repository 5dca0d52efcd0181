"""The views of a list as links, for pages that a room has drawn itself: ``{% load views %}``."""

from typing import Any

from django import template
from django.utils.translation import pgettext

from coordina.core.addresses import address
from coordina.core.types import by_url
from coordina.records.saved_views import views_for
from coordina.web.access import may_list
from coordina.web.saved.tabs import SHOWN, Tab, tab_of

register = template.Library()


@register.inclusion_tag("web/saved/links.html", takes_context=True)
def view_links(context: template.Context, url: str) -> dict[str, Any]:
    """The pinned views of a list, and the others in a menu; nothing for who may not see the list.

    Args:
        context: Of the page.
        url: Segment of the addresses of the record type.
    """
    known, user = by_url(url), context["request"].user
    if known is None or not may_list(user, known):
        return {"tabs": []}
    found = views_for(user, known)
    plain = address("web:view", url, "all") if found.first else address("web:list", url)
    pinned = [view for view in found.views if view.pinned][:SHOWN]
    return {
        "tabs": [Tab(pgettext("all records", "All"), plain), *(tab_of(view, user, current=False) for view in pinned)],
        "more_views": [tab_of(view, user, current=False) for view in found.views if view not in pinned],
    }
