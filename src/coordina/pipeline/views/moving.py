"""Moving a card for a page: a stale one still moves where nobody moved it meanwhile."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _

from coordina.core.actions import of
from coordina.core.parsing.ids import parse_id
from coordina.core.prepared import one
from coordina.core.refusals import Conflict, NotFound
from coordina.ledger.change_sets import just_written
from coordina.ledger.doors import submit
from coordina.ledger.history import Event, history_of, values_at
from coordina.pipeline.actions import move
from coordina.pipeline.models import Opportunity


@dataclass(frozen=True, slots=True)
class Moved:
    """What came of a move.

    Attributes:
        before: Id of the stage it was in.
        text: What the toast says.
        undo_url: Where it is undone; empty when nothing changed.
    """

    opportunity: Opportunity
    before: int
    text: str
    undo_url: str

    def tell(self, request: Any) -> None:
        """Leave the toast for the next page."""
        messages.success(request, self.text, extra_tags=f"undo:{self.undo_url}" if self.undo_url else "")


def move_card(request: Any, pk: int, at: datetime) -> Moved:
    """Move an opportunity into the stage that a form names, as of the version it names.

    Raises:
        Refusal: Whatever stands in the way; a conflict says who moved it where.
    """
    found = one(Opportunity, pk, request.user)
    if found is None:
        raise NotFound
    stage, version = request.POST.get("stage", ""), request.POST.get("version", "")
    seen = parse_id(version)
    if seen is not None and seen != found.version:
        _refuse_moved(found, seen)
        seen = found.version
    done = submit(of(move), {"stage": stage}, by=request.user, via="web", pk=pk, version=seen, at=at)
    wrote = just_written(request.user, at)
    text = _("%(title)s moved to %(stage)s.") % {"title": done.name, "stage": done.stage.name}
    return Moved(done, found.stage_id, text, reverse("web:undo", args=(wrote.pk,)) if wrote else "")


def _refuse_moved(found: Opportunity, seen: int) -> None:
    """Refuse where the stage is no longer what the person saw.

    Raises:
        Conflict: Saying who moved it where.
    """
    then = values_at(found, seen)
    if then.get("stage_id", found.stage_id) == found.stage_id:
        return
    event: Event | None = next((e for e in history_of(found, limit=50) if "stage_id" in e.delta), None)
    by = event.change_set.by if event is not None else None
    values = {"title": found.name, "stage": found.stage.name, "who": by.name if by is not None else ""}
    if by is None:
        raise Conflict(_("%(title)s is in %(stage)s by now.") % values)
    raise Conflict(_("%(who)s moved %(title)s to %(stage)s meanwhile.") % values)
