"""The filter sentence over a list: what is read aloud, and what each of its values offers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus

from django.db.models import Model
from django.utils.translation import get_language, gettext, pgettext

from coordina.accounts.models import Team, User
from coordina.core.addresses import address
from coordina.core.filters import (
    Family,
    Filterable,
    Form,
    Group,
    Joiner,
    Literal,
    Node,
    Operator,
    Test,
    family_of,
    unparse,
)
from coordina.core.filters.edit import Place, added, at_place, groups_of, joined, moved, negated, replaced, turned
from coordina.core.filters.sentence import Labels, Part, PartKind, lowered, sentence
from coordina.core.parsing.ids import parse_id
from coordina.core.records import Record
from coordina.core.sight import kept
from coordina.core.types import find_type
from coordina.records.vocabularies import numbered_name, vocabulary_of
from coordina.web.access import may_list
from coordina.web.conditions import Choice, comparisons, typed_periods, value_choices
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
    """A part of the sentence: a value with what it offers, a mere word, or an edge of a group.

    Attributes:
        edge: `open` or `close` at the edges of a group; what a group offers stands at its end.
    """

    text: str
    word: bool = False
    changed: bool = False
    edge: str = ""
    options: list[Option] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ConditionForm:
    """The form of one condition, open under the sentence."""

    about: Filterable
    operators: list[Choice]
    values: list[Choice]
    typed: str
    lookup_url: str
    first: list[dict[str, Any]]
    hidden: dict[str, str]
    words: list[Choice] = field(default_factory=list)
    list_id: str = "condition-values"


def capital_of(label: object) -> str:
    """A label at the beginning of a line."""
    text = str(label)
    return text[:1].upper() + text[1:]


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

    return Labels(listing.formats, titles, lambda name, number: numbered_name(listing.user, name, number))


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
    chosen = [v.text for v in now.values] if isinstance(now, Test) else None
    before, after = _beside(listing, place)
    alone = len(before) + len(after) == 1  # a group that is left alone loses its parentheses
    nothing = listing.url(node=_without(listing.node, place)) if alone else listing.url_of_parts([*before, *after])
    options = [Option(gettext("any"), nothing, part is None)]
    for value, quoted, label in _quick_options(listing, about):
        options.append(Option(label, listing.url_of_parts([*before, quoted, *after]), chosen == [value]))
    options.append(other_option(listing, about, lazy=True))
    if part is not None:
        url = listing.url(choose="or", at=_dotted(part.place))
        options.append(Option(gettext("Or another condition…"), url, icon="sitemap"))
    text = part.text if part else gettext("%(field)s: any") % {"field": lowered(about.label)}
    return Say(text, changed=part is not None, options=options)


def _beside(listing: Listing, place: tuple[int, ...] | None) -> tuple[list[str], list[str]]:
    """The conditions before one at the top and after it, as addresses write them; a new one stands behind all."""
    parts = listing.quoted_parts
    if place is None:
        return parts, []
    index = place[0] if place else 0
    return parts[:index], parts[index + 1 :]


def _quick_options(listing: Listing, about: Filterable) -> list[tuple[str, str, str]]:
    """What a quick filter offers: the value, the condition as an address writes it, its words."""
    known = listing.known

    def made() -> list[tuple[str, str, str]]:
        tests = quick_tests(about)
        return [(test.values[0].text, quote_plus(unparse(test)), str(label)) for test, label in tests]

    return kept(known, listing.user, ("quick", about.name, get_language()), made)


def other_option(listing: Listing, about: Filterable, *, lazy: bool) -> Option:
    """The way to any other value; of references to settings the first records come before it when the list opens."""
    url = listing.url(add=about.name)
    far = find_type(about.to) if about.to else None
    load = ""
    if lazy and far is not None and far.setting and about.to is not User:
        load = url.replace(listing.url_of_list, address("web:options", listing.known.url, about.name), 1)
        load += f"&view={listing.view.pk}" if listing.view is not None else ""
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
    if family is Family.REF and about.to in (User, Team):
        found.append((Test(about.name, operator, (Literal(Form.WORD, "my_team"),)), gettext("my team")))
    return found


def _others(listing: Listing, parts: list[Part], used: set[tuple[int, ...]]) -> list[Say]:
    """The conditions besides the quick ones, groups with their edges."""
    chunks: list[list[Part]] = [[]]
    depth = 0
    for part in parts:
        if part.kind is PartKind.JOINER and not depth and not _is_not(listing.node, part):
            chunks.append([])
            continue
        depth += (part.kind is PartKind.OPEN) - (part.kind is PartKind.CLOSE)
        chunks[-1].append(part)
    kept = [chunk for chunk in chunks if chunk and not (len(chunk) == 1 and chunk[0].place in used)]
    if not kept:
        return []
    top_or = isinstance(listing.node, Group) and listing.node.joiner is Joiner.OR
    word = pgettext("between conditions", "or") if top_or else pgettext("between conditions", "and")
    said: list[Say] = []
    for chunk in kept:
        if said or not top_or:
            said.append(Say(word, word=True))
        said += [_other(listing, part) for part in chunk]
    if top_or:
        said = [Say("", edge="open"), *said, Say("", edge="close", options=group_options(listing, ()))]
    return said


def _is_not(node: Node | None, part: Part) -> bool:
    at = at_place(node, part.place)
    return isinstance(at, Group) and at.joiner is Joiner.NOT


def _other(listing: Listing, part: Part) -> Say:
    if part.kind is PartKind.OPEN:
        return Say("", edge="open")
    if part.kind is PartKind.CLOSE:
        return Say("", edge="close", options=group_options(listing, part.place))
    if part.kind is PartKind.JOINER:
        return Say(part.text, word=True)
    return Say(part.text, changed=True, options=condition_options(listing, part))


def condition_options(listing: Listing, part: Part) -> list[Option]:
    """What may be done with a condition: change, turn round, put into a group or take out of one, remove."""
    node, place, at = listing.node, part.place, _dotted(part.place)
    assert node is not None
    above = at_place(node, place[:-1]) if place else None
    inside = above.joiner if isinstance(above, Group) else Joiner.AND
    found = [Option(gettext("The opposite"), listing.url(node=negated(node, place)), icon="repeat")]
    if part.field not in vocabulary_of(listing.known).unlisted:
        found.insert(0, Option(gettext("Change…"), listing.url(add=part.field, at=at), icon="adjustments-horizontal"))
    if inside is not Joiner.OR and len(place) < DEEPEST:
        found.append(Option(gettext("Or another condition…"), listing.url(choose="or", at=at), icon="sitemap"))
    if inside is Joiner.OR and len(place) < DEEPEST:
        found.append(Option(gettext("And another condition…"), listing.url(choose="and", at=at), icon="sitemap"))
    found += [
        Option(
            gettext("Move into: %(group)s") % {"group": _group_words(listing, group)},
            listing.url(node=moved(node, place, group)),
            icon="corner-down-left",
        )
        for group in groups_of(node)
        if group and group != place[:-1] and group[: len(place)] != place
    ][:4]
    if len(place) > 1:
        out = next((g for g in reversed(groups_of(node)) if len(g) < len(place) - 1 and place[: len(g)] == g), None)
        if out is not None:
            label = gettext("Take out of the group")
            found.append(Option(label, listing.url(node=moved(node, place, out)), icon="arrow-left"))
    return [*found, Option(gettext("Remove"), listing.url(node=_without(node, place)), icon="x")]


DEEPEST = 3
"""Groups within groups that the bar makes; deeper ones are written as text."""


def group_options(listing: Listing, place: Place) -> list[Option]:
    """What may be done with a group."""
    node, at = listing.node, _dotted(place)
    group = at_place(node, place)
    assert node is not None
    if not isinstance(group, Group):
        return []
    other = gettext("All of them: «and»") if group.joiner is Joiner.OR else gettext("Any of them: «or»")
    return [
        Option(gettext("Add a condition here…"), listing.url(choose=str(group.joiner), at=at), icon="plus"),
        Option(other, listing.url(node=turned(node, place)), icon="refresh"),
        Option(gettext("The opposite of the group"), listing.url(node=negated(node, place)), icon="repeat"),
        Option(gettext("Remove the group"), listing.url(node=_without(node, place)), icon="x"),
    ]


def _group_words(listing: Listing, place: Place) -> str:
    """A group in words, short."""
    node = at_place(listing.node, place)
    assert node is not None
    parts = sentence(node, vocabulary_of(listing.known), listing.asker, _labels(listing))
    text = " ".join(part.text for part in parts if part.text)
    return text if len(text) <= 40 else f"{text[:38].rstrip()}…"


def _dotted(place: tuple[int, ...]) -> str:
    return ".".join(map(str, place)) or WHOLE


WHOLE = "-"
"""The place of the whole filter, in an address."""


def place_in(text: str) -> Place | None:
    """The place that an address names, as `0.1`; None where it names none."""
    if text == WHOLE:
        return ()
    numbers = [parse_id(part) for part in text.split(".")]
    return tuple(n for n in numbers if n is not None) if text and None not in numbers else None


def _asked_place(listing: Listing, at: str) -> Place | None:
    """The place that an address names in the filter as it is; a lone condition is the whole filter."""
    place = place_in(at)
    return () if place is not None and isinstance(listing.node, Test) else place


def _without(node: Node | None, place: tuple[int, ...] | None) -> Node | None:
    return replaced(node, place, None) if node is not None and place is not None else node


def _with(node: Node | None, place: tuple[int, ...] | None, test: Test) -> Node | None:
    if node is None or place is None:
        return added(node, test)
    return replaced(node, place, test)


def put(listing: Listing, test: Test, at: str, join: str = "") -> Node | None:
    """The filter with one more condition, or with the one at a place exchanged.

    Args:
        listing: The list as it is.
        test: The new condition.
        at: Place of the condition it takes the place of or is joined to, as `0.1`; empty adds it to the whole.
        join: `and` or `or` joins it to what is at the place instead.
    """
    place = _asked_place(listing, at)
    if place is not None and join in (Joiner.AND, Joiner.OR):
        return joined(listing.node, place, test, Joiner(join))
    now = at_place(listing.node, place) if place is not None else None
    if place is not None and isinstance(now, Group) and now.joiner is Joiner.NOT:
        place = (*place, 0)  # the words take a «not» before a condition in: what is changed is the condition
    return _with(listing.node, place, test)


def condition_form(listing: Listing, name: str, at: str, join: str = "") -> ConditionForm | None:
    """The form of a condition on a field, filled where it stands for an existing one; None for an unknown field."""
    about = vocabulary_of(listing.known).known_to(listing.user).get(name)
    if about is None:
        return None
    now = at_place(listing.node, place) if (place := _asked_place(listing, at)) is not None else None
    if isinstance(now, Group) and now.joiner is Joiner.NOT:
        now = now.parts[0]
    test = now if isinstance(now, Test) and now.field == name and not join else None
    chosen = [v.text for v in test.values] if test else []
    hidden = listing.hidden() | {"field": name, "at": at, "join": join}
    return ConditionForm(
        about,
        comparisons(about, test.operator.value if test else ""),
        [*value_choices(about, chosen), *typed_periods(about, listing.formats)],
        ", ".join(chosen),
        *_lookup(about, listing.user),
        {k: v for k, v in hidden.items() if v or k in listing.base},
        _words(about, chosen),
    )


def _words(about: Filterable, chosen: list[str]) -> list[Choice]:
    """The words that stand for people and teams: me, my team."""
    words = {"me": pgettext("the reader", "me")} if about.to is User else {}
    if about.to in (User, Team):
        words["my_team"] = gettext("my team")
    return [Choice(word, label, word in chosen) for word, label in words.items()]


def _lookup(about: Filterable, user: User) -> tuple[str, list[dict[str, Any]]]:
    """Where the records of a reference are looked up, and the first of them; nothing for other fields."""
    far = find_type(about.to) if about.to and family_of(about) is Family.REF else None
    if far is None or far.within or not may_list(user, far):
        return "", []
    return address("web:lookup", far.url), lookup(user, far, "")


def addable(listing: Listing) -> list[str]:
    """The fields one may add a condition on."""
    return list(vocabulary_of(listing.known).known_to(listing.user))
