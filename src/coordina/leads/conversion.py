"""Converting a lead into company, person and opportunity, without loss and undoable as one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, cast

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from coordina.accounts.models import User
from coordina.core.actions import action, standard
from coordina.core.bulk import bulk_save
from coordina.core.messages import unknown_field
from coordina.core.records import Record
from coordina.core.refusals import Forbidden, Invalid, Refusal
from coordina.core.sight import written_names
from coordina.core.types import Kind, type_of
from coordina.customers.consent_writers import copy_consents
from coordina.customers.contacting import stricter
from coordina.customers.enums import AddressKind
from coordina.customers.models import Address, Company, Interaction, Person, Position
from coordina.customers.writers import ADDRESSED
from coordina.leads import rules
from coordina.leads.actions import CHANGE
from coordina.leads.enums import OPEN
from coordina.leads.models import Handover, Lead, LeadProduct
from coordina.leads.rules import WAYS, Holder, free_label, hand_over
from coordina.leads.stages import Stages
from coordina.leads.writers import write_lead
from coordina.pipeline.calendar import today_of
from coordina.pipeline.models import Opportunity, OpportunityLine, Pipeline, Stage
from coordina.pipeline.rules import OPEN as OPEN_STAGE
from coordina.pipeline.stages import Stages as SaleStages
from coordina.records.models import Attachment, Note
from coordina.records.tags import MOST, clean_words, set_words, words_of
from coordina.records.timeline import current_formats

Name = Annotated[str, Field(max_length=200)]
MODELS: Mapping[str, type[Record]] = {"company": Company, "person": Person, "opportunity": Opportunity}


class _Elsewhere:
    """Stands in a place that a value must not take: it belongs to another address."""


@dataclass
class _Work:
    """A conversion on its way.

    Attributes:
        holders: What takes the values, by name.
        found: The records: chosen ones at once, new ones when they are made.
    """

    lead: Lead
    by: User
    at: datetime
    holders: dict[str, Holder] = field(default_factory=dict)
    found: dict[str, Any] = field(default_factory=dict)

    @property
    def hidden(self) -> frozenset[str]:
        """Fields of the lead that whoever converts may not see: their values stay with the lead."""
        return type_of(Lead).sight(self.by).hidden


@action(Lead, permission=CHANGE, label=_("Convert"), lifecycle=(OPEN, "converted"), icon="user-check", hidden=True,
        elsewhere=("company", "company_name", "person", "stage", "amount", "currency", "closes_on"))  # fmt: skip
def convert(
    *,
    lead: Lead,
    company: Company | None = None,
    company_name: Name = "",
    person: Person | None = None,
    person_name: Name = "",
    opportunity_name: Name = "",
    pipeline: Pipeline | None = None,
    stage: Stage | None = None,
    amount: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)] | None = None,
    currency: Annotated[str, Field(max_length=3)] = "",
    closes_on: date | None = None,
    by: User,
    at: datetime,
) -> Lead:
    """Make of a lead what it turned out to be. The lead stays, as history of where they came from.

    Args:
        company: An existing one; else `company_name` makes one, and without both there is none.
        person: An existing one; else `person_name` makes one, and without both there is none.
        opportunity_name: Makes an opportunity where it is not empty.
        pipeline, stage: Where it begins.
        amount, currency, closes_on: Of the opportunity.
    """
    work = _Work(lead, by, at)
    _take(work, "company", company, {"name": company_name})
    _take(work, "person", person, {"name": person_name})
    if not work.holders:
        raise Refusal("nothing", _("Choose or make a company or a contact."), field="company")
    if opportunity_name:
        said = {"pipeline": pipeline, "stage": stage, "amount": amount, "currency": currency, "closes_on": closes_on}
        _refuse_closed([n for n, v in said.items() if v not in (None, "")], by)
        begun = _begun(pipeline, stage)
        sale = {"name": opportunity_name, **begun, "amount": amount, "closes_on": closes_on}
        sale["currency"] = currency or lead.currency
        _take(work, "opportunity", None, {n: v for n, v in sale.items() if v not in (None, "")})
    _hand_over(work)
    for name in work.holders:
        _write(work, name)
    _tie(work)
    today = today_of(by, at)
    ended = {"stage": Stages().first(rules.CONVERTED), "entered_on": today, "ended_on": today}
    return write_lead(lead, {**ended, **{n: work.found.get(n) for n in MODELS}}, by=by, at=at)


def _refuse_closed(names: Sequence[str], by: User) -> None:
    """Refuse what whoever converts may not write of an opportunity, as if there were no such fields.

    Raises:
        Invalid: Naming each.
    """
    if unknown := written_names(names, type_of(Opportunity), by):
        raise Invalid({name: [unknown_field(name)] for name in unknown})


def _begun(pipeline: Pipeline | None, stage: Stage | None) -> dict[str, Any]:
    """Where the opportunity begins: in the stage said, else in the first of the pipeline."""
    found = stage or SaleStages().first(pipeline.pk if pipeline is not None else None)
    if found.kind != OPEN_STAGE:
        raise Refusal("stage", _("Choose a stage in which it goes on."), field="stage")
    if pipeline is not None and found.pipeline_id != pipeline.pk:
        raise Refusal("pipeline", _("That stage belongs to another pipeline."), field="stage")
    return {"pipeline": found.pipeline, "stage": found}


def _take(work: _Work, name: str, chosen: Any, given: Mapping[str, Any]) -> None:
    """Note a record that takes values: one that was chosen, or one to be made of what was typed.

    Raises:
        Forbidden: Who may not make such records.
    """
    model = MODELS[name]
    if chosen is not None:
        rows: Any = model.objects
        own = rows.within(work.by, model.permission("change")).locked().filter(pk=chosen.pk).first()
        work.found[name] = own or chosen
        work.holders[name] = Holder(name, _present(work.lead, own or chosen), False, own is not None, {}, {})
    elif given.get("name"):
        made = standard(model, "create")
        if made is None or not made.open_to(work.by):
            raise Forbidden
        work.holders[name] = Holder(name, {}, True, True, dict(given), {})
        if name == "company" and not work.lead.street:
            work.holders[name].present = dict.fromkeys(ADDRESSED, _Elsewhere())


def _present(lead: Lead, record: Any) -> dict[str, Any]:
    """What a chosen record holds, by field; its main address belongs to a company."""
    found = {c.name: getattr(record, c.attname) for c in record._meta.concrete_fields}
    if isinstance(record, Company):
        main = Address.objects.filter(company=record, kind=AddressKind.MAIN).order_by("pk").first()
        here = main is not None or not lead.street
        found |= {n: (getattr(main, n, "") or _Elsewhere()) if here else "" for n in ADDRESSED}
    return found


# Values ---------------------------------------------------------------------------------------------------------------


def _hand_over(work: _Work) -> None:
    """Put every value of the lead into one of the records."""
    lead, holders = work.lead, list(work.holders.values())
    fields = type_of(Lead).fields
    formats = current_formats()
    values = {n: getattr(lead, f"{n}_id" if n == "industry" else n) for n in WAYS if n not in work.hidden}
    said: dict[str, tuple[str, str]] = {}
    for name, value in values.items():
        text = str(lead.industry) if name == "industry" else str(value)
        if name == "next_step_on":
            text = formats.date_full(value)
        elif name == "annual_revenue":
            text = formats.money(value, cents=True)
        said[name] = (capital(fields[name].label), text)
    hand_over(values, holders, said)
    if "amount" not in work.hidden:
        _hand_over_amount(work, formats.money(lead.amount, lead.currency, cents=True))
    for label, text in lead.other_data.items():
        _keep(work, str(label), str(text), ("company", "person", "opportunity"))
    _hand_over_added(work)
    _hand_over_products(work)


def _hand_over_added(work: _Work) -> None:
    """Values of fields that people added: into a field of the same name and kind, else kept in words."""
    for name, about in type_of(Lead).fields.items():
        value = work.lead.custom.get(about.json_key) if about.json_key else None
        if value is None or name in work.hidden:
            continue
        for where in ("company", "person", "opportunity"):
            held = work.holders.get(where)
            far = type_of(MODELS[where]).fields.get(name)
            if held is None or not held.open or far is None or far.kind is not about.kind or far.kind not in _PLAIN:
                continue
            there = held.given.get("custom", held.present.get("custom") or {})
            if far.json_key not in there:
                held.given["custom"] = there | {far.json_key: value}
                break
        else:
            text = str(about.label_of(value)) if about.choices and not isinstance(value, list) else str(value)
            _keep(work, capital(about.label), text, ("company", "person", "opportunity"))


_PLAIN = (Kind.TEXT, Kind.LONG_TEXT, Kind.INTEGER, Kind.DECIMAL, Kind.DATE, Kind.BOOL, Kind.EMAIL, Kind.URL, Kind.PHONE)
"""Kinds whose values mean the same in a field of another record type."""


def capital(text: object) -> str:
    """A label at the beginning of a line."""
    return f"{text}"[:1].upper() + f"{text}"[1:]


def _hand_over_amount(work: _Work, text: str) -> None:
    """The estimate is the amount of the opportunity; where that is another, or there is none, it is kept in words."""
    lead, sale = work.lead, work.holders.get("opportunity")
    if lead.amount is None:
        return
    if sale is not None and "amount" not in sale.given:
        sale.given |= {"amount": lead.amount, "currency": sale.given.get("currency") or lead.currency}
    same = sale is not None and sale.given["amount"] == lead.amount
    if not same or (sale is not None and sale.given.get("currency", "") != lead.currency):
        _keep(work, capital(type_of(Lead).fields["amount"].label), text, rules.KEEPERS)


def _hand_over_products(work: _Work) -> None:
    """Products of interest become lines of the opportunity when it is written; without one they are kept in words."""
    rows = LeadProduct.objects.filter(lead=work.lead).order_by("pk").values_list("product__name", "quantity")
    if "opportunity" not in work.holders and rows:
        formats = current_formats()
        text = "; ".join(f"{name} × {formats.decimal(quantity)}" for name, quantity in rows)
        _keep(work, capital(LeadProduct._meta.verbose_name_plural), text, ("company", "person"))


def _keep(work: _Work, label: str, text: str, keepers: tuple[str, ...]) -> None:
    """Keep a text as other data of the first record that may be written."""
    found = next((h for n in keepers if (h := work.holders.get(n)) is not None and h.open), None)
    if found is not None:
        found.other[free_label(label, found.other, text)] = text


# Records --------------------------------------------------------------------------------------------------------------


def _write(work: _Work, name: str) -> None:
    """Make or complete one of the records."""
    held, record = work.holders[name], work.found.get(name)
    values: dict[str, Any] = dict(held.given)
    kept = dict(getattr(record, "other_data", None) or {})
    for label, text in held.other.items():
        kept[free_label(label, kept, text)] = text
    if held.other:
        values["other_data"] = kept
    if values.get("industry") is not None:
        values["industry"] = work.lead.industry
    writer = type_of(MODELS[name]).writer
    if not held.new:
        if values:
            writer.edit([(record, values)], by=work.by, at=work.at)
        return
    values["owner"] = work.lead.owner or work.by
    if name != "company":
        values["company"] = work.found.get("company") or getattr(work.found.get("person"), "company", None)
    if name == "opportunity":
        values |= {"person": work.found.get("person"), "opened_on": today_of(work.by, work.at)}
        values["entered_on"] = values["opened_on"]
    raw = {n: values.pop(n) for n in ("other_data", "custom") if n in values}
    cleaned = writer.clean(values) | raw
    work.found[name] = writer.create([cleaned], by=work.by, at=work.at)[0]


def _tie(work: _Work) -> None:
    """Tie the records together, and bring over what hangs on the lead: products, tags, notes, files, interactions."""
    lead, found = work.lead, work.found
    company, person, sale = (found.get(n) for n in ("company", "person", "opportunity"))
    if company is not None and person is not None and not work.holders["person"].new:
        _employ(work, cast(Company, company), cast(Person, person))
    if sale is not None:
        lines = [
            {"opportunity": sale, "product": row.product, "quantity": row.quantity}
            for row in LeadProduct.objects.filter(lead=lead).order_by("pk").select_related("product")
        ]
        type_of(OpportunityLine).writer.create(lines, by=work.by, at=work.at) if lines else None
    words = words_of(lead)
    for name in ("company", "person"):
        if words and name in found and work.holders[name].open:
            both = clean_words({w.casefold(): w for w in [*words_of(found[name]), *words]}.values())[:MOST]
            set_words([(found[name], both)])
    for name in ("person", "company") if person is None else ("person",):
        if name in found and stricter(found[name], lead):
            found[name].save()
    if person is not None:
        copy_consents(lead, person, work.by)
    _move_hung(work)
    talks = list(Interaction.objects.filter(subject_type=lead._meta.label, subject_id=lead.pk).locked().order_by("pk"))
    for talk in talks:
        talk.company_id = talk.company_id or getattr(company, "pk", None)
        talk.person_id = talk.person_id or getattr(person, "pk", None)
    bulk_save(Interaction, talks, ["company", "person"])


def _employ(work: _Work, company: Company, person: Person) -> None:
    """Let an existing person work for the company: as the main one where there is none, else as a further one."""
    if person.company_id == company.pk or not work.holders["person"].open:
        return
    if person.company_id is None:
        type_of(Person).writer.edit([(person, {"company": company})], by=work.by, at=work.at)
    elif not Position.objects.filter(person=person, company=company).exists():
        Position(person=person, company=company, job_title=work.lead.job_title).save()


def _move_hung(work: _Work) -> None:
    """Notes and files go to the company, else to the person; the lead remembers which they were."""
    target = next((work.found[n] for n in ("company", "person") if n in work.holders and work.holders[n].open), None)
    if target is None:
        return
    for model in (Note, Attachment):
        hung = list(model.of(work.lead).locked().order_by("pk"))
        for each in hung:
            each.subject_type, each.subject_id = target._meta.label, target.pk
        bulk_save(model, hung, ["subject_type", "subject_id"])
        Handover.objects.bulk_create(
            [Handover(lead=work.lead, what=model._meta.label, object_id=each.pk) for each in hung]
        )
