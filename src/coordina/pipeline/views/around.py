"""What a company's and a person's page say of sales: the opportunities under way, what was won, and a new one."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, Sum
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from coordina.accounts.company import the_company
from coordina.core.actions import standard
from coordina.core.addresses import address
from coordina.core.formats import Formats
from coordina.core.pieces import pieces
from coordina.core.records import Record
from coordina.core.sight import blanked
from coordina.core.types import type_of
from coordina.customers.models import Company, Person
from coordina.pipeline import rules
from coordina.pipeline.calendar import formats_here
from coordina.pipeline.models import Opportunity
from coordina.pipeline.stages import place_of

SHOWN = 5
"""Open opportunities that the panel names; the list has the others."""
_COLUMNS = (
    *("pk", "name", "amount", "currency", "stage_id", "stage__name", "closes_on"),
    *("next_step", "next_step_on"),
)


def opportunities(record: Record, user: Any) -> dict[str, Any]:
    """Open opportunities, the nearest close first, and what was won in the last year."""
    organization = the_company()
    formats = formats_here(organization.currency if organization else "EUR")
    about = "company" if isinstance(record, Company) else "person"
    rows = Opportunity.objects.visible_to(user).filter(**{about: record.pk})
    won = Q(status=rules.WON, closed_on__gte=formats.today - timedelta(days=365))
    sums = rows.aggregate(all=Count("pk"), open=Count("pk", filter=Q(status=rules.OPEN)), won=Sum("value", filter=won))
    known = type_of(Opportunity)
    first = rows.filter(status=rules.OPEN).order_by("closes_on", "pk").values(*_COLUMNS)[:SHOWN]
    found = [dict(blanked(row, known, user)) for row in first]
    told = not {"value", "closed_on"} & known.sight(user).hidden
    listed = address("web:list", "opportunities")
    return {
        "rows": [_row(row, formats) for row in found],
        "count": formats.integer(sums["open"]) if sums["open"] else "",
        "won": formats.money(sums["won"]) if sums["won"] and told else "",
        "list_url": f"{listed}?{urlencode({'q': f'{about} = {record.pk}'})}" if sums["all"] > len(found) else "",
        "number": sums["all"],
    }


def _row(row: dict[str, Any], formats: Formats) -> dict[str, Any]:
    """One opportunity: its stage as a thread, and what is next, or that nothing is."""
    step, on = row["next_step"], row["next_step_on"]
    text = _("%(day)s · %(step)s") % {"step": step, "day": formats.day(on)} if step and on else step
    return {
        "url": address("web:detail", "opportunities", row["pk"]),
        "name": row["name"],
        "amount": formats.money(row["amount"], row["currency"]),
        "stage": SafeString(pieces().stage(*place_of(row["stage_id"]), row["stage__name"])),
        "next": text,
        "late": on is not None and on < formats.today,
    }


def new_opportunity(record: Record, user: Any) -> dict[str, Any]:
    """Where an opportunity of this company, or with this person, is made; nothing for who may not."""
    made = standard(Opportunity, "create")
    if made is None or not made.open_to(user):
        return {"url": ""}
    given: dict[str, Any] = {"company": record.pk}
    if isinstance(record, Person):
        given = {"person": record.pk} | ({"company": record.company_id} if record.company_id else {})
    return {"url": f"{address('web:new', 'opportunities')}?{urlencode(given)}"}
