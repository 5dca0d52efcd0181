"""What a list offers to do with the records picked in it."""

from dataclasses import dataclass
from functools import lru_cache
from html import escape

from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from coordina.accounts.models import User
from coordina.core.actions import Action
from coordina.core.addresses import address
from coordina.core.refusals import NotFound
from coordina.core.sight import kept
from coordina.core.types import Kind, RecordType
from coordina.records.bulk.order import bulk_actions
from coordina.web import html
from coordina.web.listing import Listing

FORM = "bulk"
"""Id of the form that the boxes of a list belong to."""
OWNER, TAGS = "owner", "tags"
BESIDE = 3
"""Buttons beside each other; the others stand in a menu."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to do with many records.

    Attributes:
        do: Its name in the address: the slug of the action, or one field of the edit.
        only: The field, where the edit is about one alone.
    """

    do: str
    declared: Action
    label: str
    icon: str
    only: str = ""


def choices_for(user: User, known: RecordType) -> list[Choice]:
    """What a person may do with many records of a type, most used first."""
    return list(kept(known, user, ("many", get_language()), lambda: _choices(user, known)))


def _choices(user: User, known: RecordType) -> list[Choice]:
    found: list[Choice] = []
    for declared in bulk_actions(user, known):
        if declared.verb == "edit":
            found.append(Choice("edit", declared, _("Edit fields"), "pencil"))
            if known.writer.owner in known.sight(user).editable:
                found.append(Choice(OWNER, declared, _("Assign"), "user-share", known.writer.owner))
            tags = next((n for n, f in known.sight(user).editable.items() if f.kind is Kind.TAGS), "")
            if tags:
                found.append(Choice(TAGS, declared, _("Tags"), "tag", tags))
        elif declared.verb == "delete":
            found.append(Choice("delete", declared, _("Delete"), "trash"))
        else:
            found.append(Choice(declared.slug, declared, str(declared.label), declared.icon))
    return found


def choice_of(user: User, known: RecordType, do: str) -> Choice:
    """One of the choices.

    Raises:
        NotFound: When there is none of this name, or not for this person: both alike.
    """
    for each in choices_for(user, known):
        if each.do == do:
            return each
    raise NotFound


def bar_of(listing: Listing) -> SafeString:
    """The bar that shows while a record is picked; empty where the person may do nothing with many."""
    choices = choices_for(listing.user, listing.known)
    if not choices:
        return SafeString("")
    offered = tuple((c.do, c.label, c.icon) for c in choices)
    count, more = listing.count
    whole = not (listing.page.next or listing.page.previous)
    text = listing.formats.integer(count) + ("+" if more else "")
    return _bar(listing.known.url, listing.q, "" if whole else text, offered, get_language() or "")


@lru_cache(maxsize=512)
def _bar(url: str, q: str, count: str, offered: tuple[tuple[str, str, str], ...], language: str) -> SafeString:
    action = address("web:bulk", url)
    out = [
        f'<form id="{FORM}" class="bulk" method="get" action="{action}" role="region" '
        f'aria-label="{escape(_("What to do with the picked records"))}">',
        f'<input type="hidden" name="q" value="{escape(q)}">' if q else "",
        f'<span class="bulk-count" data-picked>{escape(_("Picked records"))}</span>',
    ]
    if count:
        label = escape(_("All %(count)s that match") % {"count": count})
        out.append(
            f'<label class="row bulk-all"><input type="checkbox" class="check" name="all" value="yes">{label}</label>'
        )
    out.append('<span class="rule"></span>')
    out += [
        f'<button class="btn btn-s" name="do" value="{do}">{html.icon(icon, "s")}<span>{escape(label)}</span></button>'
        for do, label, icon in offered[:BESIDE]
    ]
    if offered[BESIDE:]:
        more = escape(_("More actions"))
        out.append(
            f'<details class="menu" data-menu><summary class="btn btn-s btn-icon" aria-label="{more}" title="{more}">'
            f'{html.icon("dots")}</summary><div class="pop pop-end pop-up">'
        )
        out += [
            f'<button class="option" name="do" value="{do}">{html.icon(icon, "s")}{escape(label)}</button>'
            for do, label, icon in offered[BESIDE:]
        ]
        out.append("</div></details>")
    clear = escape(_("Pick none"))
    out.append(
        f'<button type="reset" class="btn btn-s btn-icon" aria-label="{clear}" title="{clear}">'
        f"{html.icon('x')}</button>"
    )
    return SafeString("".join([*out, "</form>"]))


def head_html() -> str:
    """The cell above the boxes: picks all rows of the page, with scripts."""
    label = escape(_("This page"))
    box = f'<input type="checkbox" class="check" data-pick-all aria-label="{label}" title="{label}">'
    return f'<th scope="col" class="pick-cell">{box}</th>'
