"""Customers of the demo company: firms with valid tax ids of a province that does not exist, and their people."""

import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from stdnum.es import cif
from stdnum.pt import nif

from coordina.config.demo import words
from coordina.config.demo.house import SELLERS, Colleague


@dataclass(slots=True)
class Contact:
    """Somebody at a customer's; `values` are those of the record, `row` is the record once it was written."""

    values: dict[str, Any]
    row: Any = None


@dataclass(slots=True)
class Client:
    """A customer of the demo company.

    Attributes:
        since: Day it became known.
        buying: How much it tends to buy: factor on the chance to win.
        values: Those of the record.
    """

    since: date
    owner: Colleague
    industry: str
    buying: float
    country: str
    values: dict[str, Any]
    contacts: list[Contact] = field(default_factory=list)
    row: Any = None
    bought: bool = False


def clients(draw: Random, count: int, first: date, today: date) -> list[Client]:
    """Customers with their people: most were known when the two years began, the others came one by one."""
    names: set[str] = set()
    made = []
    for number in range(count):
        known = draw.random() < 0.6
        since = first if known else first + timedelta(days=draw.randrange((today - first).days - 5))
        client = _client(draw, number, since, names)
        people = draw.choices((1, 2, 3, 4), (35, 40, 18, 7))[0]
        client.contacts = [_contact(draw, client, place) for place in range(people)]
        made.append(client)
    return made


def _client(draw: Random, number: int, since: date, names: set[str]) -> Client:
    owner = draw.choice(SELLERS)
    industry = draw.choice(list(words.PREFIXES))
    name = _name(draw, industry, names)
    abroad = draw.random() < 0.08
    if abroad:
        country, city, dial = draw.choice(words.ABROAD)
        phone = f"{dial}{'0' * (5 if country == 'PT' else 4)}{number:03d}"[:13]
    else:
        country = "ES"
        city, prefix = draw.choices(words.CITIES[owner.team], (5, 3, 2, 2, 2))[0]
        phone = f"+34{prefix}000{number:03d}"
    host = f"{slug(name)}.example"
    size = round(10 ** draw.uniform(0.6, 3.3))
    values = {
        "name": f"{name}, {draw.choice(('S.L.', 'S.L.', 'S.L.', 'S.A.', 'S. Coop.'))}" if country == "ES" else name,
        "relation": "prospect",
        "tax_id": _tax_id(country, number),
        "country": country,
        "city": city,
        "phone": phone,
        "email": f"info@{host}",
        "website": f"https://www.{host}",
        "employees": size,
        "annual_revenue": round(size * draw.uniform(60_000, 180_000), -4),
        "founded": draw.randrange(1951, 2021),
        "description": draw.choice(
            ("", "", "", "Conocidos en la feria del sector.", "Varias sedes; compra centralizada.")
        ),
    }
    return Client(since, owner, industry, draw.uniform(0.6, 1.4), country, values)


def _name(draw: Random, industry: str, names: set[str]) -> str:
    while True:
        name = f"{draw.choice(words.PREFIXES[industry])} {draw.choice(words.STEMS)}"
        if name not in names:
            names.add(name)
            return name


def _tax_id(country: str, number: int) -> str:
    """A number with right check digits; the province 00 of Spain is nobody's."""
    if country == "ES":
        body = f"B00{10_000 + number * 37:05d}"
        return next(body + digit for digit in "0123456789" if cif.is_valid(body + digit))
    if country == "PT":
        body = f"500{10_000 + number:05d}"
        return body + nif.calc_check_digit(body)
    return ""


def _contact(draw: Random, client: Client, place: int) -> Contact:
    name = f"{draw.choice(words.FIRST_NAMES)} {draw.choice(words.SURNAMES)} {draw.choice(words.SURNAMES)}"
    local = ".".join(slug(word) for word in name.split()[:2])
    host = client.values["website"].removeprefix("https://www.")
    values = {
        "name": name,
        "job_title": draw.choice(words.JOBS),
        "email": f"{local}{place or ''}@{host}",
        "phone": client.values["phone"] if draw.random() < 0.6 else "",
        "mobile": f"+34600000{draw.randrange(1000):03d}" if client.country == "ES" else "",
        "language": "es",
        "city": client.values["city"],
        "preferences": draw.choice(words.PREFERENCES) if draw.random() < 0.25 else "",
        "special_requests": draw.choice(words.REQUESTS) if draw.random() < 0.12 else "",
    }
    return Contact(values | _consent(name, client.since))


def _consent(name: str, since: date) -> dict[str, Any]:
    """What most have said to being written to; some were never asked. Drawn from the name, so that all else stays."""
    draw = Random(name)
    answer = draw.choices(("given", "refused", ""), (80, 7, 13))[0]
    if not answer:
        return {}
    source = draw.choice(("Formulario de la web", "Feria del sector", "Contrato", "Llamada"))
    return {"consent": answer, "consent_source": source, "consent_on": since}


def slug(text: str) -> str:
    """Letters without accents, nothing else."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in folded if c.isascii() and c.isalnum())
