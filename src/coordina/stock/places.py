"""Where stock comes from and goes to: the places outside, and the usual location of a warehouse."""

from django.utils.translation import gettext as _

from coordina.core.refusals import Refusal
from coordina.stock.enums import Place
from coordina.stock.models import Location, Warehouse


def make_outside() -> None:
    """Make the places outside that there are not yet; inside an open change set."""
    known = set(Location.objects.filter(warehouse=None).values_list("kind", flat=True))
    missing = [kind for kind in Place if kind is not Place.INSIDE and kind not in known]
    if missing:
        Location.objects.bulk_create(Location(name=str(kind.label), kind=kind) for kind in missing)


def outside(kind: Place) -> Location:
    """A place outside: suppliers, customers or losses."""
    found: Location | None = Location.objects.filter(warehouse=None, kind=kind).first()
    if found is None:
        make_outside()
        found = Location.objects.get(warehouse=None, kind=kind)
    return found


def location_in(warehouse: Warehouse, given: Location | None = None, field: str = "location") -> Location:
    """A location of a warehouse: the given one, else its first.

    Raises:
        Refusal: At `field`, where the given one is elsewhere.
    """
    if given is not None:
        if given.warehouse_id != warehouse.pk:
            raise Refusal("elsewhere", _("This location is not in that warehouse."), field=field)
        return given
    first: Location | None = Location.objects.filter(warehouse=warehouse).order_by("pk").first()
    if first is None:
        raise Refusal("nowhere", _("This warehouse has no location yet."), field=field)
    return first
