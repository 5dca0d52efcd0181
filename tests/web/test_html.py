"""The smallest pieces of a page: what they say, and that nothing gets in unescaped."""

from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from django.utils.safestring import SafeString

from coordina.core.formats import formats_of
from coordina.core.types import Field, Kind
from coordina.web import html
from coordina.web.values import drawer

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ATTACK = '"><script>alert(1)</script>&'


def parsed(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)


@pytest.mark.parametrize(
    "made",
    [
        html.icon("plus", label=ATTACK),
        html.avatar(ATTACK, 1, solo=True),
        html.company_avatar(ATTACK, ATTACK, "l"),
        html.person(ATTACK, 1),
        html.badge(ATTACK, "bad", "clock"),
        html.stage(2, 5, ATTACK),
        html.bar(50, label=ATTACK),
        html.split_bar([(1, "s1"), (2, ATTACK)], ATTACK),
        html.highlighted(ATTACK, "alert"),
    ],
)
def test_every_piece_is_safe_and_escaped(made: str) -> None:
    assert isinstance(made, SafeString)
    assert "<script" not in made
    parsed(f"<p>{made}</p>")


def test_text_that_is_already_safe_stays_as_it_is() -> None:
    assert "<b>3</b>" in html.badge(SafeString("<b>3</b>"))


def test_an_icon_is_decoration_unless_it_has_a_name() -> None:
    assert parsed(html.icon("plus")).attrib["aria-hidden"] == "true"
    named = parsed(html.icon("check", "s", "Recognised"))
    assert named.attrib == {"class": "icon icon-s", "role": "img", "aria-label": "Recognised"}
    assert named[0].attrib["href"].endswith("vendor/icons.svg#check")


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Inés Alondra", "IA"),
        ("María del Carmen Ruiz", "MR"),
        ("Bruno", "B"),
        ("  ", "?"),
        ("", "?"),
        ("— 3M", "3"),
        ("ñoño álvarez", "ÑÁ"),
        ("(interno) Ana", "A"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert html.initials(name) == letters


def test_one_initial_where_there_is_room_for_one() -> None:
    assert html.initials("Inés Alondra", most=1) == "I"


def test_a_tint_follows_from_the_id_and_all_tints_are_used() -> None:
    assert html.tone_of(7) == html.tone_of("7") == html.tone_of(7)
    assert {html.tone_of(number) for number in range(100)} == set(range(1, html.PEOPLE_TONES + 1))


def test_an_avatar_is_read_aloud_only_where_it_stands_alone() -> None:
    beside, alone = parsed(html.avatar("Teo Mirlo", 3)), parsed(html.avatar("Teo Mirlo", 3, "s", solo=True))
    assert (beside.attrib["aria-hidden"], beside.text, beside.attrib["title"]) == ("true", "TM", "Teo Mirlo")
    assert (alone.attrib["role"], alone.attrib["aria-label"]) == ("img", "Teo Mirlo")
    assert "avatar-s" in alone.attrib["class"]


def test_a_company_is_square_and_named_by_its_first_words() -> None:
    tile = parsed(html.company_avatar("Conservas Sirena y Compañía", 3))
    assert tile.text == "CS"
    assert "avatar-square" in tile.attrib["class"]


@pytest.mark.parametrize(
    ("now", "states"),
    [
        (0, ["", "", ""]),
        (1, ["c", "", ""]),
        (2, ["d", "c", ""]),
        (3, ["d", "d", "c"]),
        (4, ["d", "d", "d"]),
    ],
)
def test_the_thread_fills_what_is_done_and_rings_what_is_now(now: int, states: list[str]) -> None:
    drawn = parsed(html.thread(now, 3))
    assert [node.attrib.get("class", "") for node in drawn.iter("circle")] == states
    assert len(list(drawn.iter("line"))) == 2
    assert drawn.attrib["width"] == "28"


def test_a_thread_of_one_stage_is_one_node() -> None:
    assert [node.tag for node in parsed(html.thread(1, 0))] == ["circle"]


def test_a_stage_is_never_a_drawing_alone() -> None:
    assert "".join(parsed(html.stage(2, 5, "Propuesta")).itertext()) == "Propuesta"


@pytest.mark.parametrize(
    ("now", "total", "tone"), [(1, 5, 1), (3, 5, 3), (5, 5, 5), (1, 1, 5), (2, 2, 5), (9, 4, 5), (0, 4, 1)]
)
def test_the_stage_ramp_deepens_as_the_deal_advances(now: int, total: int, tone: int) -> None:
    assert html.stage_tone(now, total) == tone


def test_a_badge_has_a_word_and_an_icon_where_asked() -> None:
    assert html.badge("Won") == '<span class="badge">Won</span>'
    assert "#clock" in html.badge("Due", "warn", "clock")


@pytest.mark.parametrize(("value", "width"), [(-5, "0"), (33.333, "33.33"), (62, "62"), (140, "100")])
def test_a_bar_stays_within_its_track(value: float, width: str) -> None:
    track, fill = parsed(html.bar(value))
    assert (track.attrib["width"], fill.attrib["width"]) == ("100", width)


def test_a_bar_may_carry_a_pace_and_a_meaning() -> None:
    _track, fill, pace = parsed(html.bar(40, "warn", pace=130, label="40 % of the goal"))
    assert fill.attrib["class"] == "fill warn"
    assert pace.attrib["x"] == "99.1"


def test_a_divided_bar_fills_the_width_and_leaves_out_nothing_amounts() -> None:
    drawn = parsed(html.split_bar([(1, "s1"), (0, "s2"), (3, "s3")], "Money by stage"))
    first, second = drawn
    assert [first.attrib["class"], second.attrib["class"]] == ["s1", "s3"]
    assert float(second.attrib["x"]) + float(second.attrib["width"]) == pytest.approx(100, abs=0.02)
    assert float(second.attrib["width"]) == pytest.approx(3 * float(first.attrib["width"]), abs=0.05)


def test_a_divided_bar_of_nothing_is_empty() -> None:
    assert len(parsed(html.split_bar([(0, "s1")], "Nothing"))) == 0


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("Ana & Ana", "ana", "<mark>Ana</mark> &amp; <mark>Ana</mark>"),
        ("Teo", " ", "Teo"),
        ("Teo", "x", "Teo"),
        ("İstanbul & co", "stan", "İstanbul &amp; co"),
    ],
)
def test_search_answers_show_where_they_match(text: str, query: str, marked: str) -> None:
    assert html.highlighted(text, query) == marked


def test_a_long_address_breaks_where_its_parts_begin() -> None:
    """In a narrow column it must not break within a word where it need not."""
    draw = drawer(Field(name="email", label="e-mail", kind=Kind.EMAIL), formats_of("es", "UTC", "EUR", NOW))
    long = "ana.maria@centro-de-formacion.example"
    shown = draw((long,))
    assert f'href="mailto:{long}"' in shown
    assert ">ana<wbr>.maria<wbr>@centro-<wbr>de-<wbr>formacion<wbr>.example</a>" in shown
    assert draw(("ana@faro.es",)) == '<a href="mailto:ana@faro.es">ana@faro.es</a>'
    assert "&lt;" in draw(("<b>@centro-de-formacion.example",))
