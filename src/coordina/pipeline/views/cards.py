"""Cards of the board, each built as one escaped string: a hundred of them cost a few milliseconds."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any
from urllib.parse import urlencode

from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from coordina.core.actors import Reach, Scope
from coordina.core.formats import Formats
from coordina.core.pieces import pieces
from coordina.core.types import type_of
from coordina.pipeline import rules
from coordina.pipeline.actions import CHANGE, CLOSE
from coordina.pipeline.models import Opportunity, Stage
from coordina.pipeline.queries import Card

SOON_DAYS = 2
"""A close this near is drawn as near."""


def covers(scope: Scope | None, owner: int | None, team: int | None) -> bool:
    """Whether a scope holds a row with this owner and team."""
    if scope is None:
        return False
    if scope.reach is Reach.ALL:
        return True
    return team in scope.team_ids if scope.reach is Reach.TEAM else owner == scope.user_id


@dataclass(frozen=True, slots=True)
class Warned:
    """What a card warns of.

    Attributes:
        edge: `late` for a broken promise, `soon` for what needs a hand, or empty.
        tone: Of the last line: `bad`, `warn` or empty.
        text: The last line.
        closing: Class of the day of the close.
    """

    edge: str
    tone: str
    text: str
    closing: str


def warned(card: Card, ageing: int | None, today: dt.date, formats: Formats, hidden: Collection[str] = ()) -> Warned:
    """Judge a card: late next step, passed close or stalled is a broken promise; no or a near step needs a hand.

    Args:
        card: The card.
        ageing: Days after which it is stalled in its stage.
        today: The reader's day.
        formats: Of the reader.
        hidden: Names of fields that the reader may not see; the card has nothing of them.
    """
    days = rules.stage_days(card.entered_on, None, today)
    stalled = rules.stalled(card.entered_on, ageing, today)
    passed = card.closes_on is not None and card.closes_on < today
    behind = card.next_step_on is not None and card.next_step_on < today
    near = card.closes_on is not None and 0 <= (card.closes_on - today).days <= SOON_DAYS
    edge = "late" if stalled or passed or behind else "soon" if near or not card.next_step else ""
    if "next_step" in hidden:
        return Warned("late" if stalled or passed else "soon" if near else "", "", "", "bad" if passed else "quiet")
    if not card.next_step:
        idle = _("No step, idle for %(days)s") % {"days": formats.days(days or 0)}
        text = idle if stalled else _("No next step")
        return Warned(edge, "bad" if stalled else "warn", text, "bad" if passed else "quiet")
    on = formats.day(card.next_step_on)
    text = _("%(day)s · %(step)s") % {"step": card.next_step, "day": on} if on else card.next_step
    return Warned(edge, "bad" if behind else "", text, "bad" if passed else "quiet")


LAST = dt.date.max.toordinal()


def order_of(card: Card) -> str:
    """Where a card stands in its column, as numbers: by the expected close, without one last, then by id."""
    return f"{card.closes_on.toordinal() if card.closes_on else LAST}:{card.pk}"


class Cards:
    """Draws the cards of one request.

    Args:
        request: Who looks, how they write numbers, and the token of its forms.
        stages: The open stages of the pipeline, in order.
        query: Query string of the board, so that a move answers with its sums.
        back: Address of the board, where a move without scripts returns to.
    """

    def __init__(self, request: Any, stages: Sequence[Stage], query: str, back: str) -> None:
        self.formats: Formats = request.formats
        self.today: dt.date = request.formats.today
        self.stages = stages
        self.ageing = {stage.pk: stage.ageing_days for stage in stages}
        self.hidden = type_of(Opportunity).sight(request.user).hidden
        self.change = request.user.scope(CHANGE)
        self.close = request.user.scope(CLOSE)
        self.query = escape(f"?{query}" if query else "")
        self.csrf = get_token(request)
        self.back = escape(back)
        self.next = escape(urlencode({"next": back}))
        self.home = reverse("web:list", args=("opportunities",))
        self.draw = pieces()
        self.avatars: dict[int, str] = {}

    @cached_property
    def _words(self) -> dict[str, str]:
        texts = {"move": _("Move to…"), "win": _("Mark as won"), "lose": _("Mark as lost"), "none": _("No company")}
        return {name: escape(text) for name, text in texts.items()}

    @cached_property
    def _icons(self) -> dict[str, str]:
        draw = self.draw.icon
        return {
            "dots": draw("dots"),
            "step": draw("calendar"),
            "alert": draw("alert-triangle"),
            "win": draw("trophy", "s"),
            "lose": draw("circle-x", "s"),
        }

    @cached_property
    def _buttons(self) -> dict[int, str]:
        """The stages a card can go to, by the stage it is in."""
        drawn = [(s.pk, f'<button class="option" name="stage" value="{s.pk}">{escape(s.name)}</button>')
                 for s in self.stages]  # fmt: skip
        return {stage.pk: "".join(b for pk, b in drawn if pk != stage.pk) for stage in self.stages}

    def html(self, cards: Iterable[Card]) -> SafeString:
        """All of them, one list item each."""
        return SafeString("".join(self.one(card) for card in cards))

    def one(self, card: Card) -> str:
        """One card."""
        said = warned(card, self.ageing.get(card.stage_id), self.today, self.formats, self.hidden)
        title, url = escape(card.name), f"{self.home}{card.pk}/"
        movable = covers(self.change, card.owner_id, card.team_id)
        move = f' data-move-url="{url}move/{self.query}"' if movable else ""
        icon = self._icons["alert" if said.tone else "step"] if said.text else ""
        amount = self.formats.money(card.amount, card.currency)
        company = escape(card.company) if card.company else "" if "company" in self.hidden else self._words["none"]
        return (
            f'<li class="card {said.edge}" id="card-{card.pk}" tabindex="0" data-card="{card.pk}"'
            f' data-version="{card.version}" data-title="{title}" data-order="{order_of(card)}"{move}>'
            f'<div class="row close"><a class="card-title" href="{url}" title="{title}">{title}</a>'
            f"{self._avatar(card)}</div>"
            f'<div class="tiny quiet cut" title="{company}">{company}</div>'
            f'<div class="row"><span class="num strong">{escape(amount)}</span>'
            f'<span class="tiny {said.closing}">{escape(self.formats.date_short(card.closes_on))}</span>'
            f"{self._menu(card, url, movable)}</div>"
            f'<div class="card-next {said.tone}">{icon}<span class="cut" title="{escape(said.text)}">'
            f"{escape(said.text)}</span></div></li>"
        )

    def _avatar(self, card: Card) -> str:
        drawn = self.avatars.get(card.owner_id)
        if drawn is None:
            drawn = self.avatars[card.owner_id] = self.draw.avatar(card.owner, card.owner_id, "s", solo=True)
        return drawn

    def _menu(self, card: Card, url: str, movable: bool) -> str:
        closable = covers(self.close, card.owner_id, card.team_id)
        if not (movable or closable):
            return ""
        form = (
            f'<form method="post" action="{url}move/{self.query}">'
            f'<input type="hidden" name="csrfmiddlewaretoken" value="{self.csrf}">'
            f'<input type="hidden" name="version" value="{card.version}">'
            f'<input type="hidden" name="next" value="{self.back}">{self._buttons.get(card.stage_id, "")}</form>'
        )
        ends = "".join(
            f'<a class="option" href="{url}do/{name}/?{self.next}">{self._icons[name]}{self._words[name]}</a>'
            for name in ("win", "lose")
        )
        label = f"{self._words['move']} {escape(card.name)}"
        return (
            f'<span class="push"><details class="menu card-menu" data-menu><summary class="icon-btn small"'
            f' aria-label="{label}" title="{self._words["move"]}">{self._icons["dots"]}</summary>'
            f'<div class="pop pop-end">{form if movable else ""}{ends if closable else ""}</div></details></span>'
        )
