"""How alike two records are, in bits of evidence, and why.

The score is that of Fellegi and Sunter (A theory for record linkage, Journal of the American Statistical Association
64, 1969, pp. 1183-1210): each trait adds log2(m/u), where m is how often the observed agreement happens among pairs
that are the same and u how often among candidates that are not; partial agreement of strings in levels follows Winkler
(String comparator metrics and enhanced decision rules in the Fellegi-Sunter model, 1990). Names are compared word by
word with the similarity of Jaro and Winkler. Where a trait is missing on one side it says nothing.

Shape: `Verdict.score` is a probability from 0 to 1. It is calibrated for candidates with a common blocking key only.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import log2

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler, Levenshtein

from coordina.records.duplicates.tables import COMMON, FREQUENT, SHARED_BOXES


class Trait(StrEnum):
    """What two records are compared by."""

    COMPANY_NAME = "company_name"
    PERSON_NAME = "person_name"
    TAX_ID = "tax_id"
    DOMAIN = "domain"
    EMAIL = "email"
    PHONE = "phone"
    STREET = "street"
    PLACE = "place"
    POSTAL_CODE = "postal_code"
    BIRTH = "birth"
    SAME = "same"


type Facts = Mapping[Trait, tuple[str, ...]]
"""Plain values of a record by trait; see `words`."""

type Levels = tuple[tuple[float, float, float], ...]

PRIOR = -6.0
"""Bits before anything is compared: one candidate in about 64 is a twin."""
SURE = 0.97
"""From here on two records are merged in bulk; fixed on training data, see docs/duplicates.md."""
POSSIBLE = 0.5
"""From here on a person is asked."""

LEVELS: Mapping[Trait, Levels] = {
    Trait.COMPANY_NAME: (
        (0.995, 0.60, 0.004), (0.92, 0.20, 0.004), (0.82, 0.10, 0.01), (0.7, 0.05, 0.03), (0.5, 0.03, 0.10),
        (0.0, 0.02, 0.85),
    ),
    Trait.PERSON_NAME: (
        (0.995, 0.60, 0.003), (0.92, 0.20, 0.004), (0.82, 0.10, 0.01), (0.7, 0.06, 0.03), (0.0, 0.04, 0.95),
    ),
    Trait.TAX_ID: ((0.995, 0.90, 0.0002), (0.88, 0.06, 0.002), (0.0, 0.04, 0.9978)),
    Trait.EMAIL: ((0.995, 0.70, 0.0005), (0.9, 0.10, 0.003), (0.0, 0.20, 0.99)),
    Trait.DOMAIN: ((0.995, 0.80, 0.01), (0.0, 0.20, 0.99)),
    Trait.PHONE: ((0.995, 0.70, 0.003), (0.88, 0.05, 0.005), (0.0, 0.25, 0.99)),
    Trait.STREET: ((0.9, 0.60, 0.006), (0.75, 0.15, 0.02), (0.5, 0.10, 0.10), (0.0, 0.15, 0.87)),
    Trait.PLACE: ((0.9, 0.85, 0.15), (0.0, 0.15, 0.85)),
    Trait.POSTAL_CODE: ((0.995, 0.75, 0.03), (0.75, 0.12, 0.03), (0.0, 0.13, 0.94)),
    Trait.BIRTH: ((0.995, 0.85, 0.0003), (0.8, 0.10, 0.004), (0.0, 0.05, 0.996)),
    Trait.SAME: ((0.995, 0.70, 0.05), (0.0, 0.30, 0.95)),
}  # fmt: skip
"""By trait: from which similarity on, how often among the same (m), how often among others (u)."""

BEST: Mapping[Trait, float] = {trait: log2(levels[0][1] / levels[0][2]) for trait, levels in LEVELS.items()}
"""By trait: the most bits it can add."""
LEAST = log2(POSSIBLE / (1 - POSSIBLE)) - 0.01
"""Bits of a pair that a person is asked about, less what rounding may take."""

ONE_SOURCE = (frozenset({Trait.EMAIL, Trait.DOMAIN}),)
"""Traits that say the same thing twice: only the one that says more counts."""
SHARED = frozenset({Trait.PHONE, Trait.STREET, Trait.PLACE, Trait.POSTAL_CODE, Trait.SAME, Trait.DOMAIN})
"""What colleagues and families have in common: it speaks for two people being one only where their names do too."""
ONE_WORD = 0.85
"""From here on names that are written as one word each are near."""
NAMES = (Trait.COMPANY_NAME, Trait.PERSON_NAME)


@dataclass(frozen=True, slots=True)
class Reason:
    """What one trait says.

    Attributes:
        alike: Similarity from 0 to 1.
        bits: Evidence; positive speaks for one and the same.
    """

    trait: Trait
    alike: float
    bits: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is thought of a pair.

    Attributes:
        score: Probability from 0 to 1.
        reasons: What was compared, what says most first.
    """

    score: float
    reasons: tuple[Reason, ...]

    @property
    def sure(self) -> bool:
        """Whether a person need not look."""
        return self.score >= SURE

    @property
    def possible(self) -> bool:
        """Whether a person should look."""
        return self.score >= POSSIBLE


def compare(one: Facts, other: Facts) -> Verdict:
    """Judge a pair; the order of the two does not matter."""
    return _verdict(_found(one, other, one))


def possible(one: Facts, other: Facts) -> Verdict | None:
    """The verdict of a pair that a person should look at, None for any other.

    Names cost most, so they are compared only where the rest leaves them a chance: most candidates end before.
    """
    names = [trait for trait in NAMES if one.get(trait) and other.get(trait)]
    found = _found(one, other, [trait for trait in one if trait not in NAMES])
    if PRIOR + sum(r.bits for r in found.values()) + sum(BEST[trait] for trait in names) < LEAST:
        return None
    verdict = _verdict(found | _found(one, other, names))
    return verdict if verdict.possible else None


def _found(one: Facts, other: Facts, traits: Iterable[Trait]) -> dict[Trait, Reason]:
    """What these traits say, where both have them; of several that say the same only the one that says most."""
    found: dict[Trait, Reason] = {}
    for trait in traits:
        mine, theirs = one.get(trait), other.get(trait)
        if mine and theirs:
            found[trait] = _reason(trait, mine, theirs)
    for group in ONE_SOURCE:
        several = [found[t] for t in group if t in found]
        if len(several) > 1:
            best = max(several, key=lambda r: (r.bits, r.trait))
            for weaker in several:
                if weaker is not best:
                    del found[weaker.trait]
    return found


def _verdict(found: dict[Trait, Reason]) -> Verdict:
    """The sum of all evidence."""
    name = found.get(Trait.PERSON_NAME)
    if name is not None and name.bits < 0:
        found = {t: r for t, r in found.items() if r.bits < 0 or t not in SHARED}
    total = PRIOR + sum(sorted(r.bits for r in found.values()))
    ordered = sorted(found.values(), key=lambda r: (-abs(r.bits), r.trait))
    return Verdict(round(1 / (1 + 2.0 ** -max(-60.0, min(60.0, total))), 4), tuple(ordered))


def _reason(trait: Trait, mine: Sequence[str], theirs: Sequence[str]) -> Reason:
    alike, pair = 0.0, ("", "")
    for a in mine:
        for b in theirs:
            now = similarity(trait, a, b) if a < b else similarity(trait, b, a)
            if now > alike or not pair[0]:
                alike, pair = now, (a, b)
    bits = next(log2(m / u) for least, m, u in LEVELS[trait] if alike >= least)
    return Reason(trait, alike, round(bits - _commonplace(trait, *pair) if bits > 0 else bits, 3))


def _commonplace(trait: Trait, a: str, b: str) -> float:
    """Bits to take off where what agrees is what many have: frequent names, the mailbox of a whole company."""
    if trait is Trait.PERSON_NAME:
        words = {*a.split(), *b.split()}
        return 3.0 if words <= FREQUENT and len(words) < 5 else 0.0
    if trait is Trait.COMPANY_NAME:
        return 4.0 if COMMON.issuperset(a.split()) or COMMON.issuperset(b.split()) else 0.0
    if trait is Trait.EMAIL:
        return 3.0 if a.partition("@")[0] in SHARED_BOXES else 0.0
    return 0.0


@lru_cache(maxsize=8_000)
def similarity(trait: Trait, a: str, b: str) -> float:
    """How alike two plain values are, from 0 to 1; symmetric."""
    if a == b:
        return 1.0
    if trait in NAMES or trait is Trait.STREET:
        return _of_words(trait, a, b)
    if trait is Trait.PLACE:
        return float(JaroWinkler.similarity(a, b))
    if trait is Trait.EMAIL:
        return _of_mails(a, b)
    if trait in (Trait.TAX_ID, Trait.PHONE, Trait.BIRTH, Trait.POSTAL_CODE):
        return _of_digits(a, b)
    return 0.0


def _of_digits(a: str, b: str) -> float:
    """One slip of the hand is alike, more is not."""
    slips = DamerauLevenshtein.distance(a, b, score_cutoff=2)
    return 1 - slips / max(len(a), len(b)) if slips <= (2 if len(a) == len(b) == 8 and a.isdigit() else 1) else 0.0


def _of_mails(a: str, b: str) -> float:
    mine, _at, my_domain = a.partition("@")
    theirs, _at, their_domain = b.partition("@")
    if my_domain == their_domain:
        slips = DamerauLevenshtein.distance(mine, theirs, score_cutoff=1)
        return 0.95 if slips <= 1 and min(len(mine), len(theirs)) >= 4 else 0.0
    return 0.9 if mine == theirs and DamerauLevenshtein.distance(my_domain, their_domain, score_cutoff=1) <= 1 else 0.0


@dataclass(frozen=True, slots=True)
class _Words:
    """A value taken apart once, however many others it is compared with.

    Attributes:
        words: In their order.
        weights: What each counts.
        total: What all count together.
        digits: Of the whole value.
        joined, ordered: As one word, in the order of the value and of the alphabet.
    """

    words: tuple[str, ...]
    weights: tuple[float, ...]
    total: float
    digits: str
    joined: str
    ordered: str


@lru_cache(maxsize=8_000)
def _apart(trait: Trait, value: str) -> _Words:
    words = tuple(value.split())
    weigh = _weight if trait is Trait.COMPANY_NAME else _number_weight if trait is Trait.STREET else _even
    weights = tuple(map(weigh, words))
    return _Words(words, weights, sum(weights), _digits(value), "".join(words), "".join(sorted(words)))


def _of_words(trait: Trait, a: str, b: str) -> float:
    """Words matched one to one, what everybody has counting less; or both written as one word, if that is nearer."""
    mine, theirs = _apart(trait, a), _apart(trait, b)
    pairs = [
        (-alike, abs(len(x) - len(y)), i + j, i, j)
        for i, x in enumerate(mine.words)
        for j, y in enumerate(theirs.words)
        if (alike := _word(x, y)) >= 0.8
    ]
    used: set[int] = set()
    taken: set[int] = set()
    matched = 0.0
    for less, _longer, _where, i, j in sorted(pairs):
        if i not in used and j not in taken:
            used.add(i)
            taken.add(j)
            matched -= less * (mine.weights[i] + theirs.weights[j])
    by_word = matched / (mine.total + theirs.total)
    part = len(used) == len(mine.words) or len(taken) == len(theirs.words)
    few = min(len(mine.words), len(theirs.words))
    if part and min(mine.total, theirs.total) >= 1 and few >= (2 if trait is Trait.PERSON_NAME else 1):
        by_word = max(by_word, (by_word + 0.98) / 2)
    if trait in NAMES and mine.digits == theirs.digits:
        for one, other in ((mine.joined, theirs.joined), (mine.ordered, theirs.ordered)):
            whole = Levenshtein.normalized_similarity(one, other, score_cutoff=ONE_WORD)
            by_word = max(by_word, whole - 0.04 if whole > ONE_WORD else 0.0)
    return min(0.99, by_word)


@lru_cache(maxsize=32_000)
def _word(a: str, b: str) -> float:
    """How alike two words are; an initial stands for a word, a number only for itself."""
    if a == b:
        return 1.0
    if _digits(a) != _digits(b):
        return 0.0
    if min(len(a), len(b)) == 1:
        return 0.85 if a[0] == b[0] else 0.0
    if min(len(a), len(b)) >= 3 and (a.startswith(b) or b.startswith(a)):
        return 0.92
    if min(len(a), len(b)) < 3:
        return 0.0
    return float(JaroWinkler.similarity(a, b))


def _digits(word: str) -> str:
    return "" if word.isalpha() else "".join(c for c in word if c.isdigit())


def _weight(word: str) -> float:
    return 0.35 if word in COMMON else 1.0


def _number_weight(word: str) -> float:
    return 1.2 if word.isdigit() else 1.0


def _even(word: str) -> float:
    return 1.0 if len(word) > 1 else 0.4
