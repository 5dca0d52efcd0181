"""Moving a card for a page: a stale one still moves where nobody moved it meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponseRedirect, JsonResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from coordina.core.actions import of
from coordina.core.addresses import address
from coordina.core.growing import PREFIX
from coordina.core.parsing.ids import parse_id
from coordina.core.prepared import one
from coordina.core.refusals import Conflict, NotFound, Refusal
from coordina.ledger.change_sets import just_written
from coordina.ledger.doors import submit
from coordina.ledger.history import Event, history_of, values_at
from coordina.pipeline.actions import move


@dataclass(frozen=True, slots=True)
class Moved:
    """What came of a move.

    Attributes:
        record: What was moved.
        before: Id of the stage it was in.
        text: What the toast says.
        undo_url: Where it is undone; empty when nothing changed.
    """

    record: Any
    before: int
    text: str
    undo_url: str

    def tell(self, request: Any) -> None:
        """Leave the toast for the next page."""
        messages.success(request, self.text, extra_tags=f"undo:{self.undo_url}" if self.undo_url else "")


def move_card(request: Any, pk: int, at: datetime, *, fn: Callable[..., Any] = move) -> Moved:
    """Move a record into the stage that a form names, as of the version it names.

    Args:
        request: The form: `stage` and `version`.
        pk: Of the record.
        at: When.
        fn: The action that moves records of its model.

    Raises:
        Refusal: Whatever stands in the way; a conflict says who moved it where.
    """
    declared = of(fn)
    found: Any = one(declared.model, pk, request.user)
    if found is None:
        raise NotFound
    stage, version = request.POST.get("stage", ""), request.POST.get("version", "")
    seen = parse_id(version)
    if seen is not None and seen != found.version:
        _refuse_moved(found, seen)
        seen = found.version
    done = submit(declared, {"stage": stage}, by=request.user, via="web", pk=pk, version=seen, at=at)
    wrote = just_written(request.user, at)
    text = _("%(title)s moved to %(stage)s.") % {"title": str(done), "stage": done.stage.name}
    return Moved(done, found.stage_id, text, address("web:undo", wrote.pk) if wrote else "")


def _refuse_moved(found: Any, seen: int) -> None:
    """Refuse where the stage is no longer what the person saw.

    Raises:
        Conflict: Saying who moved it where.
    """
    then = values_at(found, seen)
    if then.get("stage_id", found.stage_id) == found.stage_id:
        return
    event: Event | None = next((e for e in history_of(found, limit=50) if "stage_id" in e.delta), None)
    by = event.change_set.by if event is not None else None
    values = {"title": str(found), "stage": found.stage.name, "who": by.name if by is not None else ""}
    if by is None:
        raise Conflict(_("%(title)s is in %(stage)s by now.") % values)
    raise Conflict(_("%(who)s moved %(title)s to %(stage)s meanwhile.") % values)


def asking_url(request: Any, refusal: Refusal) -> str:
    """The form of the move with the fields that the new stage requires; empty where nothing else is asked for."""
    names = [name for name in refusal.errors if name.startswith(PREFIX)]
    match = request.resolver_match
    if not names or "pk" not in match.kwargs or match.namespace != "pipeline":
        return ""
    back = request.POST.get("next", "") or address("pipeline:board")
    asked = {"stage": request.POST.get("stage", ""), **dict.fromkeys(names, ""), "next": back}
    return address("web:do", "opportunities", match.kwargs["pk"], "move") + "?" + urlencode(asked)


def answer_move(request: Any, do: Callable[[], Moved], answer: Callable[[Moved], dict[str, Any]], home: str) -> Any:
    """Do a move and answer it: JSON for the board's script, back to the page for a plain form.

    Args:
        request: Of the form.
        do: Moves.
        answer: What the script is told.
        home: Where a plain form goes back to, where it names nothing.

    Raises:
        Refusal: To a plain form.
    """
    scripted = request.headers.get("X-Requested-With") == "fetch"
    try:
        moved = do()
    except Refusal as refusal:
        if scripted:
            message = " ".join(text for texts in refusal.errors.values() for text in texts)
            asked = {"form_url": url} if (url := asking_url(request, refusal)) else {}
            return JsonResponse({"message": message} | asked, status=refusal.status)
        if url := asking_url(request, refusal):
            return HttpResponseRedirect(url)
        raise
    if scripted:
        return JsonResponse(answer(moved))
    moved.tell(request)
    back = request.POST.get("next", "")
    safe = back and url_has_allowed_host_and_scheme(back, {request.get_host()})
    return HttpResponseRedirect(back if safe else home)
