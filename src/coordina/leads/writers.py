"""How leads come into being and change, one or a thousand at a time, with their way through the funnel."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar, cast

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from coordina.accounts.rates import checked_currency, reporting_currency
from coordina.core.actors import Reach
from coordina.core.bulk import bulk_save
from coordina.core.changes import Values
from coordina.core.contact import parse_country, parse_email
from coordina.core.records import Record
from coordina.core.references import format_reference
from coordina.core.refusals import Refusal
from coordina.core.tax_ids import parse_tax_id
from coordina.core.types import type_of
from coordina.core.writer import Writer
from coordina.customers.contacting import STRICT, kept_strict
from coordina.customers.models import Company, Person
from coordina.customers.writers import phone_rule, url_rule
from coordina.leads import rules
from coordina.leads.enums import OPEN
from coordina.leads.models import Lead, LeadEntry, LeadProduct, LeadReason, LeadStage
from coordina.leads.stages import usual_stages
from coordina.ledger.models.sequences import take
from coordina.pipeline.calendar import today_of
from coordina.pipeline.models import Opportunity
from coordina.pipeline.rules import Step, begun, dated, moved
from coordina.pipeline.way import BATCH, Ways, steps_of
from coordina.records.models import ExternalId
from coordina.records.writers import Tagged, normalised

SERIES = "LEA"
WAYS = Ways(LeadEntry, "lead")
REACHABLE = ("name", "company_name", "email", "phone", "mobile", "website")
"""One of these is known of a lead that people write down; files may know less."""
BECAME: Mapping[str, type[Record]] = {"company": Company, "person": Person, "opportunity": Opportunity}
IMPORTED = ("first_name", "last_name", "meant", "is_converted", "ended_on", *(f"became_{name}" for name in BECAME))
"""Values that files give and that become others."""
STILL_CHANGES = frozenset({"owner", "team", "tags", "company", "person", "opportunity", "other_data", *STRICT})
"""What may change of a converted lead: who looks after it, and what it hangs together with."""


class LeadWriter(Tagged[Lead]):
    """Leads keep status, way through the funnel, title and time to the first touch in agreement.

    Besides columns it takes `entered_on` (day of entry to the present stage) and what `IMPORTED` names: `meant` and
    `is_converted` say the state where no stage is given, `ended_on` the day it was converted or disqualified,
    `became_…` the ids by which another system knows what it became.
    """

    virtual: ClassVar[tuple[str, ...]] = (*Tagged.virtual, *IMPORTED)
    fills: ClassVar[tuple[str, ...]] = ("stage",)

    def clean(self, values: Values, *, obj: Lead | None = None) -> Values:
        """Check one row: contact data in one form, currency, stage."""
        values = kept_strict(super().clean(values, obj=obj), obj)
        if obj is not None and obj.status == rules.CONVERTED and not _harmless(values, obj):
            raise Refusal("converted", _("It was converted: it is history now. Undo the conversion first."), status=409)
        values = {n: v for n, v in values.items() if n not in ("stage", "received_at") or v is not None}
        whole = " ".join(str(values[n]).strip() for n in ("first_name", "last_name") if values.get(n))[:200]
        if whole and not values.get("name"):
            values["name"] = whole
        self._mean(values, obj)
        if values.get("currency"):
            values["currency"] = checked_currency(values["currency"])
        country = values.get("country", obj.country if obj else "") or ""
        checks = {
            "phone": phone_rule(lambda: country),
            "mobile": phone_rule(lambda: country),
            "email": parse_email,
            "website": url_rule,
            "country": lambda text: parse_country(str(text)),
            "tax_id": lambda text: parse_tax_id(str(text), country).value,
        }
        return normalised(values, checks, obj)

    @staticmethod
    def _mean(values: Values, obj: Lead | None) -> None:
        """Say the stage where a file says a state."""
        kind = rules.CONVERTED if values.get("is_converted") else values.get("meant")
        if kind and "stage" not in values and (obj is None or obj.status != kind):
            values["meant"] = kind
        elif "meant" in values:
            del values["meant"]

    # Making ----------------------------------------------------------------------------------------------------------

    def create(self, rows: Sequence[Values], *, by: Any, at: datetime) -> list[Lead]:
        """Write new leads with their references and stage entries."""
        if not rows:
            return []
        stages = usual_stages()
        made, ways = [], []
        for row, number in zip(rows, take(SERIES, len(rows)), strict=True):
            obj = Lead(**{k: v for k, v in row.items() if k not in self.virtual})
            obj.reference = format_reference(SERIES, number)
            stage = row.get("stage") or stages.first(row.get("meant") or rules.NEW)
            obj.stage, obj.status = stage, stage.kind
            obj.received_at = obj.received_at or at
            self._own(obj, row, by)
            self._end(obj, row)
            if obj.amount is not None and not obj.currency:
                obj.currency = reporting_currency()
            obj.entered_on = (
                obj.entered_on or obj.closed_on or (today_of(by, obj.received_at) if stage.kind == rules.NEW else None)
            )
            obj.work_out()
            made.append(obj)
            ways.append(begun(stage.pk, obj.entered_on, {}, stages.order))
        self._link(list(zip(made, rows, strict=True)))
        if len(made) == 1:
            made[0].save()
        else:
            self.model.objects.bulk_create(made, batch_size=BATCH)
        WAYS.write([(obj, (), steps) for obj, steps in zip(made, ways, strict=True)])
        self.created(made, rows, by=by, at=at)
        return made

    def _own(self, obj: Lead, row: Values, by: Any) -> None:
        """A lead may belong to nobody, but not so that whoever makes it does not see it any more."""
        if obj.owner_id is None and by is not None:
            scope = by.scope(Lead.view_permission())
            if scope is not None and scope.reach is not Reach.ALL:
                obj.owner = by
        self.follow_owner(obj, row)

    def follow_owner(self, obj: Lead, row: Values) -> None:
        """The team is the owner's; without an owner it stays that of the one before, whose queue it goes back to."""
        if obj.owner_id is not None or "team" in row:
            super().follow_owner(obj, row)

    @staticmethod
    def _end(obj: Lead, row: Values) -> None:
        """Set the day it ended, as far as that is known; of an open one there is none."""
        if obj.status in OPEN:
            obj.closed_on, obj.reason = None, None
        elif row.get("ended_on") is not None:
            obj.closed_on = row["ended_on"]

    @staticmethod
    def _link(pairs: Sequence[tuple[Lead, Values]]) -> None:
        """Tie imported leads to what they became, by the ids of the other system; unknown ids stay as other data."""
        for name, model in BECAME.items():
            wanted = [(obj, str(v)) for obj, row in pairs if (v := row.get(f"became_{name}"))]
            if not wanted:
                continue
            rows = ExternalId.objects.filter(subject_type=model._meta.label, value__in={v for _obj, v in wanted})
            found = dict(rows.order_by("pk").values_list("value", "subject_id"))
            label = str(Lead._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # a foreign key has one
            for obj, value in wanted:
                if value in found:
                    setattr(obj, f"{name}_id", found[value])
                else:
                    obj.other_data = obj.other_data | {label: value}

    # Changing --------------------------------------------------------------------------------------------------------

    def edit(self, changes: Sequence[tuple[Lead, Values]], *, by: Any, at: datetime) -> list[Lead]:
        """Write changed values; a change of stage is a move."""
        objs = [obj for obj, _values in changes]
        deep = [pair for pair in changes if {"stage", "meant", "entered_on"} & pair[1].keys()]
        stages = usual_stages() if deep else None
        entries = WAYS.entries_of(obj for obj, _values in deep) if deep else {}
        ways: list[tuple[Lead, list[Any], list[Step]]] = []
        for obj, values in changes:
            before = obj.stage_id
            for name, value in values.items():
                if name not in self.virtual and name != "entered_on":
                    setattr(obj, name, value)
            if "owner" in values:
                self.follow_owner(obj, values)
            if obj.amount is not None and not obj.currency:
                obj.currency = reporting_currency()
            if obj.pk in entries and stages is not None:
                if values.get("meant"):
                    obj.stage = stages.first(values["meant"])
                steps = self._moved(obj, values, before, steps_of(entries[obj.pk]), stages.order)
                ways.append((obj, entries[obj.pk], steps))
            obj.work_out()
        self._link(changes)
        if len(objs) == 1:
            objs[0].save()
        else:
            names = {n for _obj, values in changes for n in values if n not in self.virtual}
            bulk_save(self.model, objs, sorted(names | {*self.follows(), *_FOLLOWING}))
        WAYS.write(ways)
        self.edited(changes, by=by, at=at)
        return objs

    def _moved(self, obj: Lead, values: Values, before: int, steps: list[Step], order: Mapping[int, int]) -> list[Step]:
        """Bring a lead into agreement with its stage; gives its way."""
        on: date | None = values.get("entered_on") or values.get("ended_on") or values.get("closed_on")
        obj.status = obj.stage.kind
        if obj.stage_id != before:
            steps = moved(steps, obj.stage_id, on)
        elif on is not None:
            steps = dated(steps, {obj.stage_id: on}, order)
        self._end(obj, values)
        obj.entered_on = steps[-1].entered_on
        return steps


_FOLLOWING = (
    *("title", "touch_minutes", "status", "stage", "entered_on", "closed_on", "reason", "currency"),
    *(*BECAME, "other_data"),
)
"""Columns that follow from others."""


def _harmless(values: Values, obj: Lead) -> bool:
    """Whether values change nothing of a converted lead but what still may."""
    same = {"meant", "is_converted", "ended_on"}
    for name, value in values.items():
        if name in STILL_CHANGES or name in IMPORTED[:2] or name in same or name.startswith("became_"):
            continue
        if getattr(obj, name, None) != value:
            return False
    return True


class StageWriter(Writer[LeadStage]):
    """Stages stand one after the other; what leads rely on does not change under them."""

    def clean(self, values: Values, *, obj: LeadStage | None = None) -> Values:
        """Refuse another meaning for a stage that is in use."""
        self.refuse_taken(values, obj)
        if obj is not None and values.get("kind") not in (None, obj.kind):
            refuse_used(LeadEntry.objects.filter(stage=obj).count(), field="kind")
        return {n: v for n, v in values.items() if n not in ("position", "kind") or v is not None}

    def prepare(self, made: Sequence[LeadStage], rows: Sequence[Values], *, by: Any, at: datetime) -> None:
        """Put new stages after the others."""
        for stage in made:
            if not stage.position:
                stage.position = 1 + max((s.position for s in LeadStage.objects.order_by("pk")), default=0)

    def delete(self, objs: Sequence[LeadStage], *, by: Any, at: datetime) -> None:
        """Remove unused stages.

        Raises:
            Refusal: When leads are or were in one.
        """
        refuse_used(LeadEntry.objects.filter(stage__in=objs).values("lead").distinct().count())
        super().delete(objs, by=by, at=at)


class ReasonWriter(Writer[LeadReason]):
    """Reasons that were given stay."""

    def delete(self, objs: Sequence[LeadReason], *, by: Any, at: datetime) -> None:
        """Remove unused reasons.

        Raises:
            Refusal: When leads name one.
        """
        refuse_used(Lead.objects.filter(reason__in=objs).count())
        super().delete(objs, by=by, at=at)


class ProductWriter(Writer[LeadProduct]):
    """A lead is interested in a product once, and in some of it."""

    def clean(self, values: Values, *, obj: LeadProduct | None = None) -> Values:
        """Refuse a quantity of nothing, and a product that is there already."""
        if values.get("quantity") is not None and values["quantity"] <= 0:
            raise Refusal("quantity", _("A quantity is above zero."), field="quantity")
        lead = values.get("lead") or (obj.lead if obj else None)
        if lead is not None and lead.status == rules.CONVERTED:
            raise Refusal("converted", _("It was converted: it is history now. Undo the conversion first."), status=409)
        product = values.get("product")
        if product is not None and lead is not None:
            same = LeadProduct.objects.filter(lead=lead, product=product).exclude(pk=obj.pk if obj else 0)
            if same.exists():
                raise Refusal("taken", _("There is one like this already."), field="product")
        return {n: v for n, v in values.items() if n != "quantity" or v is not None}


def refuse_used(count: int, field: str | None = None) -> None:
    """Refuse to take away what leads rely on.

    Raises:
        Refusal: Saying how many.
    """
    if count:
        message = ngettext_lazy("%(count)s lead relies on it.", "%(count)s leads rely on it.", "count")
        raise Refusal("used", message % {"count": count}, field=field, status=422 if field else 409)


def write_lead(lead: Lead, values: Values, *, by: Any, at: datetime) -> Lead:
    """Change one lead through its writer."""
    writer = type_of(Lead).writer
    return cast(Lead, writer.edit([(lead, writer.clean(values, obj=lead))], by=by, at=at)[0])
