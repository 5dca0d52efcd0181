"""What the templates and the script of the board are given."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from coordina.core.addresses import address
from coordina.core.formats import Formats
from coordina.core.pieces import pieces
from coordina.core.types import type_of
from coordina.pipeline import rules
from coordina.pipeline.models import Opportunity
from coordina.pipeline.queries import Board, Column, sums_of
from coordina.pipeline.views.asked import Asked
from coordina.pipeline.views.cards import Cards
from coordina.pipeline.views.moving import Moved


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A column as the template writes it."""

    pk: int
    name: str
    place: int
    total: int
    count: str
    sum: str
    weighted: str
    note: str
    cards: SafeString
    more_url: str
    new_url: str


def column_view(column: Column, asked: Asked, cards: Cards, formats: Formats) -> ColumnView:
    """One column in the reader's words and numbers."""
    stage, sums = column.stage, column.sums
    new = address("web:new", "opportunities")
    note = formats.percent(stage.probability)
    if sums.mean_days is not None:
        values = {"percent": note, "days": formats.integer(sums.mean_days)}
        note = _("%(percent)s · %(days)s d on average") % values
    return ColumnView(
        stage.pk,
        stage.name,
        column.place,
        column.total,
        formats.integer(sums.count),
        formats.money(sums.value),
        formats.money(sums.weighted),
        note,
        cards.html(column.cards),
        asked.url(stage=stage.pk, after=column.more) if column.more else "",
        f"{new}?pipeline={stage.pipeline_id}&stage={stage.pk}",
    )


def money_bar(found: Board, formats: Formats) -> SafeString | str:
    """The open money by stage as one divided bar; nothing where there is none."""
    draw = pieces()
    if found.value is None:
        return ""
    parts = [
        (float(column.sums.value or 0), f"s{draw.stage_tone(column.place, column.total)}") for column in found.columns
    ]
    said = ", ".join(f"{c.stage.name} {formats.money(c.sums.value)}" for c in found.columns)
    bar: SafeString = draw.split_bar(parts, _("Open amount by stage: %(amounts)s") % {"amounts": said})
    return bar if found.value else ""


def context_of(request: Any, asked: Asked, found: Board) -> dict[str, Any]:
    """Everything the page shows."""
    formats, known = request.formats, type_of(Opportunity)
    open_stages = [column.stage for column in found.columns]
    cards = Cards(request, open_stages, asked.query(), asked.url())
    options = {"pipelines": asked.pipelines(), "people": asked.people(), "periods": asked.periods()}
    kinds = {stage.kind for stage in asked.stages.of(found.pipeline_id)}
    return {
        "asked": asked,
        "columns": [column_view(column, asked, cards, formats) for column in found.columns],
        "count": found.count,
        "value": formats.money(found.value),
        "weighted": formats.money(found.weighted),
        "bar": money_bar(found, formats),
        "said": {name: _current(choices) for name, choices in options.items()},
        "options": options,
        "may_create": request.user.may(Opportunity.permission("add")),
        "may_import": request.user.may("records.add_importrun"),
        "new_url": address("web:new", "opportunities"),
        "empty": known.empty,
        "win_url": _outcome("win", asked) if rules.WON in kinds else "",
        "lose_url": _outcome("lose", asked) if rules.LOST in kinds else "",
        "plain_url": asked.url(who="", when="", q=""),
        "users_url": address("web:lookup", "users"),
    }


def _current(options: Any) -> str:
    return next((option.label for option in options if option.current), "")


def _outcome(name: str, asked: Asked) -> str:
    """Where a card dropped on an end goes, and back to the board; the script puts its id in."""
    url = address("web:do", "opportunities", 0, name).replace("/0/", "/{id}/", 1)
    return f"{url}?{urlencode({'next': asked.url()})}"


def moved_answer(request: Any, asked: Asked, moved: Moved) -> dict[str, Any]:
    """What the script of the board needs after a move: the new version, the toast, and the sums that changed."""
    formats: Formats = request.formats
    touched = [asked.stages.by_id[pk] for pk in {moved.before, moved.record.stage_id}]
    sums = sums_of(touched, request.user, formats.today, condition=asked.condition)
    return {
        "version": moved.record.version,
        "toast": {"text": moved.text, "undo": moved.undo_url},
        "columns": {
            str(pk): {"count": formats.integer(s.count), "sum": formats.money(s.value)} for pk, s in sums.items()
        },
    }
