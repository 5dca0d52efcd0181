"""How the parts of an opportunity and the settings of the pipeline come into being, change and go."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from coordina.accounts.rates import reporting_currency
from coordina.catalog.part_writers import refuse_quantity
from coordina.catalog.pricing import price_of
from coordina.catalog.queries import book_of, customer_of
from coordina.catalog.tax_queries import Taxes, taxes_for, without_tax
from coordina.core.changes import Values
from coordina.core.refusals import Refusal
from coordina.core.writer import Writer
from coordina.pipeline.calendar import today_of
from coordina.pipeline.models import Opportunity, OpportunityLine, Pipeline, Reason, Stage, StageEntry, Stakeholder


class LineWriter(Writer[OpportunityLine]):
    """Lines take the price of the company's price lists where none is said."""

    def clean(self, values: Values, *, obj: OpportunityLine | None = None) -> Values:
        """Refuse a quantity of nothing, and one that the product's unit cannot be divided into."""
        product = values.get("product") or (obj.product if obj is not None else None)
        if product is not None:
            refuse_quantity(values.get("quantity"), product)
        return {n: v for n, v in values.items() if n != "quantity" or v is not None}

    def prepare(self, made: Sequence[OpportunityLine], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Propose what the price lists say for the company, in the opportunity's currency."""
        open_lines = [line for line in made if line.unit_price is None]
        for opportunity in {line.opportunity_id: line.opportunity for line in open_lines}.values():
            lines = [line for line in open_lines if line.opportunity_id == opportunity.pk]
            _propose(opportunity, lines, today_of(by, at))


def _propose(opportunity: Opportunity, lines: Sequence[OpportunityLine], day: date) -> None:
    """Give lines of an opportunity the prices of its company, without tax; where there is none they stay empty."""
    customer, currency = customer_of(opportunity.company), opportunity.currency or reporting_currency()
    book = book_of([line.product_id for line in lines], customer, currency)
    taxes: Taxes | None = None
    for line in lines:
        price = price_of(line.product_id, Decimal(line.quantity), customer, currency, day, book)
        if price.with_tax and taxes is None:
            taxes = taxes_for(opportunity.company, [each.product_id for each in lines])
        net = without_tax(price, taxes.on(line.product_id, day) if taxes is not None else None)
        line.unit_price = net.amount if net is not None else None


class StakeholderWriter(Writer[Stakeholder]):
    """A person takes part in a purchase once."""

    def clean(self, values: Values, *, obj: Stakeholder | None = None) -> Values:
        """Refuse a person who is there already."""
        opportunity = values.get("opportunity") or (obj.opportunity_id if obj else None)
        person = values.get("person")
        if person is not None and opportunity is not None:
            same = Stakeholder.objects.filter(opportunity=opportunity, person=person)
            if (same.exclude(pk=obj.pk) if obj is not None else same).exists():
                raise Refusal("taken", _("This person takes part already."), field="person")
        return values


class PipelineWriter(Writer[Pipeline]):
    """Pipelines stand one after the other; they go with their stages, but not while opportunities are in them."""

    def prepare(self, made: Sequence[Pipeline], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Put new pipelines after the others."""
        for pipeline in made:
            if not pipeline.position:
                last = Pipeline.objects.aggregate(last=Max("position"))["last"]
                pipeline.position = (last or 0) + 1

    def delete(self, objs: Sequence[Pipeline], *, by: Any, at: datetime) -> None:
        """Remove unused pipelines.

        Raises:
            Refusal: When opportunities are or were in one.
        """
        stages = Stage.objects.filter(pipeline__in=objs)
        refuse_used(Opportunity.objects.filter(pipeline__in=objs).count())
        refuse_used(StageEntry.objects.filter(stage__in=stages).count())
        stages.delete()
        super().delete(objs, by=by, at=at)


class StageWriter(Writer[Stage]):
    """Stages stand one after the other; what opportunities rely on does not change under them."""

    def clean(self, values: Values, *, obj: Stage | None = None) -> Values:
        """Refuse a new kind or pipeline for a stage that is in use."""
        self.refuse_taken(values, obj)
        if obj is not None:
            moved = values.get("pipeline") is not None and values["pipeline"].pk != obj.pipeline_id
            turned = values.get("kind") is not None and values["kind"] != obj.kind
            if moved or turned:
                used = StageEntry.objects.filter(stage=obj).count()
                refuse_used(used, field="pipeline" if moved else "kind")
        return {n: v for n, v in values.items() if n not in ("position", "kind", "pipeline") or v is not None}

    def prepare(self, made: Sequence[Stage], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Put new stages after those of their pipeline."""
        for stage in made:
            if not stage.position:
                last = Stage.objects.filter(pipeline_id=stage.pipeline_id).aggregate(last=Max("position"))["last"]
                stage.position = (last or 0) + 1

    def delete(self, objs: Sequence[Stage], *, by: Any, at: datetime) -> None:
        """Remove unused stages.

        Raises:
            Refusal: When opportunities are or were in one: the way of an opportunity is kept for ever.
        """
        refuse_used(StageEntry.objects.filter(stage__in=objs).values("opportunity").distinct().count())
        super().delete(objs, by=by, at=at)


class ReasonWriter(Writer[Reason]):
    """Reasons that were given stay."""

    def delete(self, objs: Sequence[Reason], *, by: Any, at: datetime) -> None:
        """Remove unused reasons.

        Raises:
            Refusal: When opportunities name one.
        """
        refuse_used(Opportunity.objects.filter(reason__in=objs).count())
        super().delete(objs, by=by, at=at)


def refuse_used(count: int, field: str | None = None) -> None:
    """Refuse to take away what opportunities rely on.

    Raises:
        Refusal: Saying how many.
    """
    if count:
        message = ngettext_lazy("%(count)s opportunity relies on it.", "%(count)s opportunities rely on it.", "count")
        raise Refusal("used", message % {"count": count}, field=field, status=422 if field else 409)
