"""By what leads are compared, and what a merge does with what belongs to them."""

from django.utils.translation import gettext as _

from coordina.core.records import Record
from coordina.core.refusals import Refusal
from coordina.customers.contacting import stricter
from coordina.leads import records as _declared_first
from coordina.leads.models import Lead, LeadEntry
from coordina.records.duplicates.deciding import compared
from coordina.records.duplicates.declared import Part
from coordina.records.duplicates.links import mover
from coordina.records.duplicates.scoring import Trait

LEADS = compared(
    Lead,
    Part(Trait.PERSON_NAME, "name"),
    Part(Trait.COMPANY_NAME, "company_name"),
    Part(Trait.TAX_ID, "tax_id"),
    Part(Trait.DOMAIN, "website"),
    Part(Trait.DOMAIN, "email"),
    Part(Trait.EMAIL, "email"),
    Part(Trait.PHONE, "phone"),
    Part(Trait.PHONE, "mobile"),
    Part(Trait.PLACE, "city"),
    Part(Trait.STREET, "street"),
    Part(Trait.POSTAL_CODE, "postal_code"),
)


@mover("leads.Lead")
def one_way_through_the_funnel(stays: Record, gone: Record) -> None:
    """The way of the lead that stays is the way; one that became a customer already is the one to keep.

    Raises:
        Refusal: When the lead that goes was converted.
    """
    if any(getattr(gone, f"{name}_id") is not None for name in ("company", "person", "opportunity")):
        raise Refusal("converted", _("“%(name)s” was converted already: let that one stay.") % {"name": str(gone)})
    for entry in LeadEntry.objects.filter(lead=gone.pk).order_by("pk"):
        entry.delete()


@mover("leads.Lead")
def leads_not_to_contact(stays: Record, gone: Record) -> None:
    """What was closed for either stays closed."""
    if stricter(stays, gone):
        stays.save()
