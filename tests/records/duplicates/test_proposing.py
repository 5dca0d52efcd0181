"""Which record should stay, and whose values."""

from datetime import UTC, datetime
from typing import Any

import pytest

from coordina.records.duplicates.proposing import Candidate, Why, proposed, who_stays
from coordina.records.duplicates.sure import groups_of

OLD, NEW = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)


def pair(name: str, one: Any, other: Any) -> list[Candidate]:
    return [Candidate(1, {name: one}, OLD), Candidate(2, {name: other}, NEW)]


@pytest.mark.parametrize(
    ("one", "other", "said", "expected"),
    [
        ("", "a", {}, (2, Why.ONLY)),
        ("a", "", {}, (1, Why.STAYS)),
        ("a", "a", {}, (1, Why.STAYS)),
        ("a", "b", {}, (2, Why.NEWER)),
        ("", "", {}, (1, Why.STAYS)),
        ("prospect", "customer", {"usual": "prospect"}, (2, Why.ONLY)),
        ("customer", "prospect", {"usual": "prospect"}, (1, Why.STAYS)),
        ("Energías Sol, S.L.", "ENERGIAS SOL SOCIEDAD LIMITADA", {"titled": True}, (1, Why.FULLER)),
        ("Energias Sol Sdad. Ltda.", "Energías Sol, S.L.", {"titled": True}, (2, Why.FULLER)),
        ("larga y buena descripción", "corta", {"text": True}, (1, Why.FULLER)),
    ],
)
def test_proposals(one: str, other: str, said: dict[str, Any], expected: tuple[int, Why]) -> None:
    assert proposed("x", pair("x", one, other), 1, **({"titled": False, "text": False} | said)) == expected


def test_who_stays() -> None:
    assert who_stays([Candidate(1, {"a": ""}, OLD), Candidate(2, {"a": "x"}, OLD)]) == 2
    assert who_stays([Candidate(1, {"a": ""}, OLD, 5), Candidate(2, {"a": "x"}, OLD)]) == 1
    assert who_stays([Candidate(2, {"a": "x"}, OLD), Candidate(1, {"a": "y"}, NEW)]) == 1


def test_groups_hang_together_and_are_cut_where_they_are_too_large() -> None:
    assert groups_of([(1, 2), (3, 4), (2, 5)]) == [[1, 2, 5], [3, 4]]
    chain = groups_of([(n, n + 1) for n in range(1, 50)])
    assert [len(group) for group in chain] == [20, 20, 10]
