"""Foreign values find existing labels; only differences in writing and translations are taken without asking."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordina.records.imports.matching import Candidate, How, Matcher, stage_kind

PRODUCTS = [Candidate(place, label) for place, label in enumerate(["GTX Basic", "GTX Pro", "GTX Plus Pro", "MG 500"])]
STAGES = [
    Candidate(1, "Prospección", kind="open"),
    Candidate(2, "Negociación", kind="open"),
    Candidate(3, "Ganada", kind="won"),
    Candidate(4, "Perdida", kind="lost"),
]


@pytest.mark.parametrize(
    ("value", "label", "how", "automatic"),
    [
        ("GTX Pro", "GTX Pro", How.EXACT, True),
        ("GTXPro", "GTX Pro", How.WRITING, True),
        ("gtx-pro", "GTX Pro", How.WRITING, True),
        ("GTX Porr", "GTX Pro", How.SIMILAR, False),
        ("Pro GTX", "GTX Pro", How.SIMILAR, False),
        ("MG 5000", None, How.NONE, False),
        ("Anvil", None, How.NONE, False),
    ],
)
def test_products(value: str, label: str | None, how: How, automatic: bool) -> None:
    match = Matcher(PRODUCTS, threshold=0.8).match(value)
    assert (match.candidate.label if match.candidate else None, match.how, match.automatic) == (label, how, automatic)


def test_a_misspelling_is_a_suggestion() -> None:
    match = Matcher([Candidate("t", "technology"), Candidate("m", "medical")]).match("technolgy")
    assert (match.candidate and match.candidate.key, match.how, match.automatic) == ("t", How.SIMILAR, False)
    assert match.score > 0.9


def test_two_labels_that_fold_alike_are_never_taken_unasked() -> None:
    match = Matcher([Candidate(1, "A. B. Sol"), Candidate(2, "AB Sol")]).match("ab-sol")
    assert (match.automatic, len(match.others)) == (False, 1)
    assert Matcher([Candidate(1, "A. B. Sol"), Candidate(2, "AB Sol")]).match("AB Sol").automatic


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ("Won", 3),
        ("Closed Won", 3),
        ("closedwon", 3),
        ("Cerrada ganada", 3),
        ("Lost", 4),
        ("Closed-Lost to Competition", 4),
        ("Prospecting", 1),
        ("Negotiation/Review", 2),
    ],
)
def test_stages_are_translated(value: str, key: int) -> None:
    match = Matcher(STAGES, translate=True).match(value)
    assert (match.candidate and match.candidate.key, match.how, match.automatic) == (key, How.TRANSLATION, True)


def test_won_finds_the_only_won_stage_whatever_its_name() -> None:
    matcher = Matcher([Candidate(1, "Contrato en mano", kind="won"), Candidate(2, "Nada", kind="lost")], translate=True)
    assert matcher.match("Closed Won").candidate == Candidate(1, "Contrato en mano", kind="won")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Won", "won"),
        ("Ganada", "won"),
        ("Cerrada ganada", "won"),
        ("CLOSED_WON", "won"),
        ("4 - Closed Won", "won"),
        ("Perdido", "lost"),
        ("closedlost", "lost"),
        ("Engaging", "open"),
        ("Negociación", "open"),
        ("Cerrada", None),
        ("Fase especial", None),
        ("", None),
    ],
)
def test_kinds_of_stages(name: str, kind: str | None) -> None:
    assert stage_kind(name) == kind


@given(st.text(max_size=30), st.lists(st.text(max_size=15), max_size=6))
def test_automatic_means_the_same_letters(value: str, labels: list[str]) -> None:
    match = Matcher([Candidate(place, label) for place, label in enumerate(labels)]).match(value)
    if match.automatic:
        assert match.how in {How.EXACT, How.WRITING}
    assert (match.candidate is None) == (match.how is How.NONE)
