"""Find the existing label that a foreign value means: a stage, an industry, a product, a company.

Only a difference in writing («GTXPro» and «GTX Pro») or a known translation («Won» and «Ganada») is taken without
asking; a similar spelling («technolgy») is a suggestion that somebody confirms. Similarity is rapidfuzz's: compiled,
without dependencies, and fast enough to compare a value with tens of thousands of labels.
"""

import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from rapidfuzz import fuzz, process

from coordina.records.imports.folding import folded, plain
from coordina.records.imports.vocabulary import stages

SIMILAR = 0.84
"""Similarity from 0 to 1 from which a label is suggested."""

type StageKind = Literal["won", "lost", "open"]


class How(StrEnum):
    """In which way a value and a label are the same."""

    EXACT = "exact"
    WRITING = "writing"
    TRANSLATION = "translation"
    SIMILAR = "similar"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Candidate[K: Hashable]:
    """Something that a value may mean.

    Attributes:
        key: what the caller knows it by.
        label: its name.
        aliases: other names.
        kind: for stages, whether it is won, lost or open; "" otherwise.
    """

    key: K
    label: str
    aliases: tuple[str, ...] = ()
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Match[K: Hashable]:
    """What a value probably means.

    Attributes:
        value: the foreign value.
        candidate: the best label, or None.
        how: in which way.
        score: from 0 to 1.
        automatic: whether it may be used without asking.
        others: further labels, best first.
    """

    value: str
    candidate: Candidate[K] | None
    how: How
    score: float
    automatic: bool
    others: tuple[Candidate[K], ...] = ()


class Matcher[K: Hashable]:
    """Compares values with a fixed set of labels; build it once for a column.

    Args:
        candidates: the labels that exist.
        threshold: similarity from which a label is suggested.
        translate: whether names of stages are translated.
    """

    def __init__(
        self, candidates: Iterable[Candidate[K]], *, threshold: float = SIMILAR, translate: bool = False
    ) -> None:
        self._candidates = list(candidates)
        self._threshold = threshold * 100
        self._translate = translate
        self._exact: dict[str, list[int]] = {}
        self._folded: dict[str, list[int]] = {}
        self._meaning: dict[str, list[int]] = {}
        self._plain: dict[int, str] = {}
        for place, candidate in enumerate(self._candidates):
            self._plain[place] = plain(candidate.label)
            for label in (candidate.label, *candidate.aliases):
                _note(self._exact, label.strip(), place)
                _note(self._folded, folded(label), place)
                if translate and (meaning := stages().get(folded(label))):
                    _note(self._meaning, meaning, place)

    def match(self, value: str) -> Match[K]:
        """The label that a value means, as far as can be told.

        Args:
            value: a filled cell.
        """
        same = self.same(value)
        return same if same.candidate is not None else self._similar(value)

    def same(self, value: str) -> Match[K]:
        """The label that a value means, without looking for similar ones: cheap for values that mean none.

        Args:
            value: a filled cell.
        """
        if found := self._exact.get(value.strip()):
            return self._matched(value, found, How.EXACT, 1.0)
        bare = folded(value)
        if bare and (found := self._folded.get(bare)):
            return self._matched(value, found, How.WRITING, 0.99)
        if self._translate and (found := self._translated(bare)):
            return self._matched(value, found, How.TRANSLATION, 0.95)
        return Match(value, None, How.NONE, 0.0, automatic=False)

    def match_all(self, values: Iterable[str]) -> list[Match[K]]:
        """`match` for each value, in order."""
        return [self.match(value) for value in values]

    def _matched(self, value: str, places: Sequence[int], how: How, score: float) -> Match[K]:
        """A match with the first of some labels; only one label can be taken without asking."""
        first, *others = (self._candidates[place] for place in places)
        return Match(value, first, how, score, not others, tuple(others))

    def _translated(self, bare: str) -> list[int]:
        """Labels with the same meaning as a stage's name; else, for won and lost, those of that kind."""
        meaning = stages().get(bare, "")
        if not meaning:
            return []
        if found := self._meaning.get(meaning):
            return found
        if meaning not in {"won", "lost"}:
            return []
        return [place for place, candidate in enumerate(self._candidates) if candidate.kind == meaning]

    def _similar(self, value: str) -> Match[K]:
        """Labels spelt alike, best first; different numbers are never alike."""
        text = plain(value)
        digits = re.findall(r"\d+", text)
        scores: dict[int, float] = {}
        for scorer in (fuzz.ratio, fuzz.token_sort_ratio) if len(text) > 3 else ():
            for label, score, place in process.extract(
                text, self._plain, scorer=scorer, score_cutoff=self._threshold, limit=8, processor=None
            ):
                if len(label) > 3 and re.findall(r"\d+", label) == digits:
                    scores[place] = max(score, scores.get(place, 0.0))
        best = sorted(((score, place) for place, score in scores.items()), key=lambda pair: (-pair[0], pair[1]))
        if not best:
            return Match(value, None, How.NONE, 0.0, automatic=False)
        score, first = best[0]
        others = tuple(self._candidates[place] for _, place in best[1:4])
        return Match(value, self._candidates[first], How.SIMILAR, round(score / 100, 2), automatic=False, others=others)


def _note(index: dict[str, list[int]], key: str, place: int) -> None:
    """Add a label to an index once."""
    places = index.setdefault(key, [])
    if place not in places:
        places.append(place)


def stage_kind(name: str) -> StageKind | None:
    """Whether the name of a stage says won, lost or open, in Spanish or English; None when it does not say.

    >>> stage_kind("Cerrada ganada"), stage_kind("closedlost"), stage_kind("Negociación"), stage_kind("Cerrada")
    ('won', 'lost', 'open', None)
    """
    meaning = stages().get(folded(name))
    if meaning is None:
        parts = set(plain(name).split())
        for kind in ("won", "lost"):
            if parts & {text for text, found in stages().items() if found == kind} and len(parts) < 5:
                return "won" if kind == "won" else "lost"
        return None
    if meaning == "won":
        return "won"
    return "lost" if meaning == "lost" else "open"
