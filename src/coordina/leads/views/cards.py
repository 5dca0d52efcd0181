"""Cards of the funnel board, each built as one escaped string."""

import datetime as dt
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any
from urllib.parse import urlencode

from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from coordina.core.formats import Formats
from coordina.core.pieces import pieces
from coordina.core.types import type_of
from coordina.leads.actions import CHANGE
from coordina.leads.models import Lead, LeadStage
from coordina.leads.queries import Card
from coordina.pipeline.rules import stalled
from coordina.pipeline.views.cards import covers


def order_of(card: Card) -> str:
    """Where a card stands in its column, as numbers: who came last first, then by id."""
    return f"{-int(card.received_at.timestamp() * 1000)}:{-card.pk}"


class Cards:
    """Draws the cards of one request.

    Args:
        request: Who looks, how they write numbers, and the token of its forms.
        stages: The open stages, in order.
        query: Query string of the board, so that a move answers with its counts.
        back: Address of the board, where a move without scripts returns to.
    """

    def __init__(self, request: Any, stages: Sequence[LeadStage], query: str, back: str) -> None:
        self.formats: Formats = request.formats
        self.today: dt.date = request.formats.today
        self.now = timezone.now()
        self.stages = stages
        self.ageing = {stage.pk: stage.ageing_days for stage in stages}
        self.stepless = "next_step" in type_of(Lead).sight(request.user).hidden
        self.change = request.user.scope(CHANGE)
        self.query = escape(f"?{query}" if query else "")
        self.csrf = get_token(request)
        self.back = escape(back)
        self.next = escape(urlencode({"next": back}))
        self.home = reverse("web:list", args=("leads",))
        self.draw = pieces()
        texts = {"move": _("Move to…"), "convert": _("Convert"), "disqualify": _("Disqualify"), "free": _("Nobody yet")}
        self.words = {name: escape(text) for name, text in texts.items()}

    def html(self, cards: Iterable[Card]) -> SafeString:
        """All of them, one list item each."""
        return SafeString("".join(self.one(card) for card in cards))

    def one(self, card: Card) -> str:
        """One card."""
        edge, tone, text = self._warned(card)
        title, url = escape(card.title), f"{self.home}{card.pk}/"
        movable = covers(self.change, card.owner_id, card.team_id)
        move = f' data-move-url="{url}move/{self.query}"' if movable else ""
        amount = "" if card.amount is None else escape(self.formats.money(card.amount, card.currency))
        worth = f'<span class="num strong">{amount}</span>' if amount else ""
        about = escape(" · ".join(t for t in (card.company if card.company != card.title else "", card.source) if t))
        icon = self.draw.icon("alert-triangle" if tone else "calendar") if text else ""
        came = escape(self.formats.relative(card.received_at, self.now))
        return (
            f'<li class="card {edge}" id="card-{card.pk}" tabindex="0" data-card="{card.pk}"'
            f' data-version="{card.version}" data-title="{title}" data-order="{order_of(card)}"{move}>'
            f'<div class="row close"><a class="card-title" href="{url}" title="{title}">{title}</a>'
            f"{self._owner(card)}</div>"
            f'<div class="tiny quiet cut" title="{about}">{about}</div>'
            f'<div class="row">{worth}<span class="tiny quiet">{came}</span>'
            f"{self._menu(card, url) if movable else ''}</div>"
            f'<div class="card-next {tone}">{icon}<span class="cut" title="{text}">{text}</span></div></li>'
        )

    def _warned(self, card: Card) -> tuple[str, str, str]:
        """Class of the edge, tone and text of the last line: what is late, missing or next."""
        late = stalled(card.entered_on, self.ageing.get(card.stage_id), self.today)
        behind = card.next_step_on is not None and card.next_step_on < self.today
        edge = "late" if late or behind else "soon" if not card.next_step or card.owner_id is None else ""
        if self.stepless:
            return "late" if late else "soon" if card.owner_id is None else "", "", ""
        if not card.next_step:
            return edge, "bad" if late else "warn", escape(_("No next step"))
        on = self.formats.day(card.next_step_on)
        text = _("%(day)s · %(step)s") % {"step": card.next_step, "day": on} if on else card.next_step
        return edge, "bad" if behind else "", escape(text)

    def _owner(self, card: Card) -> str:
        if card.owner_id is None or card.owner is None:
            return f'<span class="badge warn nowrap">{self.words["free"]}</span>'
        return str(self.draw.avatar(card.owner, card.owner_id, "s", solo=True))

    def _menu(self, card: Card, url: str) -> str:
        buttons = "".join(
            f'<button class="option" name="stage" value="{s.pk}">{escape(s.name)}</button>'
            for s in self.stages
            if s.pk != card.stage_id
        )
        label = f"{self.words['move']} {escape(card.title)}"
        icon = self.draw.icon
        return (
            f'<span class="push"><details class="menu card-menu" data-menu><summary class="icon-btn small"'
            f' aria-label="{label}" title="{self.words["move"]}">{icon("dots")}</summary><div class="pop pop-end">'
            f'<form method="post" action="{url}move/{self.query}">'
            f'<input type="hidden" name="csrfmiddlewaretoken" value="{self.csrf}">'
            f'<input type="hidden" name="version" value="{card.version}">'
            f'<input type="hidden" name="next" value="{self.back}">{buttons}</form>'
            f'<a class="option" href="{url}convert/">{icon("user-check", "s")}{self.words["convert"]}</a>'
            f'<a class="option" href="{url}do/disqualify/?{self.next}">{icon("circle-x", "s")}'
            f"{self.words['disqualify']}</a></div></details></span>"
        )
