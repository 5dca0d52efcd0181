"""Rows of the cockpit as escaped strings: what, who, since when, why it is here, and what can be done about it."""

from datetime import date, timedelta
from functools import cached_property
from html import escape
from typing import Any
from urllib.parse import quote, urlencode

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordina.activity.alerts.actions import HANDLE
from coordina.activity.alerts.queries import Matter
from coordina.core.actions import ACTIONS
from coordina.core.actors import Actor
from coordina.core.addresses import address
from coordina.core.sight import hidden_columns
from coordina.core.types import type_of
from coordina.core.watchers import IMPORTANT, Act, Quadrant, Row, Tuning, wait_of
from coordina.web import html
from coordina.web.today.board import Part, Shown

KEYS = ("e", "a")
"""Keys of the first and the second action of a row."""


def why_of(matter: Matter, row: Row, said: Tuning, formats: Any, user: Actor) -> str:
    """Why a matter stands where it does: urgency and importance with the numbers of the rule."""
    watcher, today = matter.kind, formats.today
    wait = wait_of(watcher, said)
    days = max(0, (today - matter.since).days)
    since = _("since %(day)s") % {"day": formats.day(matter.since)}
    if wait is None:
        urgent = _("Not urgent: matters of this kind never are.")
    elif matter.urgent_on is not None and matter.urgent_on <= today:
        urgent = ngettext(
            "Urgent: %(since)s, %(days)d day; it is from day %(wait)d on.",
            "Urgent: %(since)s, %(days)d days; it is from day %(wait)d on.",
            days,
        ) % {"since": since, "days": days, "wait": wait}
    else:
        urgent = _("Not urgent yet: it will be on %(day)s.") % {"day": formats.day(matter.urgent_on)}
    known = type_of(watcher.of)
    word = _("Important") if matter.importance >= IMPORTANT else _("Not important")
    if hidden_columns(known, user) & {*watcher.columns}:  # the points would tell what they come from
        return f"{urgent} {word}."
    points = _("%(points)d points, important from %(from)d on") % {"points": matter.importance, "from": IMPORTANT}
    return f"{urgent} {word}: {points}. {watcher.weighs(row, said, formats)}"


def putting_off(today: date) -> list[tuple[str, date]]:
    """Days that a matter is put off to with one press: tomorrow, and Monday of next week."""
    monday = today + timedelta(days=7 - today.weekday())
    tomorrow = today + timedelta(days=1)
    found = [(_("Tomorrow"), tomorrow)]
    return (
        [*found, (_("Next week"), monday)] if monday != tomorrow else [*found, (_("In a week"), today + timedelta(7))]
    )


class Rows:
    """Draws the rows of one request.

    Args:
        request: Who looks, and how they write.
        said: The company's numbers.
        query: What every address carries along.
    """

    def __init__(self, request: Any, said: Tuning, query: str) -> None:
        self.user, self.formats, self.said, self.query = request.user, request.formats, said, query
        self.back = address("web:home") + query
        self.may_handle = request.user.may(HANDLE)

    @cached_property
    def days(self) -> list[tuple[str, date]]:
        """The days that putting off offers."""
        return putting_off(self.formats.today)

    def part(self, part: Part) -> SafeString:
        """All rows of a quadrant."""
        return SafeString("".join(self.row(shown, part.quadrant or shown.matter.quadrant) for shown in part.shown))

    def row(self, shown: Shown, quadrant: Quadrant | None) -> str:
        """One row."""
        matter, row = shown.matter, shown.row
        watcher = matter.kind
        title, reason = watcher.says(row, self.formats)
        owner = row.get("owner__name") or ""
        why = why_of(matter, row, self.said, self.formats, self.user)
        late = matter.urgent_on is not None and matter.urgent_on <= self.formats.today
        tone = " bad" if late and quadrant is Quadrant.DO else " warn" if late else ""
        url = address("web:detail", type_of(watcher.of).url, matter.subject_id)
        who = html.avatar(owner, matter.owner_id, "s", solo=True) if owner else _nobody()
        mark = f"{matter.watcher}-{matter.subject_id}"
        return (
            f'<li class="matter" data-matter="{escape(mark)}" id="m-{escape(mark)}">'
            f'<span class="matter-icon{tone}" title="{escape(str(watcher.label))}">'
            f"{html.icon(watcher.icon, '', str(watcher.label))}</span>"
            f'<a class="matter-what" href="{escape(url)}" title="{escape(why)}">{escape(title)}</a>'
            f'<span class="matter-why">{who}<span title="{escape(reason)}">{escape(reason)}</span></span>'
            f'<span class="matter-do">{self.acts(matter, row, quadrant)}'
            f"{self.menu(matter, row, title, why)}</span></li>"
        )

    def acts(self, matter: Matter, row: Row, quadrant: Quadrant | None) -> str:
        """The one or two things to do; only those that the role allows."""
        found = []
        for place, act in enumerate(matter.kind.acts):
            declared = ACTIONS.get(act.action)
            if declared is not None and declared.open_to(self.user):
                look = " btn-ghost" if place or quadrant in (Quadrant.PLAN, Quadrant.DROP) else ""
                found.append(self._act(matter, row, place, act, f"btn btn-s{look}"))
        return "".join(found)

    def _act(self, matter: Matter, row: Row, place: int, act: Act, cls: str) -> str:
        label, key = escape(str(act.label)), KEYS[place]
        shortcut = f'data-act="{key}" aria-keyshortcuts="{key.upper()}"'
        if cls == "option":  # the keys belong to the button in the row
            shortcut = ""
            label = f'{html.icon("arrow-right", "s")}{label}<kbd class="k push only-wide" aria-hidden="true">A</kbd>'
        if act.direct:
            url = address("web:today_act", matter.watcher, matter.subject_id, place) + self.query
            return f'<button class="{cls}" {shortcut} {_posts(url)}>{label}</button>'
        values = act.values(row, self.formats.today)
        texts = {n: self.formats.figures(v) if isinstance(v, date) else str(v) for n, v in values.items()}
        declared = ACTIONS[act.action]
        noun = type_of(matter.kind.of).url
        url = f"{address('web:detail', noun, matter.subject_id)}do/{declared.slug}/"
        return f'<a class="{cls}" {shortcut} {_opens(url, {**texts, "next": self.back})}>{label}</a>'

    def menu(self, matter: Matter, row: Row, title: str, why: str) -> str:
        """Why it is here, the second thing to do, and putting off, handing on and closing."""
        name = escape(_("More about %(title)s") % {"title": title})
        options = f'<p class="matter-reason">{escape(why)}</p>'
        second = matter.kind.acts[1:2]
        if second and (declared := ACTIONS.get(second[0].action)) is not None and self.user.may(declared.permission):
            options += f'<span class="matter-second">{self._act(matter, row, 1, second[0], "option")}</span>'
        if self.may_handle:
            options += self.handling(matter)
        return (
            f'<details class="menu" data-menu><summary class="icon-btn small" aria-label="{name}" data-act="w">'
            f'{html.icon("dots", "s")}</summary><div class="pop pop-end">{options}</div></details>'
        )

    def handling(self, matter: Matter) -> str:
        """Putting off, handing on, closing: what the role may do with any matter."""
        at = (matter.watcher, matter.subject_id)
        off = address("web:today_put_off", *at)
        joined = f"{self.query}&" if self.query else "?"
        found = [
            f'<button class="option" {_posts(f"{off}{joined}until={day.isoformat()}")}>{html.icon("clock", "s")}'
            f"{escape(_('Put off: %(day)s') % {'day': label})}</button>"
            for label, day in self.days
        ]
        more = (
            ("s", off, "calendar-event", _("Put off to another day…")),
            ("d", address("web:today_hand_on", *at), "user-share", _("Delegate…")),
            ("x", address("web:today_close", *at), "circle-x", _("Close with a reason…")),
        )
        found += [
            f'<a class="option" data-act="{key}" {_opens(url, {"next": self.back})}>{html.icon(icon, "s")}'
            f'{escape(label)}<kbd class="k push only-wide" aria-hidden="true">{key.upper()}</kbd></a>'
            for key, url, icon, label in more
        ]
        return "".join(found)


def _nobody() -> str:
    return f'<span class="badge warn">{escape(_("nobody"))}</span>'


def _posts(url: str) -> str:
    """Attributes of a button that acts at once: as a form, and in place where there are scripts."""
    address = escape(url)
    return f'type="submit" formaction="{address}" hx-post="{address}" hx-target="#today" hx-swap="outerHTML"'


def _opens(url: str, values: dict[str, str]) -> str:
    """Attributes of a link to a form: a page, or a dialog where there are scripts."""
    address = escape(f"{url}?{urlencode(values, quote_via=quote)}")
    return f'href="{address}" hx-get="{address}" hx-target="#dialog-host"'
