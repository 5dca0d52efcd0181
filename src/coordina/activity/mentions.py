"""Mentions: «@Bruno Encina» in a text. Rules on plain values; who there is comes from outside."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

_SIGN = re.compile(r"(?<![\w@.])@(?=\w)")


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody who may be mentioned."""

    pk: int
    name: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What the mentions of a text mean.

    Attributes:
        ids: People named, in the order of the text, each once.
        spans: Where: start and end in the text, and who.
        doubtful: Names that more than one person has.
    """

    ids: list[int] = field(default_factory=list)
    spans: list[tuple[int, int, int]] = field(default_factory=list)
    doubtful: list[str] = field(default_factory=list)


def find(text: str, people: Iterable[Named]) -> Found:
    """Who is mentioned: by full name, e-mail address, or a first name that only one of them has.

    Upper and lower case and accents do not matter; the longest name wins; what follows it must not be a letter.
    """
    text = unicodedata.normalize("NFC", text)
    names = _keys(people)
    longest = sorted(names, key=len, reverse=True)
    found = Found()
    for sign in _SIGN.finditer(text):
        start = sign.end()
        rest = _folded(text[start : start + 260])
        key = next((k for k in longest if rest.startswith(k) and not _goes_on(rest, len(k))), None)
        if key is None:
            continue
        who = names[key]
        if len(who) > 1:
            found.doubtful.append(text[start : start + len(key)])
            continue
        found.spans.append((sign.start(), start + len(key), who[0]))
        if who[0] not in found.ids:
            found.ids.append(who[0])
    return found


def _keys(people: Iterable[Named]) -> dict[str, list[int]]:
    """Everything that may stand behind an @, with whom it means; a first name only where it means one person."""
    names: dict[str, list[int]] = {}
    firsts: dict[str, list[int]] = {}
    for each in people:
        for key in {_folded(each.name), _folded(each.email)} - {""}:
            names.setdefault(key, []).append(each.pk)
        firsts.setdefault(_folded(each.name).partition(" ")[0], []).append(each.pk)
    for key, who in firsts.items():
        if key and len(who) == 1 and key not in names:
            names[key] = who
    return names


def _goes_on(text: str, end: int) -> bool:
    """Whether a word goes on behind a name."""
    return end < len(text) and (text[end].isalnum() or text[end] == "_")


def _folded(text: str) -> str:
    """Small letters without accents, letter by letter, so that places stay the same."""
    return "".join(unicodedata.normalize("NFD", letter)[:1].lower()[:1] or letter for letter in text)


def handle_of(person: Named, people: Sequence[Named]) -> str:
    """What to write behind the @ so that it means one person: the name, or the address where the name is not enough."""
    same = [each for each in people if _folded(each.name) == _folded(person.name)]
    return person.email if len(same) > 1 and person.email else person.name
