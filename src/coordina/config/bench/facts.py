"""What is in the seeded database: the ids that addresses are made of, read once before anything is measured."""

from dataclasses import dataclass
from typing import Any

from coordina.config.bench.asked import questions
from coordina.config.bench.site import Site

MOST = 5000
"""Ids of each kind that are kept."""
DOMAIN = "bench.example"
ROLES = ("director", "manager", "representative")


@dataclass(frozen=True, slots=True)
class Part:
    """What one of the three people sees.

    Attributes:
        all: Ids of opportunities.
        open: Id, version and stage of those that are open.
    """

    all: list[int]
    open: list[tuple[int, int, int]]


@dataclass(frozen=True, slots=True)
class Facts:
    """Ids, names and parts.

    Attributes:
        stages: Id and name of the open stages, in order.
        owners: Ids of representatives in the manager's team; the director may ask for any of `everybody`.
        teams: Ids of teams.
        companies: Id and name.
        added: Names of the fields that somebody added to opportunities.
        questions: What people look for.
    """

    parts: dict[str, Part]
    pipeline: int
    stages: list[tuple[int, str]]
    everybody: list[int]
    owners: list[int]
    teams: list[int]
    companies: list[tuple[int, str]]
    added: list[str]
    questions: list[str]

    @classmethod
    def of(cls, site: Site) -> "Facts":
        """Read them."""
        users = {email.partition("@")[0]: (pk, team) for pk, email, team in _people(site)}
        mine = {
            "director": "1=1",
            "manager": f"team_id={users['manager'][1]}",
            "representative": f"owner_id={users['representative'][0]}",
        }
        stages = site.ask(
            "SELECT id, name, pipeline_id FROM pipeline_stage WHERE kind='open' ORDER BY pipeline_id, position, id"
        )
        staff = site.ask(
            "SELECT u.id, u.team_id FROM accounts_user u JOIN accounts_role r ON r.id=u.role_id"
            " WHERE r.slug='representative' ORDER BY u.id"
        )
        return cls(
            {role: _part(site, where) for role, where in mine.items()},
            stages[0][2],
            [(pk, name) for pk, name, _pipeline in stages],
            [pk for pk, _team in staff],
            [pk for pk, team in staff if team == users["manager"][1]],
            [pk for (pk,) in site.ask("SELECT id FROM accounts_team ORDER BY id")],
            [(pk, name) for pk, name in site.ask(f"SELECT id, name FROM customers_company ORDER BY id LIMIT {MOST}")],
            [str(slug) for (slug,) in site.ask("SELECT slug FROM records_customfield ORDER BY position")],
            questions(site),
        )


def _people(site: Site) -> list[tuple[Any, ...]]:
    emails = ", ".join(f"'{role}@{DOMAIN}'" for role in ROLES)
    return site.ask(f"SELECT id, email, team_id FROM accounts_user WHERE email IN ({emails})")


def _part(site: Site, where: str) -> Part:
    count = site.ask(f"SELECT count(*) FROM pipeline_opportunity WHERE {where}")[0][0]
    thin = f"{where} AND id % {max(1, count // MOST)} = 0" if count > MOST else where
    everything = site.ask(f"SELECT id FROM pipeline_opportunity WHERE {thin} ORDER BY id")
    still = site.ask(
        f"SELECT id, version, stage_id FROM pipeline_opportunity WHERE {thin} AND status='open' ORDER BY id"
    )
    return Part([pk for (pk,) in everything], [(a, b, c) for a, b, c in still])
