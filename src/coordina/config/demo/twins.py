"""Duplicates of the demo company: what happens when several people write down the same customer."""

import unicodedata
from datetime import datetime, timedelta
from typing import Any

from coordina.config.demo.clients import Client
from coordina.config.demo.founding import House
from coordina.core.types import type_of
from coordina.customers.models import Company, Person
from coordina.ledger.change_sets import change_set
from coordina.records.duplicates.pairs import look

HOW_MANY = 5


def write_twins(customers: list[Client], made: House, at: datetime) -> None:
    """Some customers and contacts are written down a second time by a colleague of their owner, seconds after `at`."""
    spanish = [c for c in customers if c.country == "ES" and len(c.contacts) > 1 and c.row is not None][3:40:5]
    companies = [_company(c, place) for place, c in enumerate(spanish[:HOW_MANY])]
    people = [_person(c, place) for place, c in enumerate(spanish[1:4])]
    twins = [*companies, *people]
    for place, (model, client, values) in enumerate(twins):
        by, when = made.users[client.owner.name], at + timedelta(seconds=3 * (place + 1))
        known = type_of(model)
        action = f"customers.create_{known.name}"
        with change_set(by=by, at=when, via="web", action=action):
            known.writer.create([known.writer.clean(values)], by=by, at=when)
    look()


def _company(client: Client, place: int) -> tuple[type[Any], Client, dict[str, Any]]:
    """The same firm as somebody else writes it."""
    given = client.values
    bare = given["name"].partition(",")[0]
    ways = (
        {"name": _bare(bare).upper() + " SL", "phone": given["phone"]},
        {"name": bare, "website": given["website"], "city": given["city"]},
        {"name": " ".join(reversed(bare.split())) + ", S.L.U.", "email": given["email"], "city": given["city"]},
        {"name": f"{_bare(bare)} Sdad. Ltda.", "tax_id": given["tax_id"], "country": "ES"},
        {"name": bare[:-1], "city": given["city"]},
    )
    return Company, client, {"relation": "prospect", **ways[place % len(ways)]}


def _person(client: Client, place: int) -> tuple[type[Any], Client, dict[str, Any]]:
    """The same contact as somebody else writes them."""
    given = client.contacts[0].values
    first, *last = given["name"].split()
    ways = (
        {"name": f"{' '.join(last)}, {first}", "company": client.row},
        {"name": _bare(given["name"]), "email": given["email"]},
        {"name": f"{first} {last[0]}", "company": client.row, "job_title": given["job_title"]},
    )
    return Person, client, ways[place % len(ways)]


def _bare(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text)
    return "".join(c for c in folded if not unicodedata.combining(c))
