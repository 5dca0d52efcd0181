"""Blocking keys: short marks that twins nearly always share and others seldom do.

Two records are compared only if they have a key in common (blocking, see P. Christen, Data Matching, 2012, chapter 4).
A key is a 63-bit number of the record type, the kind of key and what it was made of.
"""

from collections.abc import Iterator
from hashlib import blake2b
from itertools import combinations

from coordina.records.duplicates.scoring import Facts, Trait
from coordina.records.duplicates.tables import COMMON
from coordina.records.duplicates.words import sound

MOST = 24
"""Keys of one record at most."""
WORDS = 4
"""Words of a name that are paired."""


def keys_of(kind: str, facts: Facts) -> list[int]:
    """The keys of a record, each once, in a stable order.

    Args:
        kind: Name of the record type: keys of different types never meet.
        facts: Plain values.
    """
    return [number(kind, text) for text in list(dict.fromkeys(texts(facts)))[:MOST]]


def name_key(kind: str, facts: Facts) -> int | None:
    """The key of records of the same name, legal form and order of words aside; None without a name."""
    text = next((text for text in texts(facts) if text.startswith("n")), None)
    return number(kind, text) if text is not None else None


def number(kind: str, text: str) -> int:
    """A key as it stands in the table."""
    return int.from_bytes(blake2b(f"{kind}:{text}".encode(), digest_size=8).digest()) >> 1


def texts(facts: Facts) -> Iterator[str]:
    """The keys of a record before they are made numbers; what tells most comes first."""
    for trait, mark in ((Trait.TAX_ID, "t"), (Trait.EMAIL, "e"), (Trait.PHONE, "p"), (Trait.DOMAIN, "d")):
        for value in facts.get(trait, ()):
            yield f"{mark}{value}"
    for value in facts.get(Trait.BIRTH, ()):
        yield f"b{value}"
    names = [*facts.get(Trait.COMPANY_NAME, ()), *facts.get(Trait.PERSON_NAME, ())]
    for name in names:
        yield from _of_name(name, facts)
    for value in facts.get(Trait.STREET, ()):
        yield from _of_street(value)


def _of_name(name: str, facts: Facts) -> Iterator[str]:
    words = name.split()
    telling = [w for w in words if w not in COMMON and len(w) > 1] or words
    codes = sorted({sound(w) for w in telling[:WORDS]})
    yield f"n{'|'.join(sorted(words))}"
    if len(codes) > 1:
        yield from (f"w{a}|{b}" for a, b in combinations(codes, 2))
    if Trait.COMPANY_NAME in facts:
        yield f"f{sound(telling[0])}" if len(telling[0]) > 3 else f"f{telling[0]}"
        yield f"g{''.join(words)[:12]}"
    for place in facts.get(Trait.PLACE, ()):
        yield from (f"c{code}|{sound(place.split()[0])}" for code in codes[:2])
    for postal in facts.get(Trait.POSTAL_CODE, ()):
        yield from (f"z{code}|{postal}" for code in codes[:2])
    for same in facts.get(Trait.SAME, ()):
        yield from (f"r{code}|{same}" for code in codes[:2])


def _of_street(value: str) -> Iterator[str]:
    numbers = [w for w in value.split() if w.isdigit()]
    longest = max((w for w in value.split() if not w.isdigit()), key=len, default="")
    if numbers and longest:
        yield f"s{numbers[0]}|{sound(longest)}"
