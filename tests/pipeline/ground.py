"""A small company to sell in: people, a team tree, a pipeline of five open stages, and reasons."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from coordina.accounts.models import Organization, Role, Team, User
from coordina.core.actions import of, standard
from coordina.core.permissions import defaults_for
from coordina.core.types import type_of
from coordina.ledger.change_sets import change_set
from coordina.ledger.doors import submit
from coordina.ledger.models import ChangeSet
from coordina.ledger.undo import UndoReport, undo
from coordina.pipeline.models import Opportunity, Pipeline, Reason, Stage, StageEntry

AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
NAMES = ("Calificación", "Diagnóstico", "Propuesta", "Negociación", "Cierre")
CHANCES = (10, 30, 50, 70, 90)


@dataclass
class Ground:
    """Everything a test needs by name."""

    director: User
    manager: User
    seller: User
    other: User
    pipeline: Pipeline
    stages: list[Stage]
    won: Stage
    lost: Stage
    price: Reason
    good: Reason

    def do(self, fn: Any, obj: Opportunity | None = None, by: User | None = None, **data: Any) -> Any:
        """Call an action as a generic door does."""
        pk = obj.pk if obj is not None else None
        version = data.pop("version", None)
        return submit(of(fn), data, by=by or self.director, via="web", pk=pk, version=version, at=data.pop("at", AT))

    def new(self, by: User | None = None, **data: Any) -> Opportunity:
        """Create an opportunity as a person does."""
        made = standard(Opportunity, "create")
        assert made is not None
        data = {"name": "Nave", "amount": "1000"} | data
        obj: Opportunity = submit(made, data, by=by or self.director, via="web", at=AT)
        return obj

    def edit(self, obj: Opportunity, by: User | None = None, **data: Any) -> Opportunity:
        """Edit an opportunity as a person does."""
        declared = standard(Opportunity, "edit")
        assert declared is not None
        edited: Opportunity = submit(declared, data, by=by or self.director, via="web", pk=obj.pk, at=AT)
        return edited

    def write(self, rows: list[dict[str, Any]]) -> list[Opportunity]:
        """Create many as an import does."""
        writer = type_of(Opportunity).writer
        with change_set(by=self.director, at=AT, via="import", action="test"):
            return writer.create([writer.clean(row) for row in rows], by=self.director, at=AT)

    def undo_last(self, back: int = 0) -> UndoReport:
        """Take the last change set back, or one before it."""
        return undo(ChangeSet.objects.order_by("-pk")[back], by=self.director, at=AT)


def way(obj: Opportunity) -> list[tuple[str, date | None, date | None, bool]]:
    """The stage entries of an opportunity, in order."""
    rows = StageEntry.objects.filter(opportunity=obj).order_by("position")
    return list(rows.values_list("stage__name", "entered_on", "left_on", "current"))


def make_ground() -> Ground:
    """Write the company."""
    with change_set(by=None, at=AT, via="system"):
        Organization.objects.create(name="Lumbrera", currency="EUR", time_zone="Europe/Madrid")
        roles = {
            slug: Role.objects.create(name=slug, slug=slug, reach=defaults_for(slug))
            for slug in ("administrator", "director", "manager", "representative")
        }
        north = Team.objects.create(name="Norte", is_region=True)
        inner = Team.objects.create(name="Norte 1", parent=north)
        south = Team.objects.create(name="Sur", is_region=True)
        people = {
            name: User.objects.create(
                name=name, email=f"{name}@example.com", team=team, role=roles[role], access="active", language="es"
            )
            for name, team, role in (
                ("director", None, "administrator"),
                ("manager", north, "manager"),
                ("seller", inner, "representative"),
                ("other", south, "representative"),
            )
        }
        pipeline = Pipeline.objects.create(name="Ventas", position=1)
        stages = [
            Stage.objects.create(pipeline=pipeline, name=n, position=i, probability=p, ageing_days=30)
            for i, (n, p) in enumerate(zip(NAMES, CHANCES, strict=True), 1)
        ]
        won = Stage.objects.create(pipeline=pipeline, name="Ganada", position=8, kind="won", probability=100)
        lost = Stage.objects.create(pipeline=pipeline, name="Perdida", position=9, kind="lost", probability=0)
        price = Reason.objects.create(name="Precio", kind="lost")
        good = Reason.objects.create(name="Relación", kind="won")
    return Ground(**people, pipeline=pipeline, stages=stages, won=won, lost=lost, price=price, good=good)


def check(obj: Opportunity) -> None:
    """What must hold of every opportunity at all times."""
    obj = Opportunity.objects.select_related("stage").get(pk=obj.pk)
    entries = list(StageEntry.objects.filter(opportunity=obj).order_by("position"))
    assert obj.status == obj.stage.kind
    assert obj.pipeline_id == obj.stage.pipeline_id
    assert [e.position for e in entries] == list(range(1, len(entries) + 1))
    assert [e.current for e in entries] == [False] * (len(entries) - 1) + [True]
    assert entries[-1].stage_id == obj.stage_id
    assert entries[-1].entered_on == obj.entered_on
    assert [e.left_on for e in entries] == [*(e.entered_on for e in entries[1:]), None]
    if obj.status == "open":
        assert obj.closed_on is None
        assert obj.cycle_days is None
    else:
        assert obj.probability == (100 if obj.status == "won" else 0)
    began = obj.opened_on or next((e.entered_on for e in entries if e.entered_on), None)
    if obj.closed_on and began and began <= obj.closed_on:
        assert obj.cycle_days == (obj.closed_on - began).days
    if obj.currency == "EUR":
        assert obj.value == obj.amount or (obj.value is None and obj.amount is None)


__all__ = ["AT", "TODAY", "Decimal", "Ground", "check", "make_ground", "way"]
