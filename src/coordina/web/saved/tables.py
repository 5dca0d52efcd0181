"""A list whose rows are put together: a head for each group with its count and sum, and its first rows."""

from html import escape
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from coordina.core.actions import standard
from coordina.records.grouping import Axis, axes_of
from coordina.web.access import reached
from coordina.web.listbits import groups_html
from coordina.web.listing import Listing
from coordina.web.rows import rows_html
from coordina.web.saved.boards import sum_of
from coordina.web.saved.sections import Section, sections_of
from coordina.web.saved.sums import as_of

_ROW = '<tr data-row="'
GROUPS, ROWS = 20, 10
"""Groups of a page, and the first rows of each."""


def groups_of(listing: Listing) -> SafeString:
    """By what the rows may be put together; first by nothing."""
    now = listing.group.name if listing.group else ""
    names = tuple(axes_of(listing.known, listing.user))
    return groups_html(listing.known, names, now, lambda name: listing.url(group=name))


def grouped_context(listing: Listing, axis: Axis, skip: int) -> dict[str, Any]:
    """What the list is given where its rows are put together.

    Args:
        skip: Groups before this page.
    """
    made = sections_of(listing, axis, most=GROUPS, size=ROWS, skip=skip, all_fixed=False)
    drawn = _rows_by_id(listing, made.ids)
    width = len(listing.columns) + bool(listing.pick)
    parts = [_head(listing, s, width) + "".join(drawn.get(pk, "") for pk in s.ids) for s in made.shown if s.ids]
    return {
        "rows": SafeString("".join(parts)),
        "grouped": True,
        "waiting": made.figures.waiting,
        "as_of": as_of(listing, made.figures),
        "previous_url": listing.url(skip=str(max(0, skip - GROUPS)) if skip > GROUPS else "") if skip else "",
        "next_url": listing.url(skip=str(skip + GROUPS)) if made.beyond else "",
        "count_text": "" if made.figures.waiting else listing.formats.integer(made.figures.count),
        "group_note": _("Groups %(first)s to %(last)s") % {"first": skip + 1, "last": skip + len(made.shown)}
        if made.beyond or skip
        else "",
    }


def _rows_by_id(listing: Listing, ids: list[int]) -> dict[int, str]:
    """Rows as the plain list draws them, by id."""
    edit = standard(listing.known.model, "edit")
    may = reached(listing.user, edit.permission, listing.known, ids) if edit and not edit.hidden else set()
    rows = listing.values(ids)
    drawn = rows_html(
        listing.columns,
        rows,
        base=listing.home_url,
        title=listing.known.title,
        untitled="—",
        editable=may,
        pick=listing.pick,
    )
    parts = drawn.split(_ROW)[1:]  # what people typed is escaped: no row begins inside of another
    return {row[0]: _ROW + part for row, part in zip(rows, parts, strict=True)}


def _head(listing: Listing, section: Section, width: int) -> str:
    """The row above a group: its name leads to its records."""
    count = listing.formats.integer(section.count) if section.count is not None else "…"
    total = sum_of(listing, section)
    amount = f'<span class="num strong push">{escape(total)}</span>' if total else ""
    url = escape(listing.url(node=section.node, group=""))
    return (
        f'<tr class="group"><th colspan="{width}" scope="rowgroup"><span class="row"><a class="strong" href="{url}">'
        f'{escape(section.label)}</a><span class="quiet num">{count}</span>{amount}</span></th></tr>'
    )
