"""The filter sentence over a list: what is read aloud, and what each of its values offers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext, pgettext

from coordina.accounts.models import User
from coordina.core.filters import Family, Filterable, Form, Group, Joiner, Literal, Node, Operator, Test, family_of
from coordina.core.filters.edit import added, at_place, replaced
from coordina.core.filters.sentence import Labels, Part, PartKind, lowered, sentence
from coordina.core.parsing.ids import parse_id
from coordina.core.records import Record
from coordina.core.types import find_type
from coordina.records.vocabularies import vocabulary_of
from coordina.web.access import may_list
from coordina.web.conditions import Choice, comparisons, value_choices
from coordina.web.listing import Listing
from coordina.web.lookups import lookup

MOST_OPTIONS = 12
"""Records that a quick filter offers; any other is looked up."""


@dataclass(frozen=True, slots=True)
class Option:
    """A link in the list under a value; with `load` it gives way to the options found there when the list opens."""

    label: Any
    url: str
    current: bool = False
    icon: str = ""
    load: str = ""


@dataclass(frozen=True, slots=True)
class Say:
    """A part of the sentence: a value with what it offers, or a mere word."""

    text: str
    word: bool = False
    changed: bool = False
    options: list[Option] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ConditionForm:
    """The form of one condition, open under the sentence."""

    field: Filterable
    operators: list[Choice]
    values: list[Choice]
    typed: str
    lookup_url: str
    first: list[dict[str, Any]]
    hidden: dict[str, str]
    list_id: str = "condition-values"


def sentence_of(listing: Listing) -> list[Say]:
    """The sentence: first the quick filters of the type, then the other conditions in their words."""
    if listing.error:
        return []
    parts = sentence(listing.node, vocabulary_of(listing.known), listing.asker, _labels(listing))
    by_field = {p.field: p for p in parts if p.kind is PartKind.TEST and len(p.place) <= _top(listing.node)}
    said: list[Say] = []
    used: set[tuple[int, ...]] = set()
    visible = vocabulary_of(listing.known).known_to(listing.user)
    for name in listing.known.quick:
        if name in visible:
            part = by_field.get(name)
            said.append(_quick(listing, visible[name], part))
            if part is not None:
                used.add(part.place)
    return said + _others(listing, parts, used)


def _top(node: Node | None) -> int:
    """How deep conditions lie that hold for the whole list: below an `and`, or alone."""
    return 1 if isinstance(node, Group) and node.joiner is Joiner.AND else 0


def _labels(listing: Listing) -> Labels:
    def titles(model: type[Model], ids: Collection[int]) -> Mapping[int, str]:
        return titles_of(model, ids, listing.user)

    return Labels(listing.formats, titles)


def titles_of(model: Any, ids: Collection[int], user: User) -> dict[int, str]:
    """Titles of records, of those that a person may see."""
    if not isinstance(model, type) or not issubclass(model, Record) or not ids:
        return {}
    seen: Any = model.objects.visible_to(user)
    return {pk: str(title) for pk, title in seen.filter(pk__in=ids).values_list("pk", model.title_column)}


def _quick(listing: Listing, about: Filterable, part: Part | None) -> Say:
    """A quick filter: any value, or the one chosen."""
    place = part.place if part else None
    now = at_place(listing.node, part.place) if part else None
    chosen = [v.text for v in now.values] if isinstance(now, Test) else []
    options = [Option(gettext("any"), listing.url(node=_without(listing.node, place)), part is None)]
    for test, label in quick_tests(about):
        current = isinstance(now, Test) and chosen == [test.values[0].text]
        options.append(Option(label, listing.url(node=_with(listing.node, place, test)), current))
    options.append(other_option(listing, about, lazy=True))
    text = part.text if part else gettext("%(field)s: any") % {"field": lowered(about.label)}
    return Say(text, changed=part is not None, options=options)


def other_option(listing: Listing, about: Filterable, *, lazy: bool) -> Option:
    """The way to any other value; of references to settings the first records come before it when the list opens."""
    url = listing.url(add=about.name)
    far = find_type(about.to) if about.to else None
    load = ""
    if lazy and far is not None and far.setting and about.to is not User:
        load = url.replace(listing.url_of_list, reverse("web:options", args=(listing.known.url, about.name)), 1)
    return Option(gettext("Other…"), url, icon="adjustments-horizontal", load=load)


def reference_options(listing: Listing, name: str) -> list[Option]:
    """The records that a quick reference filter offers, and the way to any other."""
    about = vocabulary_of(listing.known).known_to(listing.user).get(name)
    far = find_type(about.to) if about is not None and about.to else None
    if about is None or far is None or listing.error:
        return []
    found = []
    parts = listing.node.parts if isinstance(listing.node, Group) and listing.node.joiner is Joiner.AND else ()
    places = ((i,) for i, p in enumerate(parts) if isinstance(p, Test) and p.field == name)
    at: tuple[int, ...] | None = next(places, None)
    if isinstance(listing.node, Test) and listing.node.field == name:
        at = ()
    now = at_place(listing.node, at) if at is not None else None
    for item in lookup(listing.user, far, "")[:MOST_OPTIONS]:
        test = Test(name, Operator.EQUAL, (Literal(Form.NUMBER, str(item["id"])),))
        found.append(Option(item["label"], listing.url(node=_with(listing.node, at, test)), now == test))
    return [*found, other_option(listing, about, lazy=False)]


def quick_tests(about: Filterable) -> list[tuple[Test, Any]]:
    """The conditions a quick filter offers, with their words."""
    family = family_of(about)
    operator = Operator.IN if family in (Family.DATE, Family.DATETIME) else Operator.EQUAL
    found: list[tuple[Test, Any]] = []
    for choice in value_choices(about):
        form = Form.WORD if choice.value.isidentifier() else Form.TEXT
        found.append((Test(about.name, operator, (Literal(form, choice.value),)), choice.label))
    if family is Family.REF and about.to is User:
        found.append((Test(about.name, operator, (Literal(Form.WORD, "me"),)), pgettext("the reader", "me")))
    return found


def _others(listing: Listing, parts: list[Part], used: set[tuple[int, ...]]) -> list[Say]:
    said: list[Say] = []
    for part in parts:
        if part.kind is PartKind.TEST and part.place not in used:
            if not said or not said[-1].word:
                said.append(Say(pgettext("between conditions", "and"), word=True))
            options = [
                Option(gettext("Remove"), listing.url(node=_without(listing.node, part.place)), icon="x"),
                Option(
                    gettext("Change…"),
                    listing.url(add=part.field, at=_dotted(part.place)),
                    icon="adjustments-horizontal",
                ),
            ]
            said.append(Say(part.text, changed=True, options=options))
        elif part.kind is PartKind.JOINER and said:
            said.append(Say(part.text, word=True))
    while said and said[-1].word:
        said.pop()
    return [s for i, s in enumerate(said) if not (s.word and i and said[i - 1].word)]


def _dotted(place: tuple[int, ...]) -> str:
    return ".".join(map(str, place)) or "0"


def _without(node: Node | None, place: tuple[int, ...] | None) -> Node | None:
    return replaced(node, place, None) if node is not None and place is not None else node


def _with(node: Node | None, place: tuple[int, ...] | None, test: Test) -> Node | None:
    if node is None or place is None:
        return added(node, test)
    return replaced(node, place, test)


def put(listing: Listing, test: Test, at: str) -> Node | None:
    """The filter with one more condition, or with the one at a place exchanged.

    Args:
        listing: The list as it is.
        test: The new condition.
        at: Place of the condition it takes the place of, as `0.1`; empty adds it.
    """
    place = tuple(n for part in at.split(".") if (n := parse_id(part)) is not None) if at else None
    if place is not None and isinstance(listing.node, Test):
        place = ()
    return _with(listing.node, place, test)


def condition_form(listing: Listing, name: str, at: str) -> ConditionForm | None:
    """The form of a condition on a field, filled where it stands for an existing one; None for an unknown field."""
    about = vocabulary_of(listing.known).known_to(listing.user).get(name)
    if about is None:
        return None
    place = () if isinstance(listing.node, Test) else tuple(n for p in at.split(".") if (n := parse_id(p)) is not None)
    now = at_place(listing.node, place) if at else None
    test = now if isinstance(now, Test) and now.field == name else None
    chosen = [v.text for v in test.values] if test else []
    hidden = {"q": listing.q, "sort": listing.sort, "cols": ",".join(listing.cols), "field": name, "at": at}
    return ConditionForm(
        about,
        comparisons(about, test.operator.value if test else ""),
        value_choices(about, chosen),
        ", ".join(chosen),
        *_lookup(about, listing.user),
        {k: v for k, v in hidden.items() if v},
    )


def _lookup(about: Filterable, user: User) -> tuple[str, list[dict[str, Any]]]:
    """Where the records of a reference are looked up, and the first of them; nothing for other fields."""
    far = find_type(about.to) if about.to and family_of(about) is Family.REF else None
    if far is None or far.within or not may_list(user, far):
        return "", []
    return reverse("web:lookup", args=(far.url,)), lookup(user, far, "")


def addable(listing: Listing) -> list[str]:
    """The fields one may add a condition on."""
    return list(vocabulary_of(listing.known).known_to(listing.user))
