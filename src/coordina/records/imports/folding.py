"""Reduce texts to what people mean by them: without case, accents, spaces and punctuation."""

import re
import unicodedata

_CAMEL = re.compile(r"(?<=[a-z0-9áéíóúñ])(?=[A-ZÁÉÍÓÚÑ])|(?<=[A-Z])(?=[A-Z][a-z])")
_GAPS = re.compile(r"[\W_]+")


def plain(text: str) -> str:
    """Lower-case letters and digits of a text with single blanks between words; accents and punctuation are gone.

    >>> plain("  Razón_social: «Núñez»")
    'razon social nunez'
    """
    if text.isascii():
        return _GAPS.sub(" ", text.lower()).strip()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _GAPS.sub(" ", bare).strip()


def folded(text: str) -> str:
    """`plain` without blanks: two texts with the same result differ in writing only.

    >>> folded("GTX-Pro") == folded("gtxPRO")
    True
    """
    return plain(text).replace(" ", "")


def words(name: str) -> list[str]:
    """The words of a column name, whatever joins them: blanks, ``_``, ``-``, dots or camelCase.

    >>> words("HubSpotOwner_ID")
    ['hub', 'spot', 'owner', 'id']
    """
    return plain(_CAMEL.sub(" ", name)).split()


def singular(word: str) -> str:
    """A rough singular of a Spanish or English word; only good for comparing two words treated alike.

    >>> singular("sectores"), singular("companies"), singular("employees"), singular("address")
    ('sector', 'company', 'employee', 'address')
    """
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 5:
        return word[:-3] + "y"
    if word.endswith("es") and len(word) > 5 and word[-3] in "rlndjz" and not word.endswith(("les", "tes")):
        return word[:-2]
    return word[:-1]
