"""Two hundred things that people look for: a fixed set, of eight kinds, out of what is in the database."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from coordina.config.bench.site import Site
from coordina.config.demo import words

EACH = 25
"""Questions of each kind."""
KINDS = ("rare", "common", "prefixes", "phone", "reference", "email", "typo", "nothing")


@dataclass(frozen=True, slots=True)
class Known:
    """A person or a company whose facts are asked for."""

    name: str
    email: str
    phone: str


def questions(site: Site) -> list[str]:
    """The set: the same for the same database, the kinds in turn."""
    draw = Random(17)
    people = _some(site, "customers_person", "mobile")
    companies = _some(site, "customers_company", "phone")
    references = [str(r) for (r,) in site.ask(_thin("reference", "pipeline_opportunity", site))]
    make: dict[str, Callable[[int], str]] = {
        "rare": lambda n: people[n].name,
        "common": lambda n: draw.choice([w for group in words.PREFIXES.values() for w in group]),
        "prefixes": lambda n: " ".join(word[:4] for word in people[-n - 1].name.split()[:2]),
        "phone": lambda n: _spoken((people if n % 2 else companies)[n].phone),
        "reference": lambda n: references[n] if n % 2 else references[n].rpartition("-")[2],
        "email": lambda n: (people if n % 2 else companies)[n].email,
        "typo": lambda n: _mistyped(draw, draw.choice(words.STEMS).split()[0]),
        "nothing": lambda n: "".join(draw.choice("bcdfghjklmnpqrstvwxyz") for _letter in range(9)),
    }
    return [make[kind](number) for number in range(EACH) for kind in KINDS]


def _thin(columns: str, table: str, site: Site) -> str:
    """A query for `EACH` rows from all over a table."""
    last = site.ask(f"SELECT max(id) FROM {table}")[0][0]
    keys = ", ".join(str(1 + number * (last - 1) // EACH) for number in range(EACH))
    return f"SELECT {columns} FROM {table} WHERE id IN ({keys}) ORDER BY id"


def _some(site: Site, table: str, phone: str) -> list[Known]:
    return [Known(*row) for row in site.ask(_thin(f"name, email, {phone}", table, site))]


def _spoken(phone: str) -> str:
    """The last nine digits in groups of three, as people say them."""
    digits = phone[-9:]
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}"


def _mistyped(draw: Random, word: str) -> str:
    """A word with two neighbouring letters exchanged."""
    place = draw.randrange(1, len(word) - 2)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
