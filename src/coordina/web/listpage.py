"""What the template of a list is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from coordina.accounts.models import User
from coordina.core.addresses import address
from coordina.core.cells import CELLS
from coordina.core.filters import Group, Joiner
from coordina.core.filters.edit import replaced
from coordina.core.keyset import bounded_count
from coordina.core.parsing.ids import parse_id
from coordina.core.sight import kept
from coordina.core.types import TYPES, Kind, RecordType
from coordina.records.grouping import shown_to
from coordina.records.models import Layout
from coordina.records.saved_views import Found
from coordina.web.access import may_create, may_list
from coordina.web.bulk.choices import FORM, bar_of, head_html
from coordina.web.conditions import Choice
from coordina.web.layouts import layout_of
from coordina.web.listbits import addable_html, columns_html, headers_html, labels_of, sentence_html
from coordina.web.listing import COUNTED, Listing
from coordina.web.navigation import CREATE
from coordina.web.rows import Column
from coordina.web.saved.boards import board_context
from coordina.web.saved.calendars import calendar_context
from coordina.web.saved.charts import chart_context
from coordina.web.saved.tables import grouped_context, groups_of
from coordina.web.saved.tabs import layouts_of, tabs_of
from coordina.web.sentences import ConditionForm, Option, addable, condition_form, sentence_of


@dataclass(frozen=True, slots=True)
class Drop:
    """The condition to drop where a filter finds nothing, and how many records that brings."""

    text: str
    url: str
    count: str


def context_of(
    request: Any, listing: Listing, *, found: Found, add: str = "", wrong: str = "", typed: str = ""
) -> dict[str, Any]:
    """Everything the page shows, whatever its layout.

    Args:
        request: Of the page.
        listing: The list.
        found: The views of the list that the person finds.
        add: Field whose condition form stands open; by default what the address says.
        wrong: What is wrong with the value typed there.
        typed: That value.
    """
    known = listing.known
    name = add or request.GET.get("add", "")
    labels = labels_of(known)
    layout = Layout.LIST if listing.error else Layout(listing.layout)
    return {
        "layout": layout_of(known),
        "laid_out": str(layout),
        "template": f"web/saved/{layout}.html" if layout != Layout.LIST else "web/generic/list.html",
        "known": known,
        "siblings": siblings(request.user, known),
        "listing": listing,
        "title": capital(known.plural),
        "sentence": sentence_html(sentence_of(listing)),
        "addable": addable_html(known, addable(listing), listing.url()),
        "form": _condition(request, listing, name),
        "choose": _choose(request, listing),
        "wrong": wrong,
        "typed": typed,
        "layouts": layouts_of(listing),
        "may_create": may_create(request.user, known),
        "may_import": known.importable and request.user.may("records.add_importrun"),
        "new_url": address("web:new", known.url),
        "new_label": new_label(known),
        "export_url": listing.elsewhere("web:export"),
        "cards_url": listing.elsewhere("web:cards") if listing.known.extra.get("card") else "",
        "workbook_url": listing.elsewhere("web:workbook"),
        **tabs_of(listing, found),
        **_laid_out(request, listing, layout, labels),
    }


def _laid_out(request: Any, listing: Listing, layout: Layout, labels: Mapping[str, str]) -> dict[str, Any]:
    """What one layout shows besides."""
    if layout == Layout.BOARD:
        return board_context(listing)
    if layout == Layout.CALENDAR:
        return calendar_context(request, listing)
    if layout == Layout.CHART:
        return chart_context(listing)
    bar = bar_of(listing) if not listing.error else ""
    listing.pick = FORM if bar else ""
    heads = headers_html([header(listing, c, labels) for c in listing.columns])
    shown = {
        "headers": SafeString((head_html() if bar else "") + heads),
        "bulk": bar,
        "widths": widths_of(listing),
        "columns": columns_html(column_choices(listing, labels)),
        "groups": groups_of(listing),
    }
    if listing.group is not None and not listing.error:
        return shown | grouped_context(listing, listing.group, min(parse_id(request.GET.get("skip", "")) or 0, 10_000))
    page = listing.page
    return shown | {
        "rows": listing.html,
        "count_text": count_text(listing) if page.ids else "",
        "sums_url": listing.elsewhere("web:sums") if listing.count[1] else "",
        "previous_url": listing.url(before=page.previous) if page.previous else "",
        "next_url": listing.url(after=page.next) if page.next else "",
        "drop": drop_of(listing) if not page.ids and listing.node is not None else None,
    }


def _condition(request: Any, listing: Listing, name: str) -> ConditionForm | None:
    if not name or listing.error:
        return None
    return condition_form(listing, name, request.GET.get("at", ""), request.GET.get("join", ""))


def _choose(request: Any, listing: Listing) -> dict[str, Any] | None:
    """The form that asks which field a condition joined to another is about; None where nobody asked."""
    join, at = request.GET.get("choose", ""), request.GET.get("at", "")
    if join not in (Joiner.AND, Joiner.OR) or listing.error:
        return None
    labels = labels_of(listing.known)
    return {
        "fields": [(name, labels[name]) for name in addable(listing)],
        "hidden": listing.hidden() | {"join": join, "at": at},
        "words": gettext("Or another condition") if join == Joiner.OR else gettext("And another condition"),
    }


def widths_of(listing: Listing) -> list[str]:
    """The width of each column where any was chosen; empty text for those that share what is left."""
    if not listing.widths:
        return []
    return [str(listing.widths.get(column.field.name, "")) for column in listing.columns]


def siblings(user: User, known: RecordType) -> list[Option]:
    """The other lists of the same room, as tabs; nothing where there are none."""
    offered = kept(known, user, ("siblings", get_language()), lambda: _siblings(user, known))
    return list(offered)


def _siblings(user: User, known: RecordType) -> list[Option]:
    room = known.model._meta.app_label
    found = [
        Option(capital(t.plural), address("web:list", t.url), t is known)
        for t in TYPES
        if t.model._meta.app_label == room and not (t.setting or t.within) and t.columns and may_list(user, t)
    ]
    return found if len(found) > 1 and not known.setting else []


def capital(text: object) -> str:
    """A label at the beginning of a line."""
    label = str(text)
    return label[:1].upper() + label[1:]


def new_label(known: RecordType) -> str:
    """What the button says that makes one."""
    said = known.extra.get("new") or next((i.label for i in CREATE if i.args == (known.url,)), "")
    return str(said or gettext("New: %(noun)s") % {"noun": known.label})


def header(listing: Listing, column: Column, labels: Mapping[str, str]) -> tuple[str, str, str, bool, str]:
    """The head of one column: label, address that sorts by it or turns the sort round, state, its side, its name."""
    about, order = column.field, listing.order
    now = order.name == about.name
    turned = f"-{about.name}" if now and not order.descending else about.name
    url = listing.url(sort=turned) if about.sortable and about.kind is not Kind.REF else ""
    state = ("descending" if order.descending else "ascending") if now else ""
    return labels[about.name], url, state, column.right, about.name


def count_text(listing: Listing) -> str:
    """How many there are: `86`, or `1.000+`."""
    count, more = listing.count
    text = listing.formats.integer(count)
    return f"{text}+" if more else text


def column_choices(listing: Listing, labels: Mapping[str, str]) -> list[Choice]:
    """The columns one may choose, those in force first, in their order, and marked; labels are escaped."""
    known = listing.known
    offered = [n for n, f in shown_to(known, listing.user).items() if not f.virtual or (known.name, n) in CELLS]
    inside = [n for n in listing.names if n in offered]
    ordered = [*inside, *(n for n in offered if n not in listing.names)]
    return [
        Choice(f"{n}:{listing.widths[n]}" if n in listing.widths else n, labels[n], n in listing.names)
        for n in ordered
        if n != known.title
    ]


def drop_of(listing: Listing) -> Drop | None:
    """Of the conditions that all have to hold, the one without which most is found."""
    node = listing.node
    said = {s.text for s in sentence_of(listing) if s.changed}
    if not isinstance(node, Group) or node.joiner is not Joiner.AND:
        seen = listing.known.model.objects.visible_to(listing.user)
        return _drop(listing, " ".join(said), listing.url(q=""), bounded_count(seen, COUNTED))
    best: Drop | None = None
    most = 0
    for index in range(min(len(node.parts), 6)):
        rest = replaced(node, (index,), None)
        found = bounded_count(listing.filtered(listing.known.model.objects.visible_to(listing.user), rest), COUNTED)
        if found[0] > most:
            most = found[0]
            best = _drop(listing, words_of(listing, index), listing.url(node=rest), found)
    return best


def words_of(listing: Listing, index: int) -> str:
    """The words of one of the conditions that all have to hold."""
    from coordina.core.filters.sentence import Labels, sentence
    from coordina.records.vocabularies import vocabulary_of

    assert isinstance(listing.node, Group)
    parts = sentence(listing.node.parts[index], vocabulary_of(listing.known), listing.asker, Labels(listing.formats))
    return " ".join(p.text for p in parts if p.text)


def _drop(listing: Listing, text: str, url: str, found: tuple[int, bool]) -> Drop | None:
    number = listing.formats.integer(found[0]) + ("+" if found[1] else "")
    return Drop(text, url, number) if found[0] else None
