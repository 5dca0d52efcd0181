"""The smallest pieces of a page as pure functions that return escaped, safe HTML.

Template tags (``{% icon %}``, ``{% avatar %}`` …) and the fast list rows, which are built as one string, call the same
functions, so a badge looks the same wherever it stands. Nothing here reads the database, the request or the clock;
every text argument is escaped, whatever its origin, unless it already is a ``SafeString``.
"""

import zlib
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import pairwise
from typing import Literal

from django.templatetags.static import static
from django.utils.html import conditional_escape as escape
from django.utils.safestring import SafeString

type Size = Literal["", "xs", "s", "m", "l"]
type Tone = Literal["", "acc", "good", "warn", "bad", "info", "out"]
type Fill = Literal["", "good", "warn", "bad", "info", "s1", "s2", "s3", "s4", "s5"]

PEOPLE_TONES = 6
"""How many tints avatars have; the tint of a person follows from their id and never changes."""

STAGE_TONES = 5
"""How many steps the stage ramp has (``s1`` … ``s5``)."""

THREAD_STEP = 10
THREAD_EDGE = 4
THREAD_HEIGHT = 8

BAR_GAP = 0.25
"""Gap between the parts of a divided bar, in per cent of its width."""


@cache
def _sprite() -> str:
    """Address of the icon sprite, resolved once a process (the manifest does not change while it runs)."""
    return static("vendor/icons.svg")


def icon(name: str, size: Size = "", label: str = "") -> SafeString:
    """An icon of the sprite.

    Args:
        name: Tabler name, listed in ``assets.json``.
        size: "" 18 px, "s" 16 px, "xs" 14 px, "l" 28 px.
        label: Spoken name. Without it the icon is decoration and hidden from screen readers.
    """
    if not label:
        return _decoration(name, size)
    cls = f"icon icon-{size}" if size else "icon"
    aria = f'role="img" aria-label="{escape(label)}"'
    return SafeString(f'<svg class="{cls}" {aria}><use href="{escape(_sprite())}#{escape(name)}"/></svg>')


@lru_cache(2000)
def _decoration(name: str, size: Size) -> SafeString:
    """An icon without a name of its own, drawn once a process."""
    cls = f"icon icon-{size}" if size else "icon"
    return SafeString(f'<svg class="{cls}" aria-hidden="true"><use href="{escape(_sprite())}#{escape(name)}"/></svg>')


def initials(name: str, most: int = 2) -> str:
    """First letters of the first and the last word of a name, upper case; "?" when there is no letter.

    Args:
        name: A person's or a company's name, as it is shown.
        most: 1 or 2 letters.
    """
    words = [word for word in name.split() if word[0].isalnum()]
    if not words:
        return "?"
    if len(words) == 1 or most == 1:
        return words[0][0].upper()
    return (words[0][0] + words[-1][0]).upper()


def tone_of(key: object) -> int:
    """The tint (1 to ``PEOPLE_TONES``) that belongs to an id: stable between processes and versions."""
    return zlib.crc32(str(key).encode()) % PEOPLE_TONES + 1


def _tile(cls: str, name: str, letters: str, *, solo: bool) -> SafeString:
    aria = f'role="img" aria-label="{escape(name)}"' if solo else 'aria-hidden="true"'
    return SafeString(f'<span class="{cls}" {aria} title="{escape(name)}">{escape(letters)}</span>')


def avatar(name: str, key: object, size: Size = "", *, solo: bool = False) -> SafeString:
    """A person's round initials.

    Args:
        name: The full name, shown on hover.
        key: The person's id, which decides the tint.
        size: "s" 20 px, "" 24 px, "m" 30 px, "l" 44 px.
        solo: True where no name stands beside it: then it is read aloud.
    """
    cls = f"avatar tint-{tone_of(key)}" + (f" avatar-{size}" if size else "")
    return _tile(cls, name, initials(name), solo=solo)


def company_avatar(name: str, key: object, size: Size = "", *, solo: bool = False) -> SafeString:
    """A company's square initials; arguments as in :func:`avatar`."""
    words = name.split()
    cls = f"avatar avatar-square tint-{tone_of(key)}" + (f" avatar-{size}" if size else "")
    return _tile(cls, name, initials(" ".join(words[:2])), solo=solo)


def person(name: str, key: object, size: Size = "") -> SafeString:
    """An avatar followed by the name, as one line that may be cut."""
    return SafeString(f'<span class="row">{avatar(name, key, size)}<span class="cut">{escape(name)}</span></span>')


@lru_cache(500)
def thread(now: int, total: int = 5) -> SafeString:
    """The mini path: one node per stage. Filled is done, the ring is now, hollow is to come.

    Always followed by the name of the stage (:func:`stage`), because a drawing alone is never the only sign.

    Args:
        now: The current node, counted from 1; 0 means not begun, more than ``total`` means all done.
        total: Number of nodes.
    """
    total = max(1, total)
    done, current = ' class="d"', ' class="c"'
    places = [index * THREAD_STEP + THREAD_EDGE for index in range(total)]
    lines = "".join(
        f'<line{done if index < now else ""} x1="{left}" x2="{right}" y1="4" y2="4"/>'
        for index, (left, right) in enumerate(pairwise(places), start=1)
    )
    nodes = "".join(
        f'<circle{done if index < now else current if index == now else ""} cx="{place}" cy="4" r="2.5"/>'
        for index, place in enumerate(places, start=1)
    )
    width = places[-1] + THREAD_EDGE
    return SafeString(
        f'<svg class="thread" width="{width}" height="{THREAD_HEIGHT}" aria-hidden="true">{lines}{nodes}</svg>'
    )


def stage(now: int, total: int, name: str) -> SafeString:
    """The mini path with the name of the stage; arguments as in :func:`thread`."""
    return SafeString(f'<span class="stage">{thread(now, total)}<span>{escape(name)}</span></span>')


def stage_tone(now: int, total: int) -> int:
    """The step of the stage ramp (1 to ``STAGE_TONES``) for stage ``now`` of ``total``, deeper as the deal advances."""
    if total <= 1:
        return STAGE_TONES
    place = min(max(now, 1), total) - 1
    return 1 + round(place * (STAGE_TONES - 1) / (total - 1))


def badge(text: str, tone: Tone = "", icon_name: str = "") -> SafeString:
    """A short state in words. Give an icon where the state is an alarm: colour is never the only sign."""
    cls = f"badge {tone}" if tone else "badge"
    return SafeString(f'<span class="{cls}">{icon(icon_name) if icon_name else ""}{escape(text)}</span>')


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def bar(value: float, tone: Fill = "", pace: float | None = None, label: str = "") -> SafeString:
    """A bar of progress drawn as an SVG, so that its width needs no inline style.

    Args:
        value: Per cent, clamped to 0–100.
        tone: "" accent, a meaning, or a step of the stage ramp.
        pace: Where today's pace stands, in per cent; drawn as a tick.
        label: What the bar says, read aloud; without it the number must stand beside the bar.
    """
    width = min(max(value, 0.0), 100.0)
    tick = ""
    if pace is not None:
        tick = f'<rect class="pace" x="{_number(min(max(pace, 0.0), 99.1))}" width="0.9" height="6"/>'
    cls = f"fill {tone}" if tone else "fill"
    aria = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return SafeString(
        f'<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" {aria}><rect class="track" width="100" '
        f'height="6"/><rect class="{cls}" width="{_number(width)}" height="6"/>{tick}</svg>'
    )


def split_bar(parts: Sequence[tuple[float, str]], label: str) -> SafeString:
    """One bar divided by amount: money by stage, rows by verdict.

    Args:
        parts: Amounts of any one unit with the class of their colour ("s1" … "s5", "good", "warn", "bad", "info").
            Amounts of zero or less are left out.
        label: What the bar says, read aloud.
    """
    shown = [(amount, cls) for amount, cls in parts if amount > 0]
    total = sum(amount for amount, _ in shown)
    room = 100.0 - BAR_GAP * max(0, len(shown) - 1)
    left, rects = 0.0, []
    for amount, cls in shown:
        width = room * amount / total
        rects.append(f'<rect class="{escape(cls)}" x="{_number(left)}" width="{_number(width)}" height="6"/>')
        left += width + BAR_GAP
    return SafeString(
        f'<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label="{escape(label)}">'
        f"{''.join(rects)}</svg>"
    )


def highlighted(text: str, query: str) -> SafeString:
    """``text`` with every place where ``query`` occurs marked, ignoring case; for search answers."""
    needle = query.strip()
    if not needle:
        return SafeString(escape(text))
    lower, wanted, out, start = text.lower(), needle.lower(), [], 0
    if len(lower) != len(text):
        return SafeString(escape(text))
    while (found := lower.find(wanted, start)) >= 0:
        end = found + len(wanted)
        out.append(f"{escape(text[start:found])}<mark>{escape(text[found:end])}</mark>")
        start = end
    return SafeString("".join(out) + escape(text[start:]))
