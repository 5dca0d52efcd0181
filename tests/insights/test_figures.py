"""Declared metrics over what one may see; every number opens its records."""

from datetime import UTC, date, datetime
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from coordina.accounts.models import Organization, Role, Team, User
from coordina.core.filters import Asker, compile_filter, parse
from coordina.core.formats import formats_of
from coordina.core.permissions import defaults_for
from coordina.core.types import TYPES
from coordina.insights.figures import breakdown, figure
from coordina.insights.periods import Period, periods
from coordina.ledger.change_sets import change_set
from coordina.pipeline.models import Opportunity, Pipeline, Stage
from coordina.records.vocabularies import vocabulary_of
from coordina.web.dashboard.board import by_pipeline

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)


@pytest.fixture
def people() -> dict[str, User]:
    with change_set(by=None, at=timezone.now(), via="system"):
        Organization.objects.create(name="Prueba", currency="EUR")
        roles = {s: Role.objects.create(name=s, slug=s, reach=defaults_for(s)) for s in ("director", "representative")}
        region = Team.objects.create(name="Centro", is_region=True)
        north = Team.objects.create(name="Norte", parent=region)
        make = User.objects.create
        found = {
            "director": make(name="Dora", role=roles["director"], access="active"),
            "ana": make(name="Ana", role=roles["representative"], team=north, access="active"),
            "luis": make(name="Luis", role=roles["representative"], access="active"),
        }
        pipeline = Pipeline.objects.create(name="Ventas")
        stage = {
            kind: Stage.objects.create(pipeline=pipeline, name=kind, kind=kind, position=i, probability=p)
            for i, (kind, p) in enumerate([("open", 40), ("won", 100), ("lost", 0)])
        }
        rows = [
            ("ana", "won", 100, date(2026, 1, 31), 10),
            ("ana", "won", 50, date(2026, 3, 1), 20),
            ("ana", "lost", 0, date(2026, 3, 1), None),
            ("luis", "won", 30, date(2025, 3, 5), 30),
            ("luis", "open", 200, None, None),
            ("luis", "open", None, None, None),
        ]
        for number, (owner, kind, amount, closed, cycle) in enumerate(rows):
            Opportunity.objects.create(
                reference=f"OPP-{number}", name=f"Venta {number}", pipeline=pipeline, stage=stage[kind], status=kind,
                amount=amount, value=amount, probability=stage[kind].probability, closed_on=closed, cycle_days=cycle,
                owner=found[owner], team=found[owner].team,
            )  # fmt: skip
    return found


def asker(user: User) -> Asker:
    return Asker(user=user, now=NOW, time_zone=UTC)


def opened(url: str, who: Asker) -> int:
    """How many records the address of a number shows."""
    known = TYPES["opportunity"]
    node = parse(parse_qs(urlsplit(url).query)["q"][0])
    return known.model.objects.visible_to(who.user).filter(compile_filter(node, vocabulary_of(known), who)).count()


def test_figures_are_right_and_only_over_what_one_sees(people: dict[str, User]) -> None:
    boss, ana = asker(people["director"]), asker(people["ana"])
    assert figure("pipeline.won_value", boss).value == 180
    assert figure("pipeline.won_value", ana).value == 150
    assert figure("pipeline.win_rate", boss).value == 75
    assert figure("pipeline.mean_cycle", boss).value == 20
    assert figure("pipeline.weighted_value", boss).value == Decimal(80)
    assert figure("pipeline.win_rate", asker(User(name="Nadie"))).value is None


def test_periods_narrow_by_the_business_date(people: dict[str, User]) -> None:
    boss = asker(people["director"])
    known = {p.name: p for p in periods(boss.today, 2025)}
    assert figure("pipeline.won_value", boss, period=known["year"]).value == 150
    assert figure("pipeline.won_value", boss, period=known["2025"]).value == 30
    assert figure("pipeline.won_value", boss, period=known["all"]).value == 180
    before = known["year"].before(boss.today)
    assert before == Period("before", before.label if before else "", date(2025, 1, 1), date(2025, 4, 1))


def test_every_number_opens_its_records(people: dict[str, User]) -> None:
    boss = asker(people["director"])
    assert opened(figure("pipeline.won_value", boss).url, boss) == 3
    by_month = breakdown("pipeline.won_value", "pipeline.close_month", boss)
    assert [(s.key.isoformat()[:7], s.value, opened(s.url, boss)) for s in by_month] == [
        ("2025-03", 30, 1),
        ("2026-01", 100, 1),
        ("2026-03", 50, 1),
    ]
    by_region = breakdown("pipeline.won_value", "pipeline.region", boss)
    assert (by_region[0].label, by_region[0].value) == ("Centro", 150)
    assert [opened(s.url, boss) for s in by_region] == [2, 1]
    by_owner = breakdown("pipeline.won_value", "pipeline.owner", boss)
    assert [(s.label, s.value, opened(s.url, boss)) for s in by_owner] == [("Ana", 150, 2), ("Luis", 30, 1)]
    rates = {s.label: s.value for s in breakdown("pipeline.win_rate", "pipeline.owner", boss)}
    assert rates == {"Ana": pytest.approx(66.67, abs=0.01), "Luis": 100}
    by_stage = breakdown("pipeline.open_value", "pipeline.stage", boss)
    assert [(s.label, s.value) for s in by_stage] == [("open", 200)]
    assert len(breakdown("pipeline.lost_count", "pipeline.reason", boss)) == 1


def test_every_declared_pair_can_be_worked_out(people: dict[str, User]) -> None:
    from coordina.core.metrics import DIMENSIONS, METRICS, Unit

    boss = asker(people["director"])
    for metric in METRICS:
        for dimension in DIMENSIONS:
            if metric.of == dimension.of and not (dimension.fold and metric.unit is Unit.DAYS):
                for part in breakdown(metric.name, dimension.name, boss):
                    assert opened(part.url, boss) >= 1


def test_open_pipelines_stand_apart(people: dict[str, User]) -> None:
    """Stages of two pipelines are two groups with their names, each with a longest bar of its own."""
    boss = asker(people["director"])
    formats = formats_of("es", "UTC", "EUR", NOW)
    assert [(name, [b.label for b in bars]) for name, bars in by_pipeline(boss, formats, "")] == [("", ["open"])]
    with change_set(by=None, at=timezone.now(), via="system"):
        other = Pipeline.objects.create(name="Mantenimiento", position=5)
        stage = Stage.objects.create(pipeline=other, name="open", kind="open", position=0, probability=10)
        Opportunity.objects.create(
            reference="OPP-90", name="Contrato", pipeline=other, stage=stage, status="open", amount=20, value=20,
            owner=people["luis"],
        )  # fmt: skip
    found = by_pipeline(boss, formats, "")
    assert [(name, [(b.label, b.share) for b in bars]) for name, bars in found] == [
        ("Ventas", [("open", 100)]),
        ("Mantenimiento", [("open", 100)]),
    ]
    assert [opened(bars[0].url, boss) for _name, bars in found] == [2, 1]
