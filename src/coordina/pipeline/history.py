"""The history of stages as another program tells it: rows that become the way of their opportunities."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordina.core.bulk import bulk_save
from coordina.core.changes import Values
from coordina.core.refusals import Refusal
from coordina.core.types import Field, Kind, RecordType
from coordina.core.writer import Writer
from coordina.pipeline import rules
from coordina.pipeline.importing import PIPELINE_OPTION
from coordina.pipeline.models import Opportunity, Pipeline, Stage, StageEntry
from coordina.pipeline.stages import Stages
from coordina.pipeline.way import OPPORTUNITIES, steps_of
from coordina.records.importing.tables import TABLES
from coordina.records.imports.folding import folded


class HistoryWriter(Writer[StageEntry]):
    """Puts told entries into the ways of opportunities; an entry that is there already is not doubled."""

    virtual: ClassVar[tuple[str, ...]] = ("entered_at", "pipeline")

    def clean(self, values: Values, *, obj: StageEntry | None = None) -> Values:
        """Find the stage in the opportunity's own pipeline.

        Raises:
            Refusal: At `stage`, where that pipeline has none of this name.
        """
        values = {n: v for n, v in values.items() if n != "pipeline"}
        opportunity, stage = values.get("opportunity"), values.get("stage")
        if opportunity is not None and stage is not None and stage.pipeline_id != opportunity.pipeline_id:
            values["stage"] = _namesake(stage, opportunity.pipeline_id)
        if obj is not None and not _differs(obj, values):
            return {}
        return values

    def create(self, rows: Sequence[Values], *, by: Any, at: datetime) -> list[StageEntry]:
        """Put rows into the ways of their opportunities; gives the entry of each row."""
        told: dict[int, list[tuple[datetime, int, int]]] = {}
        for place, row in enumerate(rows):
            told.setdefault(row["opportunity"].pk, []).append((_moment(row), place, row["stage"].pk))
        opportunities = list(Opportunity.objects.filter(pk__in=list(told)).order_by("pk").locked())
        entries = OPPORTUNITIES.entries_of(opportunities)
        ways = []
        found: dict[tuple[int, int, date | None], StageEntry] = {}
        for opportunity in opportunities:
            said = [(at_.date(), stage) for at_, _place, stage in sorted(told[opportunity.pk])]
            steps = rules.retold(steps_of(entries[opportunity.pk]), said)
            ways.append((opportunity, entries[opportunity.pk], steps))
            opportunity.entered_on = steps[-1].entered_on
            opportunity.cycle_days = rules.cycle_days(
                opportunity.opened_on, rules.first_day(steps), opportunity.closed_on
            )
        OPPORTUNITIES.write(ways)
        bulk_save(Opportunity, opportunities, ["entered_on", "cycle_days"])
        for entry in (one for some in OPPORTUNITIES.entries_of(opportunities).values() for one in some):
            found.setdefault((entry.opportunity_id, entry.stage_id, entry.entered_on), entry)
            found.setdefault((entry.opportunity_id, entry.stage_id, None), entry)
        return [_entry(found, row) for row in rows]

    def edit(self, changes: Sequence[tuple[StageEntry, Values]], *, by: Any, at: datetime) -> list[StageEntry]:
        """Tell rows that changed again."""
        self.create([_whole(obj, values) for obj, values in changes], by=by, at=at)
        return [obj for obj, _values in changes]


def _whole(obj: StageEntry, values: Values) -> Values:
    day = datetime.combine(obj.entered_on or date.min, datetime.min.time(), timezone.get_current_timezone())
    return {"opportunity": obj.opportunity, "stage": obj.stage, "entered_at": day, **values}


def _moment(row: Values) -> datetime:
    """When a row entered its stage, in the importer's zone."""
    moment: datetime = row["entered_at"]
    return timezone.localtime(moment)


def _entry(found: dict[tuple[int, int, date | None], StageEntry], row: Values) -> StageEntry:
    key = (row["opportunity"].pk, row["stage"].pk)
    return found.get((*key, _moment(row).date())) or found[(*key, None)]


def _differs(obj: StageEntry, values: Values) -> bool:
    stage, moment = values.get("stage"), values.get("entered_at")
    moved = moment is not None and obj.entered_on != timezone.localtime(moment).date()
    return moved or (stage is not None and stage.pk != obj.stage_id)


def _namesake(stage: Stage, pipeline: int) -> Stage:
    name = folded(stage.name)
    for known in Stages().of(pipeline):
        if folded(known.name) == name:
            return known
    message = _("The pipeline of the opportunity has no stage “%(name)s”.") % {"name": stage.name}
    raise Refusal("stage", message, field="stage")


HISTORY = RecordType(
    name="stage_history",
    model=StageEntry,
    label=_("entry to a stage"),
    plural=_("history of stages"),
    url="",
    icon="route",
    writer=HistoryWriter(StageEntry),
    title="stage",
    declared={
        field.name: field
        for field in (
            Field(
                name="opportunity",
                label=_("opportunity"),
                kind=Kind.REF,
                path="opportunity",
                to=Opportunity,
                title_path="opportunity__name",
                required=True,
                aliases=("oportunidad", "opportunity id", "deal", "negocio"),
            ),
            Field(
                name="pipeline",
                label=_("pipeline"),
                kind=Kind.REF,
                path="stage__pipeline",
                to=Pipeline,
                title_path="stage__pipeline__name",
                virtual=True,
                aliases=("embudo", "pipeline"),
            ),
            Field(
                name="stage",
                label=_("stage"),
                kind=Kind.REF,
                path="stage",
                to=Stage,
                title_path="stage__name",
                required=True,
                aliases=("etapa", "fase", "stage name"),
            ),
            Field(
                name="entered_at",
                label=_("entered on"),
                kind=Kind.DATETIME,
                required=True,
                virtual=True,
                aliases=("fecha", "created date", "date entered"),
            ),
        )
    },
    within="opportunity",
    extra={
        "import_permission": Opportunity.permission("change"),
        "import_options": (PIPELINE_OPTION,),
        "keeps_other": False,
    },
)
"""What a file of stage changes holds; only an import writes it."""

TABLES.add(HISTORY.name, HISTORY)
