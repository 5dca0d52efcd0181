"""What the palette offers besides records: actions of the record on screen, things to do with one, places, creating."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _

from coordina.accounts.models import User
from coordina.core.refusals import NotFound
from coordina.core.types import RecordType, by_url
from coordina.records.search import Hit
from coordina.records.search.words import plain
from coordina.web.access import actions_for, find, may_create
from coordina.web.listpage import capital, new_label
from coordina.web.navigation import CREATE, navigation_of
from coordina.web.recordpage import offered


@dataclass(frozen=True, slots=True)
class Command:
    """Something to do, or somewhere to go.

    Attributes:
        key: Key that does the same outside the palette; empty for none.
        short: The label without the record's name, for where that stands already.
    """

    label: str
    icon: str
    url: str
    key: str = ""
    short: str = ""


def fitting(commands: Iterable[Command], query: str) -> list[Command]:
    """The commands in whose label every word of the query begins a word; all of them for an empty query."""
    asked = plain(query).split()
    return [c for c in commands if all(any(w.startswith(a) for w in plain(c.label).split()) for a in asked)]


def on_screen(user: User, path: str) -> Iterator[Command]:
    """The actions now allowed on the record whose page is open."""
    known, obj = record_at(user, path)
    if known is None or obj is None:
        return
    yield from logging(user, known, obj.pk, str(getattr(obj, known.title, "") or obj))
    for action in actions_for(user, known, obj):
        button = offered(known, obj, action)
        if action.verb == "edit":
            yield Command(button.label, "pencil", reverse("web:edit", args=(known.url, obj.pk)))
        elif not button.bare:
            yield Command(button.label, button.icon or "bolt", button.url)
    yield Command(_("History"), "history", reverse("web:history", args=(known.url, obj.pk)))


def record_at(user: User, path: str) -> tuple[RecordType | None, Any]:
    """The record whose page has this address; nothing where it is no such page, or one they may not see."""
    try:
        match = resolve(path.split("?", 1)[0])
    except Resolver404:
        return None, None
    known, pk = match.kwargs.get("known"), match.kwargs.get("pk")
    if match.view_name != "web:detail" or known is None or pk is None or known.within:
        return None, None
    try:
        return known, find(user, known, pk)
    except NotFound:
        return None, None


def logging(user: User, known: RecordType, pk: int, title: str) -> Iterator[Command]:
    """Logging a call with a record, where its page has a composer."""
    if known.extra.get("logs") and user.may("customers.add_interaction"):
        url = reverse("web:detail", args=(known.url, pk)) + "#log-call"
        yield Command(_("Log a call: %(title)s") % {"title": title}, "phone", url, "L", _("Log a call"))


def about(user: User, hit: Hit) -> Iterator[Command]:
    """What can be done with a record that was found: log a call, make something that refers to it."""
    yield from logging(user, hit.type, hit.pk, hit.title)
    for item in CREATE:
        made = by_url(item.args[0]) if item.args else None
        field = made.sight(user).editable.get(hit.type.name) if made is not None else None
        if made is None or field is None or field.to is not hit.type.model or not may_create(user, made):
            continue
        url = f"{reverse('web:new', args=(made.url,))}?{field.name}={hit.pk}"
        yield Command(f"{new_label(made)}: {hit.title}", item.icon, url, short=new_label(made))


def creating(user: User) -> Iterator[Command]:
    """What the person may make."""
    for place in navigation_of(user, "").create:
        yield Command(str(place.label), place.icon, place.url)


def places(user: User) -> Iterator[Command]:
    """Where the person may go."""
    for place in navigation_of(user, ""):
        yield Command(_("Go to %(place)s") % {"place": capital(place.label)}, place.icon, place.url)
