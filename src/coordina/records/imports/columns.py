"""Recognise which column of a foreign file is which field, by its name and by what its cells look like."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from rapidfuzz import fuzz

from coordina.records.imports.folding import folded, singular, words
from coordina.records.imports.profiles import ColumnFacts, Evidence
from coordina.records.imports.reasons import Code, Reason, because
from coordina.records.imports.vocabulary import FILLERS, meanings

ACCEPTED = 0.6
"""Confidence from which a column is proposed for a field; what is below stays under other data."""

CERTAIN = 0.9
"""Confidence from which a proposal needs no look."""

_NEEDS = {
    "email": Evidence.EMAIL,
    "phone": Evidence.PHONE,
    "url": Evidence.URL,
    "date": Evidence.DATE,
    "datetime": Evidence.DATE,
    "integer": Evidence.NUMBER,
    "decimal": Evidence.NUMBER,
    "money": Evidence.NUMBER,
    "percent": Evidence.NUMBER,
    "bool": Evidence.BOOL,
}
_TELLING = frozenset(("email", "url"))
_CODE_PARTS = frozenset(("id", "ids", "c", "pk"))


class Target(Protocol):
    """A field that an import may fill; the attributes are those of `core.types.Field`, with both languages' labels."""

    @property
    def name(self) -> str:
        """Public name of the field."""

    @property
    def labels(self) -> Sequence[str]:
        """Its label in every language."""

    @property
    def aliases(self) -> Sequence[str]:
        """Other names by which files call it."""

    @property
    def kind(self) -> str:
        """One of the values of `core.types.Kind`."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Where one column should go.

    Attributes:
        column: place of the column in the file, from 0.
        header: its name.
        target: name of the field, or None for other data.
        confidence: from 0 to 1; from `CERTAIN` on nobody needs to look.
        reason: why.
        others: further fields that would fit, best first.
    """

    column: int
    header: str
    target: str | None
    confidence: float
    reason: Reason
    others: tuple[str, ...] = ()

    @property
    def certain(self) -> bool:
        """Whether nobody needs to look at it."""
        return self.confidence >= CERTAIN


@dataclass(frozen=True, slots=True)
class _Name:
    """A name reduced to what it means, for comparing."""

    folded: str
    meaning: tuple[str, ...]
    coded: bool


@dataclass(frozen=True, slots=True)
class _Score:
    confidence: float
    code: Code


def propose(
    headers: Sequence[str],
    targets: Sequence[Target],
    facts: Sequence[ColumnFacts] = (),
    *,
    nouns: Iterable[str] = (),
    title: str = "",
) -> list[Proposal]:
    """Propose a field for every column; no field is proposed twice.

    Args:
        headers: names of the columns.
        targets: fields that may be filled.
        facts: what the columns hold, in the same order; empty when nothing was read yet.
        nouns: what the records of the file are called, in every language («company», «empresas»). A column that is
            called like the record itself goes to `title`, and the noun says nothing more in other names.
        title: name of the field that names a record.
    """
    own = {meaning for noun in nouns for meaning in _meaning(noun)}
    common = _common_beginnings(headers)
    names = {target.name: _target_names(target, own) for target in targets}
    scored: list[tuple[float, int, int, _Score]] = []
    for column, header in enumerate(headers):
        variants = _variants(header, common, own)
        known = facts[column] if column < len(facts) else ColumnFacts()
        for place, target in enumerate(targets):
            score = _score(variants, target, names[target.name], known, own, target.name == title)
            if score.confidence >= ACCEPTED / 2:
                scored.append((score.confidence, column, place, score))
    return _assigned(headers, targets, scored)


def _assigned(
    headers: Sequence[str], targets: Sequence[Target], scored: list[tuple[float, int, int, _Score]]
) -> list[Proposal]:
    """Give the best pairs to each other first; between equals the first column, then the first field."""
    scored.sort(key=lambda item: (-item[0], item[1], item[2]))
    taken: dict[int, tuple[int, _Score]] = {}
    used: set[int] = set()
    for confidence, column, place, score in scored:
        if confidence >= ACCEPTED and column not in taken and place not in used:
            taken[column] = (place, score)
            used.add(place)
    proposals: list[Proposal] = []
    for column, header in enumerate(headers):
        fitting = [(place, score) for _, of, place, score in scored if of == column]
        if column in taken:
            place, score = taken[column]
            others = tuple(targets[other].name for other, _ in fitting if other != place)[:3]
            label = str(next(iter(targets[place].labels), targets[place].name))
            reason = because(score.code, value=label)
            proposals.append(Proposal(column, header, targets[place].name, round(score.confidence, 2), reason, others))
            continue
        reason = because(Code.COLUMN_UNKNOWN)
        if fitting:
            place, score = fitting[0]
            label = str(next(iter(targets[place].labels), targets[place].name))
            if score.confidence >= ACCEPTED:
                reason = because(Code.COLUMN_TAKEN, value=label)
            elif score.code is Code.COLUMN_VALUES_DISAGREE:
                reason = because(score.code, value=label)
        others = tuple(targets[place].name for place, _ in fitting)[:3]
        proposals.append(Proposal(column, header, None, 0.0, reason, others))
    return proposals


def _score(
    variants: Sequence[_Name],
    target: Target,
    names: Sequence[_Name],
    facts: ColumnFacts,
    own: set[str],
    is_title: bool,
) -> _Score:
    """How well a column fits a field: the best of its names against the best of the field's, corrected by values."""
    best = max(
        (_alike(mine, theirs, own) for mine in variants for theirs in names),
        key=lambda score: score.confidence,
        default=_Score(0.0, Code.COLUMN_UNKNOWN),
    )
    if (
        is_title
        and best.confidence < 0.95
        and any(v.meaning and not v.coded and set(v.meaning) <= own for v in variants)
    ):
        best = _Score(0.95, Code.COLUMN_SAME_MEANING)
    evidence = _NEEDS.get(target.kind)
    if evidence is None or not facts.filled:
        return best
    share = facts.share(evidence)
    if share < 0.3:
        return _Score(best.confidence * 0.5, Code.COLUMN_VALUES_DISAGREE if best.confidence > 0.8 else best.code)
    if share > 0.8 and target.kind in _TELLING and best.confidence < 0.65:
        return _Score(0.65, Code.COLUMN_BY_VALUES)
    return _Score(min(1.0, best.confidence + 0.05 * share), best.code) if best.confidence >= 0.5 else best


def _alike(mine: _Name, theirs: _Name, own: set[str]) -> _Score:
    """How alike two names are, from 0 to 1, and in which way."""
    if mine.folded and mine.folded == theirs.folded:
        return _Score(1.0, Code.COLUMN_SAME_NAME)
    loss = 0.12 if mine.coded and not theirs.coded else 0.0
    if mine.meaning and mine.meaning == theirs.meaning:
        return _Score(0.95 - loss, Code.COLUMN_SAME_MEANING)
    left, right = set(mine.meaning) - own, set(theirs.meaning) - own
    if left and left == right:
        return _Score(0.92 - loss, Code.COLUMN_SAME_MEANING)
    best = 0.0
    if left and right and (shared := left & right - {"date", "number", "external"}):
        best = 0.85 * len(shared) / len(left | right)
    if len(mine.folded) > 4 and len(theirs.folded) > 4 and mine.folded[0] == theirs.folded[0]:
        ratio = fuzz.ratio(mine.folded, theirs.folded, score_cutoff=84) / 100
        best = max(best, 0.85 * ratio)
    return _Score(best - loss, Code.COLUMN_SIMILAR_NAME)


def _target_names(target: Target, own: set[str]) -> list[_Name]:
    """Every name of a field, reduced."""
    texts = [target.name.rpartition(".")[2], *(str(label) for label in target.labels), *target.aliases]
    return [_reduced(text) for text in dict.fromkeys(texts) if folded(text)]


def _variants(header: str, common: frozenset[str], own: set[str]) -> list[_Name]:
    """The readings of a column name.

    Whole; without what is in brackets; without a beginning that many columns share; «opportunity id» among
    opportunities as their id; «account name» among other records as the account.
    """
    texts = [header]
    before, bracket, _ = header.partition("(")
    if bracket and before.strip():
        texts.append(before)
    parts = words(header)
    if len(parts) > 1 and parts[0] in common and len(_meaning(header)) > 1:
        texts.append(" ".join(parts[1:]))
    found = [_reduced(text) for text in texts]
    for name in tuple(found):
        meaning = set(name.meaning)
        if name.coded and meaning and meaning <= own:
            found.append(_Name("", ("external",), coded=False))
        elif "name" in meaning and len(meaning) > 1 and not meaning - {"name"} <= own:
            found.append(_Name("", tuple(part for part in name.meaning if part != "name"), name.coded))
    return found


def _reduced(text: str) -> _Name:
    """A name as it is compared."""
    parts = words(text)
    coded = len(parts) > 1 and parts[-1] in _CODE_PARTS
    whole = _meaning(" ".join(parts))
    if coded and len(whole) > 1:
        whole = tuple(part for part in whole if part != "external") or whole
    return _Name(folded(text), whole, coded)


def _meaning(text: str) -> tuple[str, ...]:
    """The meanings of the words of a name in a fixed order; the longest known phrases count as one."""
    table = meanings()
    glued = table.get((singular(folded(text)),))
    if glued:
        return (glued,)
    parts = [singular(word) for word in words(text) if word not in FILLERS and word != "c"]
    found: list[str] = []
    place = 0
    while place < len(parts):
        for size in range(min(4, len(parts) - place), 0, -1):
            phrase = tuple(parts[place : place + size])
            if phrase in table or size == 1:
                found += [table[phrase]] if phrase in table else _halves(phrase[0])
                place += size
                break
    return tuple(sorted(set(found)))


def _halves(word: str) -> list[str]:
    """The meanings of two known words written as one («dealname»); the word itself when it is not such a pair."""
    table = meanings()
    for cut in range(3, len(word) - 2):
        left, right = table.get((word[:cut],)), table.get((word[cut:],))
        if left and right:
            return [left, right]
    return [word]


def _common_beginnings(headers: Sequence[str]) -> frozenset[str]:
    """First words that three or more columns share and that mean nothing by themselves; they only say whence."""
    firsts = Counter(parts[0] for parts in map(words, headers) if len(parts) > 1)
    table = meanings()
    return frozenset(first for first, count in firsts.items() if count > 2 and (singular(first),) not in table)
