"""What the template of a list is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import Resolver404, resolve, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from coordina.accounts.models import User
from coordina.core.cells import CELLS
from coordina.core.filters import Group, Joiner
from coordina.core.filters.edit import replaced
from coordina.core.keyset import bounded_count
from coordina.core.types import TYPES, Kind, RecordType
from coordina.web.access import may_create, may_list
from coordina.web.bulk.choices import FORM, bar_of, head_html
from coordina.web.conditions import Choice
from coordina.web.layouts import layout_of
from coordina.web.listbits import addable_html, columns_html, headers_html, labels_of, sentence_html
from coordina.web.listing import COUNTED, Listing
from coordina.web.navigation import CREATE
from coordina.web.rows import Column
from coordina.web.sentences import Option, addable, condition_form, sentence_of

_boards: dict[str, bool] = {}


@dataclass(frozen=True, slots=True)
class Drop:
    """The condition to drop where a filter finds nothing, and how many records that brings."""

    text: str
    url: str
    count: str


def context_of(request: Any, listing: Listing, *, add: str = "", wrong: str = "", typed: str = "") -> dict[str, Any]:
    """Everything the page shows.

    Args:
        request: Of the page.
        listing: The list.
        add: Field whose condition form stands open; by default what the address says.
        wrong: What is wrong with the value typed there.
        typed: That value.
    """
    known, page = listing.known, listing.page
    name = add or request.GET.get("add", "")
    bar = bar_of(listing)
    listing.pick = FORM if bar else ""
    rows, labels = listing.html, labels_of(known)
    return {
        "layout": layout_of(known),
        "known": known,
        "siblings": siblings(request.user, known),
        "listing": listing,
        "title": capital(known.plural),
        "headers": SafeString(
            (head_html() if bar else "") + headers_html([header(listing, c, labels) for c in listing.columns])
        ),
        "bulk": bar,
        "rows": rows,
        "count_text": count_text(listing) if page.ids else "",
        "previous_url": listing.url(before=page.previous) if page.previous else "",
        "next_url": listing.url(after=page.next) if page.next else "",
        "sentence": sentence_html(sentence_of(listing)),
        "addable": addable_html(known, addable(listing), listing.url()),
        "form": condition_form(listing, name, request.GET.get("at", "")) if name and not listing.error else None,
        "wrong": wrong,
        "typed": typed,
        "columns": columns_html(column_choices(listing, labels)),
        "may_create": may_create(request.user, known),
        "may_import": known.importable and request.user.may("records.add_importrun"),
        "new_url": reverse("web:new", args=(known.url,)),
        "new_label": new_label(known),
        "export_url": listing.url().replace(listing.url_of_list, reverse("web:export", args=(known.url,)), 1),
        "board_url": board_url(listing) if has_board(known) else "",
        "drop": drop_of(listing) if not page.ids and listing.node is not None else None,
    }


def siblings(user: User, known: RecordType) -> list[Option]:
    """The other lists of the same room, as tabs; nothing where there are none."""
    room = known.model._meta.app_label
    found = [
        Option(capital(t.plural), reverse("web:list", args=(t.url,)), t is known)
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


def header(listing: Listing, column: Column, labels: Mapping[str, str]) -> tuple[str, str, str, bool]:
    """The head of one column: label, address that sorts by it or turns the sort round, state, and its side."""
    about, order = column.field, listing.order
    now = order.name == about.name
    turned = f"-{about.name}" if now and not order.descending else about.name
    url = listing.url(sort=turned) if about.sortable and about.kind is not Kind.REF else ""
    state = ("descending" if order.descending else "ascending") if now else ""
    return labels[about.name], url, state, column.right


def count_text(listing: Listing) -> str:
    """How many there are: `86`, or `1.000+`."""
    count, more = listing.count
    text = listing.formats.integer(count)
    return f"{text}+" if more else text


def column_choices(listing: Listing, labels: Mapping[str, str]) -> list[Choice]:
    """The columns one may choose, those in force marked; labels are escaped."""
    known = listing.known
    offered = [n for n, f in known.known_to(listing.user).items() if not f.virtual or (known.name, n) in CELLS]
    return [Choice(n, labels[n], n in listing.names) for n in offered if n != known.title]


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


def board_url(listing: Listing) -> str:
    """The board of the type, with the conditions of the list."""
    url = reverse("web:board", args=(listing.known.url,))
    return f"{url}?{urlencode({'q': listing.q})}" if listing.q else url


def has_board(known: RecordType) -> bool:
    """Whether a room has drawn a board for the type: then its address belongs to that room."""
    if known.name not in _boards:
        from coordina.web.pages import no_board

        try:
            _boards[known.name] = resolve(reverse("web:board", args=(known.url,))).func is not no_board
        except Resolver404:
            _boards[known.name] = False
    return _boards[known.name]
