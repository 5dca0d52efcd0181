"""«Prepare shipments»: what can leave today, the oldest promise first; prepared and shipped many at once."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from coordina.core.actions import of
from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import Forbidden, Refusal
from coordina.ledger.doors import submit
from coordina.shipping.actions import SHIP, prepare_shipment, ship
from coordina.shipping.models import Carrier
from coordina.shipping.queries import packed_rows, ready_rows

DOES: dict[str, Callable[..., Any]] = {"prepare": prepare_shipment, "ship": ship}
MOST = 200
"""Records that one click takes on."""


@require_http_methods(["GET", "HEAD", "POST"])
def desk_page(request: Any) -> HttpResponse:
    """What can be packed, and what is packed."""
    if not request.user.may(SHIP):
        raise Forbidden
    if request.method == "POST":
        trouble = carried_out(request)
        if not trouble:
            return HttpResponseRedirect(reverse("shipping:desk"))
    else:
        trouble = []
    values = {
        "ready": ready_rows(request.user, request.formats),
        "packed": packed_rows(request.user, request.formats),
        "carriers": Carrier.objects.visible_to(request.user).filter(active=True).order_by("name", "pk"),
        "carrier": parse_id(request.POST.get("carrier", "")),
        "trouble": trouble,
    }
    return render(request, "shipping/desk.html", values, status=422 if trouble else 200)


def carried_out(request: Any) -> list[str]:
    """Do what was asked with each of the ticked ones, each by itself; gives what could not be done, in words."""
    what = "ship" if "ship" in request.POST else "prepare"
    picked = [pk for text in request.POST.getlist(what + "-pick")[:MOST] if (pk := parse_id(text)) is not None]
    if not picked:
        return [_("Tick what you mean first.")]
    done, trouble = 0, []
    for pk in picked:
        try:
            submit(of(DOES[what]), given(request, what, pk), by=request.user, via="web", pk=pk, at=timezone.now())
        except Refusal as wrong:
            trouble.append(f"{request.POST.get(f'name-{pk}-{what}', pk)}: {words(wrong)}")
        else:
            done += 1
    if done:
        messages.success(request, told(what, done))
    return trouble


def given(request: Any, what: str, pk: int) -> dict[str, Any]:
    """What goes along for one of them."""
    values: dict[str, Any] = {"carrier": parse_id(request.POST.get("carrier", "")) or None}
    if what == "ship":
        values["tracking_number"] = request.POST.get(f"number-{pk}", "").strip()
    return {name: value for name, value in values.items() if value}


def words(wrong: Refusal) -> str:
    """All that a refusal says."""
    return " ".join(str(text) for texts in wrong.errors.values() for text in texts) or str(wrong)


def told(what: str, done: int) -> str:
    """What was done."""
    if what == "ship":
        return ngettext("%(count)d shipment left.", "%(count)d shipments left.", done) % {"count": done}
    return ngettext("%(count)d order is packed.", "%(count)d orders are packed.", done) % {"count": done}
