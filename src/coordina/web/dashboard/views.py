"""The dashboard, for those who see opportunities."""

from functools import partial
from typing import Any

from django.db.models import Min
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from coordina.core.filters import BadFilter, compile_filter, parse
from coordina.core.refusals import Refusal
from coordina.core.types import TYPES
from coordina.insights.periods import Period, chosen, periods
from coordina.records.vocabularies import vocabulary_of
from coordina.web.access import need_list
from coordina.web.dashboard import board, leads


@require_safe
def dashboard(request: Any) -> HttpResponse:
    """Figures of the pipeline, each opening the records behind it."""
    need_list(request.user, TYPES["opportunity"])
    choices = periods(request.asker.today, _first_year(request.user))
    period = chosen(request.GET.get("period", ""), choices)
    narrowed, refused = _narrowed(request)
    context = {"periods": choices, "period": period, "narrowed": narrowed, "refused": refused}
    context |= _contents(request, period, narrowed)
    return render(request, "web/dashboard/page.html", context)


def _contents(request: Any, period: Period, narrowed: str) -> dict[str, Any]:
    asker, formats = request.asker, request.formats
    won = board.months(asker, narrowed, period)
    read = partial(board.bars, asker=asker, formats=formats, narrowed=narrowed, period=period)
    by_person, rate_by_person = read(["pipeline.won_value", "pipeline.win_rate"], "pipeline.owner")
    (by_team,), (by_region,) = (read(["pipeline.won_value"], d) for d in ("pipeline.team", "pipeline.region"))
    (lost_by_reason,) = read(["pipeline.lost_count"], "pipeline.reason")
    return {
        "tiles": board.tiles(asker, formats, period, narrowed),
        "months": [(s, formats.month(s.key), formats.money(s.value or 0)) for s in won],
        "chart": board.chart(won, formats) if won else None,
        "by_stage": board.by_pipeline(asker, formats, narrowed),
        "by_person": by_person,
        "rate_by_person": rate_by_person,
        "by_team": by_team,
        "by_region": by_region,
        "lost_by_reason": lost_by_reason,
        "leads": {} if narrowed else leads.contents(request.user, asker, formats, period),
        "empty": not TYPES["opportunity"].model.objects.visible_to(request.user).exists(),
    }


def _first_year(user: Any) -> int | None:
    if "closed_on" in TYPES["opportunity"].sight(user).hidden:
        return None
    first = TYPES["opportunity"].model.objects.visible_to(user).aggregate(first=Min("closed_on"))["first"]
    return first.year if first else None


def _narrowed(request: Any) -> tuple[str, str]:
    """The further condition of the address, checked; what cannot be read is said and left out."""
    text = request.GET.get("q", "").strip()
    try:
        compile_filter(parse(text), vocabulary_of(TYPES["opportunity"]), request.asker)
    except (BadFilter, Refusal) as refusal:
        return "", str(refusal)
    return text, ""
