"""Typing a day: in figures or words as the person writes them, with the calendar of the device beside the field.

A field of the browser's own for dates shows the browser's language and understands no words, so days are texts; where
scripts run, `days.js` puts a button beside each that opens the device's own calendar and writes what was chosen.
"""

from html import escape
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from coordina.core.formats import Formats, babel_locale
from coordina.web.controls import Box


def day_words() -> list[str]:
    """Words for days that a field offers and understands."""
    return [_("today"), _("tomorrow"), *_weekdays(get_language() or "en")]


def _weekdays(language: str) -> list[str]:
    """Names of the working days in a language."""
    names = babel_locale(language).days["format"]["wide"]
    return [str(names[number]) for number in range(5)]


def day_look(formats: Formats, *, moment: bool = False) -> dict[str, str]:
    """What a field for a day has: its example, and what the script needs to know.

    Args:
        formats: Of the person.
        moment: Whether a time goes with the day.
    """
    example = formats.figures(formats.today) + (" 10:30" if moment else "")
    kind = "data-moment" if moment else "data-day"
    return {"autocomplete": "off", "spellcheck": "false", "placeholder": example, kind: formats.day_order}


class DayBox(Box):
    """A field of one line for a day, or for a day with its time; it offers the words for days that are near."""

    def __init__(self, formats: Formats, *, moment: bool = False, **attrs: Any) -> None:
        super().__init__(day_look(formats, moment=moment) | {"class": "num"} | attrs)
        self.moment = moment

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The field, and for a day its list of words."""
        if self.moment:
            return super().render(name, value, attrs, renderer)
        key = escape(f"{(attrs or {}).get('id') or name}-words")
        field = super().render(name, value, {**(attrs or {}), "list": key}, renderer)
        words = "".join(f'<option value="{escape(word)}">' for word in day_words())
        return SafeString(f'{field}<datalist id="{key}">{words}</datalist>')
