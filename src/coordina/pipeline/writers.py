"""How opportunities come into being and change, one or a thousand at a time, with everything that belongs to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordina.accounts.rates import checked_currency, dated_rates, recent_rates
from coordina.core.bulk import bulk_save
from coordina.core.changes import Values
from coordina.core.instances import fresh
from coordina.core.money import DatedRates
from coordina.core.references import format_reference
from coordina.core.refusals import Refusal
from coordina.ledger.models.sequences import take
from coordina.pipeline import rules
from coordina.pipeline.calendar import furthest_today
from coordina.pipeline.models import Opportunity, OpportunityLine, StageEntry
from coordina.pipeline.rules import Step
from coordina.pipeline.stages import Stages
from coordina.pipeline.way import BATCH, OPPORTUNITIES, steps_of
from coordina.records.tags import clean_words
from coordina.records.writers import Tagged

SERIES = "OPP"
ENTERED = "entered_stage:"
"""Before a stage's id: the day of entry to that stage, as `entered_stage:12`."""
KEPT = (
    *("pipeline", "stage", "status", "probability", "entered_on", "closes_on", "closed_on", "cycle_days"),
    *("reason", "value", "currency"),
)
"""Columns that follow from others."""


def days_in(values: Mapping[str, Any]) -> dict[int, date]:
    """The days of entry among given values, by id of the stage; unknown ones are left out."""
    return {int(n.removeprefix(ENTERED)): v for n, v in values.items() if n.startswith(ENTERED) and v is not None}


@dataclass
class _Work:
    """What a call reads once.

    Attributes:
        today: Day that a rate is taken of where the opportunity is still open.
    """

    stages: Stages
    rates: DatedRates
    today: date


class OpportunityWriter(Tagged[Opportunity]):
    """Opportunities keep their status, way through the stages, value and cycle in agreement.

    Besides columns it takes `product` (one line of it at the amount), `entered_on` (day of entry to the present stage)
    and `entered_stage:<id>` (day of entry to any stage). A stage that differs from the present one is a move, whoever
    asks. Days that are not given stay unknown.
    """

    virtual: ClassVar[tuple[str, ...]] = (*Tagged.virtual, "product")

    def clean(self, values: Values, *, obj: Opportunity | None = None) -> Values:
        """Check one row: per cent, currency and its rate, stage and pipeline, reason, order of the days."""
        values = dict(values)
        for name in ("owner", "stage", "pipeline"):
            if name in values and values[name] is None:
                if name == "owner" and obj is not None:
                    raise Refusal("required", _("Somebody has to look after it."), field="owner")
                del values[name]
        if "tags" in values:
            values["tags"] = clean_words(values["tags"])
        rules.check_probability(values.get("probability"))
        if values.get("stage") is not None and values.get("pipeline") is not None:
            rules.check_stage_of(values["pipeline"].pk, values["stage"].pipeline_id)
        kind = values["stage"].kind if values.get("stage") is not None else obj.status if obj else rules.OPEN
        if values.get("reason") is not None and kind != rules.OPEN:
            rules.check_reason(kind, values["reason"].kind)
        self._check_days(values, obj, kind)
        self._check_currency(values, obj)
        return values

    @staticmethod
    def _check_days(values: Values, obj: Opportunity | None, kind: str) -> None:
        days = days_in(values)
        opened_on = values.get("opened_on", obj.opened_on if obj else None)
        closed_on = values.get("closed_on", obj.closed_on if obj else None)
        if kind != rules.OPEN and closed_on is not None and {"closed_on", "opened_on"} & values.keys() | days.keys():
            began = max((d for d in (opened_on, *days.values()) if d is not None), default=None)
            rules.check_closed_on(closed_on, furthest_today(), began)

    @staticmethod
    def _check_currency(values: Values, obj: Opportunity | None) -> None:
        if not {"currency", "amount"} & values.keys():
            return
        if values.get("currency"):
            values["currency"] = checked_currency(values["currency"])
        code = values.get("currency") or (obj.currency if obj else "")
        if code and values.get("amount", obj.amount if obj else None) is not None:
            on = values.get("closed_on") or (obj.closed_on if obj else None) or timezone.now().date()
            rules.reporting_value(Decimal(1), code, recent_rates(), on)

    # Making ----------------------------------------------------------------------------------------------------------

    def create(self, rows: Sequence[Values], *, by: Any, at: datetime) -> list[Opportunity]:
        """Write new opportunities with their references, stage entries and lines."""
        if not rows:
            return []
        work = self._work([str(row.get("currency") or "") for row in rows], at)
        made, ways = [], []
        for row, number in zip(rows, take(SERIES, len(rows)), strict=True):
            obj, steps = self._made(row, by, work)
            obj.reference = format_reference(SERIES, number)
            made.append(obj)
            ways.append(steps)
        if len(made) == 1:
            made[0].save()
        else:
            self.model.objects.bulk_create(made, batch_size=BATCH)
        OPPORTUNITIES.write([(obj, (), steps) for obj, steps in zip(made, ways, strict=True)])
        lines = [
            OpportunityLine(opportunity_id=obj.pk, product=row["product"], unit_price=obj.amount)
            for obj, row in zip(made, rows, strict=True)
            if row.get("product") is not None
        ]
        if lines:
            OpportunityLine.objects.bulk_create(lines, batch_size=BATCH)
        self.created(made, rows, by=by, at=at)
        return made

    def _work(self, codes: Sequence[str], at: datetime) -> _Work:
        return _Work(Stages(), dated_rates(set(codes) - {""}), at.date())

    def _made(self, row: Values, by: Any, work: _Work) -> tuple[Opportunity, list[Step]]:
        given = {k: v for k, v in row.items() if k not in self.virtual and not k.startswith(ENTERED)}
        pipeline = given.pop("pipeline", None)
        stage = row.get("stage") or work.stages.first(pipeline.pk if pipeline is not None else None)
        given |= {"stage": stage, "pipeline_id": stage.pipeline_id, "status": stage.kind}
        obj = fresh(Opportunity, given)
        self.own(obj, row, by)
        days = days_in(row)
        if stage.kind == rules.OPEN:
            obj.closes_on, obj.closed_on = obj.closes_on or obj.closed_on, None
        on = days.get(stage.pk) or obj.entered_on or obj.closed_on
        steps = rules.begun(stage.pk, on, days, work.stages.order)
        if obj.probability is None or stage.kind != rules.OPEN:
            obj.probability = rules.next_probability(stage.kind, stage.probability)
        self._evaluate(obj, work)
        self._date(obj, steps)
        return obj, steps

    @staticmethod
    def _evaluate(obj: Opportunity, work: _Work) -> None:
        """Set the value in the reporting currency."""
        obj.currency = obj.currency or work.rates.reporting
        obj.value = rules.reporting_value(obj.amount, obj.currency, work.rates, obj.closed_on or work.today)

    @staticmethod
    def _date(obj: Opportunity, steps: Sequence[Step]) -> None:
        """Set what follows from the way."""
        obj.entered_on = steps[-1].entered_on
        obj.cycle_days = rules.cycle_days(obj.opened_on, rules.first_day(steps), obj.closed_on)

    # Changing --------------------------------------------------------------------------------------------------------

    def edit(self, changes: Sequence[tuple[Opportunity, Values]], *, by: Any, at: datetime) -> list[Opportunity]:
        """Write changed values; a change of stage is a move, a change of amount or currency brings a new value."""
        objs = [obj for obj, _values in changes]
        pending = [pair for pair in changes if self._is_deep(pair[1])]
        ways: list[tuple[Opportunity, list[StageEntry], list[Step]]] = []
        if pending:
            codes = [str(values.get("currency") or obj.currency) for obj, values in pending]
            work = self._work(codes, at)
            entries = OPPORTUNITIES.entries_of(obj for obj, _values in pending)
        deep = {id(obj) for obj, _values in pending}
        for obj, values in changes:
            before = (obj.stage_id, obj.status, obj.closed_on, obj.amount, obj.currency, obj.pipeline_id)
            self._assign(obj, values)
            if id(obj) in deep:
                steps = self._moved(obj, values, before, steps_of(entries[obj.pk]), work)
                ways.append((obj, entries[obj.pk], steps))
        names = {n for _obj, values in changes for n in values if n not in self.virtual and not n.startswith(ENTERED)}
        if len(objs) == 1:
            objs[0].save()
        else:
            bulk_save(self.model, objs, sorted(names | {*KEPT, *self.follows()}))
        OPPORTUNITIES.write(ways)
        self._put_products(changes)
        self.edited(changes, by=by, at=at)
        return objs

    @staticmethod
    def _is_deep(values: Values) -> bool:
        """Whether a change reaches the way, the value or the cycle."""
        reach = {"stage", "pipeline", "entered_on", "opened_on", "closed_on", "amount", "currency"}
        return bool(reach & values.keys()) or any(n.startswith(ENTERED) for n in values)

    def _assign(self, obj: Opportunity, values: Values) -> None:
        certain = obj.status != rules.OPEN and "stage" not in values
        for name, value in values.items():
            if name in self.virtual or name == "entered_on" or name.startswith(ENTERED):
                continue
            if name != "probability" or not certain:
                setattr(obj, name, value)
        if "owner" in values:
            self.follow_owner(obj, values)

    def _moved(
        self, obj: Opportunity, values: Values, before: tuple[Any, ...], steps: list[Step], work: _Work
    ) -> list[Step]:
        """Bring a changed opportunity into agreement with itself; gives its way."""
        stage_id, status, closed_on, amount, currency, pipeline_id = before
        if obj.pipeline_id != pipeline_id and "stage" not in values:
            obj.stage = work.stages.first(obj.pipeline_id)
        stage = work.stages.by_id[obj.stage_id]
        obj.pipeline_id, obj.status = stage.pipeline_id, stage.kind
        days = days_in(values)
        if stage.kind == rules.OPEN:
            if obj.closed_on is not None and "closed_on" in values and "closes_on" not in values:
                obj.closes_on = obj.closed_on
            obj.closed_on = None
            if status != rules.OPEN and "reason" not in values:
                obj.reason = None
        moves = obj.stage_id != stage_id
        if moves:
            steps = rules.moved(steps, stage.pk, days.get(stage.pk) or values.get("entered_on") or obj.closed_on)
        elif obj.status != rules.OPEN and obj.closed_on != closed_on:
            days.setdefault(stage.pk, obj.closed_on) if obj.closed_on else None
        elif values.get("entered_on") is not None:
            days.setdefault(stage.pk, values["entered_on"])
        if days:
            steps = rules.dated(steps, days, work.stages.order)
        if stage.kind != rules.OPEN or (moves and values.get("probability") is None):
            obj.probability = rules.next_probability(stage.kind, stage.probability)
        if (obj.amount, obj.currency, obj.closed_on) != (amount, currency, closed_on):
            self._evaluate(obj, work)
        self._date(obj, steps)
        return steps

    def _put_products(self, changes: Sequence[tuple[Opportunity, Values]]) -> None:
        """Give opportunities the product named for them: in place of their only one, else as one more."""
        wanted = {obj.pk: (obj, v["product"]) for obj, v in changes if v.get("product") is not None}
        if not wanted:
            return
        lines: dict[int, list[OpportunityLine]] = {}
        for line in OpportunityLine.objects.filter(opportunity_id__in=list(wanted)).order_by("pk"):
            lines.setdefault(line.opportunity_id, []).append(line)
        changed, made = [], []
        for pk, (obj, product) in wanted.items():
            here = lines.get(pk, [])
            if any(line.product_id == product.pk for line in here):
                continue
            if len(here) == 1:
                here[0].product = product
                changed.append(here[0])
            else:
                made.append(
                    OpportunityLine(opportunity_id=pk, product=product, unit_price=None if here else obj.amount)
                )
        bulk_save(OpportunityLine, changed, ["product"])
        if made:
            OpportunityLine.objects.bulk_create(made, batch_size=BATCH)
