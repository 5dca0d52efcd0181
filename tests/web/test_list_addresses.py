"""Addresses on a list say what changing the filter as a tree says, however short the way to them is."""

from urllib.parse import quote_plus
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from coordina.accounts.models import User
from coordina.core.filters import Asker, Node, conjuncts, parse, unparse
from coordina.core.filters.edit import Place, added, replaced
from coordina.core.formats import formats_of
from coordina.core.types import TYPES
from coordina.web import sentences
from coordina.web.listing import Listing, read_listing
from coordina.web.saved.tables import groups_of
from tests.world import World

pytestmark = pytest.mark.django_db

TESTS = ("status = open", "amount >= 1000", 'name ~ "a & b+c"', "owner = me", "closes_on in this_month")
FILTERS = st.recursive(
    st.sampled_from(TESTS),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda p: " and ".join(f"({x})" for x in p)),
        st.lists(inner, min_size=2, max_size=3).map(lambda p: " or ".join(f"({x})" for x in p)),
        inner.map(lambda x: f"not ({x})"),
    ),
    max_leaves=5,
)


@pytest.fixture
def user() -> User:
    return World().boss


def _listing(user: User, query: str) -> Listing:
    zone = ZoneInfo("Europe/Madrid")
    formats = formats_of("es", "Europe/Madrid", "EUR", timezone.now())
    asker = Asker(user=user, now=timezone.now(), time_zone=zone)
    return read_listing(TYPES["opportunity"], QueryDict(query), user, asker, formats)


@settings(deadline=None)
@given(text=FILTERS)
def test_parts_joined_are_the_whole(text: str) -> None:
    node = parse(text)
    parts = conjuncts(node)
    assert parse(" and ".join(parts)) == node
    if len(parts) > 1:
        assert " and ".join(parts) == unparse(node)


@pytest.mark.parametrize("rest", ["", "&sort=-amount&cols=name,amount", "&layout=board&by=stage&group=owner"])
@pytest.mark.parametrize(
    "text",
    [
        "",
        *TESTS,
        "status = open and amount >= 1000",
        "status = open and (amount >= 1000 or owner = me)",
        "status = open and not owner = me",
        "status = won or owner = me",
        "not (status = open)",
        "status = open and stage = 3 and closes_on in this_month",
    ],
)
def test_quick_filters(user: User, text: str, rest: str) -> None:
    listing = _listing(user, f"q={quote_plus(text)}{rest}")
    assert not listing.error
    words = sentences.vocabulary_of(listing.known).known_to(user)
    parts = sentences.sentence(
        listing.node, sentences.vocabulary_of(listing.known), listing.asker, sentences._labels(listing)
    )
    top = sentences._top(listing.node)
    places: dict[str, Place] = {
        p.field: p.place for p in parts if p.kind is sentences.PartKind.TEST and len(p.place) <= top
    }
    said = sentences.sentence_of(listing)
    for about, say in zip([words[n] for n in listing.known.quick if n in words], said, strict=False):
        place = places.get(about.name)
        expected: list[Node | None] = [sentences._without(listing.node, place)]
        for test, _label in sentences.quick_tests(about):
            node = listing.node
            expected.append(added(node, test) if node is None or place is None else replaced(node, place, test))
        assert [option.url for option in say.options[: len(expected)]] == [_slow(listing, n) for n in expected]


def _slow(listing: Listing, node: Node | None) -> str:
    """The address as `url` makes it where more than one thing changes."""
    return listing.url(node=node, after="")


def test_groups(user: User) -> None:
    listing = _listing(user, "q=status+%3D+open&group=owner&sort=-amount")
    drawn = groups_of(listing)
    for name in ("", "stage", "owner"):
        assert listing.url(group=name, after="").replace("&", "&amp;") in drawn
    assert drawn.count("aria-current") == 1
