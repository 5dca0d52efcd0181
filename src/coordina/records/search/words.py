"""Text as plain words, the same for both databases: no accents, no case, no punctuation."""

import re
import unicodedata

_APART = re.compile(r"[^\w]+")
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_PHONE = re.compile(r"\+?[\d][\d\s().-]{6,}\d")
_REFERENCE = re.compile(r"\b([a-z]{2,5})-(\d{3,})\b")
LONGEST = 4000
"""Characters of one record's text that are indexed."""


def _without_marks(text: str) -> str:
    """Text without accents; letters of ASCII, which are nearly all, are not even looked at."""
    return text if text.isascii() else _FOREIGN.sub(_unmarked, text)


def _unmarked(found: re.Match[str]) -> str:
    return "" if unicodedata.combining(found[0]) else found[0]


def plain(text: str) -> str:
    """Lower case without accents or punctuation; phone numbers and references also in one piece.

    `OPP-000123` is found by `opp-000123`, `opp000123`, `000123` and `123`; a phone number by its last digits typed
    together.
    """
    folded = unicodedata.normalize("NFKD", text[:LONGEST].casefold())
    bare = _without_marks(folded).replace("_", " ")
    words = [w for w in _APART.split(bare) if w]
    extra = {w.lstrip("0") for w in words if w.isdigit() and w.startswith("0") and w.lstrip("0")}
    for found in _PHONE.findall(bare):
        digits = re.sub(r"\D", "", found)
        extra |= {digits, digits[-9:]}
    for prefix, number in _REFERENCE.findall(bare):
        extra.add(prefix + number)
    return " ".join([*words, *sorted(extra - set(words))])


def terms(query: str, most: int = 8) -> list[str]:
    """The words of a query; digits typed with spaces between them, as in a phone number, become one word."""
    text = re.sub(r"(?<=\d)[\s().-]+(?=\d)", "", query.strip()).lstrip("+")
    folded = unicodedata.normalize("NFKD", text[:200].casefold())
    bare = _without_marks(folded).replace("_", " ")
    return [w for w in _APART.split(bare) if w][:most]


TYPED = 4
"""Letters from which on a word may hold a typing error."""
LONG = 14
"""Letters of a word beyond which errors are not looked for."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def near(word: str) -> tuple[str, ...]:
    """Every word that is one typing error away: a letter missing, too many, wrong, or two exchanged.

    None for short words, where half the dictionary is near, and for numbers, where each digit counts.
    """
    if not TYPED <= len(word) <= LONG or not word.isalpha():
        return ()
    found = set()
    for place in range(len(word)):
        before, after = word[:place], word[place + 1 :]
        found.add(before + after)
        if after and after[0] != word[place]:
            found.add(before + after[0] + word[place] + after[1:])
        for letter in _LETTERS:
            found.add(before + letter + after)
            found.add(before + letter + word[place] + after)
    found.discard(word)
    return tuple(sorted(found))
