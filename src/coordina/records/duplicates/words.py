"""What people write, brought to what it means: names, streets, telephones, addresses on the net, ids, days.

Each function takes one written value and gives its plain form, empty where nothing is left that could be compared. All
of them are idempotent: the plain form of a plain form is itself.
"""

import re
import unicodedata
from functools import lru_cache

from coordina.records.duplicates.tables import (
    EMPTY,
    FREE_MAIL,
    LEGAL,
    ORDINALS,
    POINTS,
    SHORT,
    STREETS,
    TITLES,
)

_WORD = re.compile(r"[a-z0-9]+")
_POINTED = re.compile(r"\b(?:[a-z][./]\s?){1,5}[a-z]?\b")
_APOSTROPHE = re.compile(r"['’`´]")
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th|er|ra|ro|do|da|to|ta|o|a)\b")
_DIGITS = re.compile(r"\d+")
LONGEST = 300
"""Characters of a value that are looked at."""


@lru_cache(maxsize=8_000)
def folded(text: str) -> str:
    """Lower case without accents; letters that only look different are written alike."""
    bare = unicodedata.normalize("NFKD", text[:LONGEST].casefold().replace("ß", "ss").replace("ø", "o"))
    return bare if bare.isascii() else "".join(c for c in bare if not unicodedata.combining(c))


def _words(text: str) -> list[str]:
    return _WORD.findall(_APOSTROPHE.sub("", folded(text).replace("&", " ")))


@lru_cache(maxsize=8_000)
def company_name(text: str) -> str:
    """The proper words of a company's name: no legal form, no accents, no joining words.

    `Distribuciones Álamo, S.L.U.` is `distribuciones alamo`; a name that is nothing else keeps its legal form.
    """
    joined = _POINTED.sub(lambda found: found[0].replace(".", "").replace("/", "").replace(" ", "") + " ", folded(text))
    words = _words(joined)
    kept = [w for w in words if w not in EMPTY]
    kept = _without_form(kept) or kept
    inner = [w for i, w in enumerate(kept) if i == 0 or w not in LEGAL]
    return " ".join(inner or kept or words)


def _without_form(kept: list[str]) -> list[str]:
    """The words before the legal form, also where it is written in pieces: `s l u`, `s coop`."""
    end = len(kept)
    while end > 1:
        letters = end
        while letters > 1 and len(kept[letters - 1]) == 1:
            letters -= 1
        if kept[end - 1] in LEGAL:
            end -= 2 if end > 2 and kept[end - 2] == "s" else 1
        elif end - letters > 1 and "".join(kept[letters:end]) in LEGAL:
            end = letters
        else:
            break
    return kept[:end]


@lru_cache(maxsize=8_000)
def person_name(text: str) -> str:
    """The words of somebody's name, without titles, with short forms written out and what follows a comma first."""
    before, comma, after = folded(text).partition(",")
    words = _words(f"{after} {before}" if comma and after.strip() else before)
    kept = [SHORT.get(w, w) for w in words if w not in TITLES and w not in EMPTY]
    return " ".join(kept or words)


@lru_cache(maxsize=8_000)
def street(text: str) -> str:
    """A street with its number: no kind of street, ordinals as numbers. `C/ Mayor, nº 12` is `mayor 12`."""
    text = _ORDINAL.sub(r"\1 ", folded(text).replace("c/", " ").replace("s/n", " "))
    words = [ORDINALS.get(w, POINTS.get(w, w)) for w in _words(text)]
    kept = [w for w in words if w not in STREETS and w not in EMPTY and w not in ("numero", "num", "no", "n")]
    return " ".join(kept or words)


def place(text: str) -> str:
    """A town."""
    return " ".join(w for w in _words(text) if w not in EMPTY)


def telephone(text: str) -> str:
    """The last nine digits, which stay when a prefix is written or not; shorter numbers are none."""
    digits = "".join(_DIGITS.findall(text))
    return digits[-9:] if len(digits) >= 7 else ""


def mail(text: str) -> str:
    """A mail address in lower case without what follows a plus sign."""
    local, at, domain = text.strip().casefold().partition("@")
    return f"{local.partition('+')[0]}@{domain}" if at and local and "." in domain else ""


def domain(text: str) -> str:
    """The domain of a web or mail address, without `www`; empty for those that everybody may have a mailbox at."""
    bare = text.strip().casefold().rpartition("@")[2]
    bare = re.sub(r"^[a-z]+://", "", bare)
    host = re.split(r"[/?#:]", bare, maxsplit=1)[0].removeprefix("www.").strip()
    return host if "." in host and host not in FREE_MAIL else ""


def tax_id(text: str) -> str:
    """An id without signs and without the prefix of Spain, which some write and others do not."""
    bare = "".join(_WORD.findall(folded(text)))
    if len(bare) == 11 and bare.startswith("es"):
        bare = bare[2:]
    return bare if len(bare) >= 5 else ""


def postal_code(text: str) -> str:
    """A postal code without spaces."""
    return "".join(_WORD.findall(folded(text)))


def birth(text: str) -> str:
    """A day as eight digits."""
    digits = "".join(_DIGITS.findall(text))
    return digits if len(digits) == 8 else ""


def same(text: str) -> str:
    """A value that is compared as it is, such as the id of a record."""
    return text.strip()


_SOUNDS = (
    (re.compile(r"ph"), "f"),
    (re.compile(r"(?:qu|ck|c(?![ei])|q)"), "k"),
    (re.compile(r"(?:c|z|x|sh|ss)"), "s"),
    (re.compile(r"(?:ge|je)"), "xe"),
    (re.compile(r"(?:gi|ji)"), "xi"),
    (re.compile(r"j"), "x"),
    (re.compile(r"(?:v|w)"), "b"),
    (re.compile(r"(?:ll|y)"), "i"),
    (re.compile(r"h"), ""),
    (re.compile(r"(.)\1+"), r"\1"),
)


@lru_cache(maxsize=8_000)
def sound(word: str) -> str:
    """How a word sounds, roughly: letters that Spanish ears confuse are one, vowels after the first are left out.

    A code in the manner of Soundex, with the confusions of Spanish (b/v, c/z/s, g/j, ll/y, silent h). Numbers stay.
    """
    if word.isdigit():
        return word
    for pattern, letter in _SOUNDS:
        word = pattern.sub(letter, word)
    return word[:1] + re.sub(r"[aeiou]", "", word[1:])[:5]
