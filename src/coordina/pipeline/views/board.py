"""The board: the page, more cards of a column, and moving a card."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from coordina.core.addresses import address
from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import Forbidden, NotFound
from coordina.pipeline import rules
from coordina.pipeline.models import Opportunity
from coordina.pipeline.queries import board, more_cards
from coordina.pipeline.views.asked import LAST_USED, Asked
from coordina.pipeline.views.boardpage import context_of, moved_answer
from coordina.pipeline.views.cards import Cards
from coordina.pipeline.views.moving import answer_move, move_card

REMEMBERED = 365 * 24 * 3600
"""Seconds for which the pipeline that was chosen last is remembered."""


@require_safe
def board_page(request: Any) -> HttpResponse:
    """The open stages of a pipeline with their cards; `stage` and `after` ask for further cards of one column."""
    if not request.user.may(Opportunity.view_permission()):
        raise Forbidden
    asked = Asked.of(request)
    if request.GET.get("after"):
        return column_more(request, asked)
    if asked.pipeline is None:
        return render(request, "pipeline/board_none.html", {"new_url": address("web:list", "pipelines")})
    found = board(asked.pipeline, request.user, request.formats.today, condition=asked.condition, stages=asked.stages)
    response = render(request, "pipeline/board.html", context_of(request, asked, found))
    if request.GET.get("pipeline"):
        response.set_cookie(
            LAST_USED,
            str(asked.pipeline),
            max_age=REMEMBERED,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
    return response


def column_more(request: Any, asked: Asked) -> HttpResponse:
    """Further cards of a column: list items for scripts, a page of their own without."""
    stage = asked.stages.by_id.get(parse_id(request.GET.get("stage", "")) or 0)
    if stage is None or stage.kind != rules.OPEN:
        raise NotFound
    cards, mark = more_cards(stage.pk, request.user, request.GET["after"], condition=asked.condition)
    drawn = Cards(request, asked.stages.of(stage.pipeline_id, rules.OPEN), asked.query(), asked.url()).html(cards)
    more_url = asked.url(stage=stage.pk, after=mark) if mark else ""
    values = {"stage": stage, "cards": drawn, "more_url": more_url, "back_url": asked.url()}
    return render(request, "pipeline/cards.html" if request.htmx else "pipeline/column.html", values)


@require_POST
def move_page(request: Any, pk: int) -> Any:
    """Move a card: JSON for the board's script, back to the board for a plain form."""
    return answer_move(
        request,
        lambda: move_card(request, pk, timezone.now()),
        lambda moved: moved_answer(request, Asked.of(request), moved),
        address("pipeline:board"),
    )
