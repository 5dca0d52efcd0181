"""The funnel board: the page, more cards of a column, and moving a card."""

from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from coordina.core.formats import Formats
from coordina.core.parsing.ids import parse_id
from coordina.core.records import Record
from coordina.core.refusals import Forbidden, NotFound
from coordina.core.types import type_of
from coordina.leads.actions import move_lead
from coordina.leads.models import Lead
from coordina.leads.queries import MOST, Column, board, count_of, more_cards
from coordina.leads.stages import Stages
from coordina.leads.views.cards import Cards
from coordina.pipeline.views.asked import Narrowed, asked_who
from coordina.pipeline.views.moving import Moved, answer_move, move_card


class Asked(Narrowed):
    """The board of leads that one asks for."""

    model: ClassVar[type[Record]] = Lead

    @classmethod
    def of(cls, request: Any) -> "Asked":
        """Read the address; what makes no sense is left out."""
        return cls(request, asked_who(request), request.GET.get("q", "")[:2000])

    @cached_property
    def home(self) -> str:
        """The address of the plain board."""
        return reverse("leads:board")

    @property
    def list_url(self) -> str:
        """The same leads as a list."""
        parts = ["status in (new, contacted, qualified)", *([self.text] if self.filtered else [])]
        return reverse("web:list", args=("leads",)) + "?" + urlencode({"q": " and ".join(parts)})


@require_safe
def board_page(request: Any) -> HttpResponse:
    """The open stages of the funnel with their cards; `stage` and `after` ask for further cards of one column."""
    if not request.user.may(Lead.view_permission()):
        raise Forbidden
    asked, stages = Asked.of(request), Stages()
    if request.GET.get("after"):
        return column_more(request, asked, stages)
    found = board(request.user, condition=asked.condition, stages=stages)
    return render(request, "leads/board.html", context_of(request, asked, stages, found))


def column_more(request: Any, asked: Asked, stages: Stages) -> HttpResponse:
    """Further cards of a column: list items for scripts, a page of their own without."""
    stage = stages.by_id.get(parse_id(request.GET.get("stage", "")) or 0)
    if stage is None or stage not in stages.open:
        raise NotFound
    cards, mark = more_cards(stage.pk, request.user, request.GET["after"], condition=asked.condition)
    values = {
        "stage": stage,
        "cards": Cards(request, stages.open, asked.query(), asked.url()).html(cards),
        "more_url": asked.url(stage=stage.pk, after=mark) if mark else "",
        "back_url": asked.url(),
    }
    return render(request, "pipeline/cards.html" if request.htmx else "pipeline/column.html", values)


def context_of(request: Any, asked: Asked, stages: Stages, found: list[Column]) -> dict[str, Any]:
    """Everything the page shows."""
    formats: Formats = request.formats
    cards = Cards(request, stages.open, asked.query(), asked.url())
    people = asked.people()
    new = reverse("web:new", args=("leads",))
    disqualify = reverse("web:do", args=("leads", 0, "disqualify")).replace("/0/", "/{id}/", 1)
    may = request.user.may(Lead.permission("change"))
    return {
        "asked": asked,
        "columns": [
            {
                "pk": c.stage.pk,
                "name": c.stage.name,
                "place": c.place,
                "total": c.total,
                "count": counted(c.count, formats),
                "cards": cards.html(c.cards),
                "more_url": asked.url(stage=c.stage.pk, after=c.more) if c.more else "",
                "new_url": f"{new}?stage={c.stage.pk}",
            }
            for c in found
        ],
        "count": sum(c.count for c in found),
        "people": people,
        "person": next((option.label for option in people if option.current), ""),
        "may_create": request.user.may(Lead.permission("add")),
        "may_import": request.user.may("records.add_importrun"),
        "new_url": new,
        "empty": type_of(Lead).empty,
        "convert_url": reverse("leads:convert", args=(0,)).replace("/0/", "/{id}/", 1) if may else "",
        "disqualify_url": f"{disqualify}?{urlencode({'next': asked.url()})}" if may else "",
        "plain_url": asked.url(who="", q=""),
        "users_url": reverse("web:lookup", args=("users",)),
    }


def counted(count: int, formats: Formats) -> str:
    """A count as it is said: exact up to a thousand, then «more than»."""
    return f"{formats.integer(MOST)}+" if count > MOST else formats.integer(count)


@require_POST
def move_page(request: Any, pk: int) -> Any:
    """Move a card."""
    return answer_move(
        request,
        lambda: move_card(request, pk, timezone.now(), fn=move_lead),
        lambda moved: moved_answer(request, moved),
        reverse("leads:board"),
    )


def moved_answer(request: Any, moved: Moved) -> dict[str, Any]:
    """What the script of the board needs after a move: the new version, the toast, and the counts that changed."""
    asked, formats = Asked.of(request), request.formats
    touched = {moved.before, moved.record.stage_id}
    counts = {pk: count_of(pk, request.user, condition=asked.condition) for pk in touched}
    return {
        "version": moved.record.version,
        "toast": {"text": moved.text, "undo": moved.undo_url},
        "columns": {str(pk): {"count": counted(count, formats)} for pk, count in counts.items()},
    }
