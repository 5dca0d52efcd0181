"""What leads keep of people: a lead is one; what a contact was before they became one is erased with them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from coordina.core.personal import KINDS, Fate, Keeping, Kind, Subjects, by_key, keeps, same_as
from coordina.customers.personal import merged_into
from coordina.leads.enums import OPEN
from coordina.leads.models import Handover, Lead, LeadEntry, LeadProduct

LABEL = Lead._meta.label
KEPT = frozenset(
    {
        *("id", "version", "created_at", "changed_at", "reference", "stage_id", "status", "entered_on", "closed_on"),
        *(
            "reason_id",
            "received_at",
            "first_touch_at",
            "touch_minutes",
            "source",
            "campaign",
            "industry_id",
            "country",
        ),
        *("amount", "currency", "owner_id", "team_id", "opportunity_id", "company_id", "no_contact"),
    }
)
"""What stays of a lead that was decided: what the funnel's figures are made of, and nothing of a person."""


@same_as(LABEL)
def merged_leads(ids: Sequence[int]) -> Mapping[str, Iterable[int]]:
    """Leads that were merged into some."""
    return {LABEL: merged_into(LABEL, ids)}


@same_as("customers.Person")
def leads_they_were(ids: Sequence[int]) -> Mapping[str, Iterable[int]]:
    """The leads that became some contacts."""
    return {LABEL: Lead._base_manager.filter(person__in=list(ids)).values_list("pk", flat=True)}


def _empties(lead: Lead) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for column in Lead._meta.concrete_fields:
        if column.attname in KEPT:
            continue
        found[column.attname] = None if column.null else column.get_default()
    return found | {"title": lead.reference, "no_contact": True}


KINDS.add(
    LABEL,
    Kind(
        model=Lead,
        naming=("name", "email", "phone", "mobile"),
        leaves=lambda lead: lead.status in OPEN,
        empties=_empties,
    ),
)


def _became(who: Subjects) -> QuerySet[Lead]:
    return Lead._base_manager.filter(Q(person__in=who.of("customers.Person")) | Q(pk__in=who.of(LABEL)))


keeps(Keeping(model=Lead, fate=Fate.FOLLOWS, rows=_became))
keeps(
    Keeping(
        model=LeadProduct,
        fate=Fate.STAYS,
        rows=by_key(LeadProduct, "lead", LABEL),
        tells=("product", "quantity"),
        why=_("Which products were asked for, without any personal data."),
    )
)
keeps(
    Keeping(
        model=LeadEntry,
        fate=Fate.STAYS,
        rows=by_key(LeadEntry, "lead", LABEL),
        tells=("stage", "entered_on", "left_on"),
        why=_("Its way through the funnel, without any personal data."),
    )
)
keeps(Keeping(model=Handover, fate=Fate.GONE, rows=by_key(Handover, "lead", LABEL), told=False, tool=True))
