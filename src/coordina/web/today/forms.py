"""Forms of the cockpit: until when, to whom, why; and the numbers of urgency and importance."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coordina.accounts.models import User
from coordina.core.formats import Formats
from coordina.core.parsing import parse_date, parse_integer, parse_money
from coordina.core.refusals import Refusal
from coordina.core.watchers import WATCHERS, Tuning, wait_of
from coordina.web.accounts.forms import Refusable
from coordina.web.days import DayBox


class _Read(Refusable):
    """A form that reads texts in the person's way of writing."""

    def __init__(self, *args: Any, formats: Formats, **options: Any) -> None:
        self.formats = formats
        super().__init__(*args, **options)


class PutOffForm(_Read):
    """Until when."""

    until = forms.CharField(
        label=_("Comes back on"),
        max_length=40,
        error_messages={"required": _("Say on which day it comes back.")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["until"].widget = DayBox(self.formats, maxlength=40)

    def clean_until(self) -> date:
        """The day."""
        try:
            return parse_date(self.cleaned_data["until"], self.formats.locale, self.formats.today, ahead=True)
        except Refusal as wrong:
            raise forms.ValidationError(str(wrong)) from None


class HandOnForm(Refusable):
    """To whom, of those who see the record."""

    to = forms.ChoiceField(
        label=_("Who looks after it"),
        widget=forms.Select({"data-combobox": ""}),
        error_messages={"required": _("Choose who looks after it."), "invalid_choice": _("Choose one from the list.")},
    )

    def __init__(self, *args: Any, people: Sequence[User], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", ""), *((str(user.pk), user.name) for user in people)]
        if not people:
            field.help_text = _("Nobody else who has access sees it. Access is given under Settings, Users.")


class CloseForm(Refusable):
    """Why nothing has to be done."""

    reason = forms.CharField(
        label=_("Why nothing has to be done"),
        max_length=300,
        help_text=_("It comes back by itself when it begins anew."),
        error_messages={"required": _("Say in a few words why nothing has to be done.")},
    )


class TuningForm(_Read):
    """From which amount a matter is important, and after how many days each kind is urgent."""

    refused_as = {"waits": "important_value"}

    important_value = forms.CharField(
        label=_("Important from this amount on"),
        max_length=30,
        help_text=_("A sale of this amount is important by itself; smaller ones only with a high probability."),
        error_messages={"required": _("Write an amount.")},
    )

    def __init__(self, *args: Any, said: Tuning, formats: Formats, **options: Any) -> None:
        initial: dict[str, Any] = {"important_value": formats.decimal(said.value)}
        for watcher in WATCHERS:
            wait = wait_of(watcher, said)
            initial[f"wait:{watcher.name}"] = "" if wait is None else str(wait)
            initial[f"on:{watcher.name}"] = watcher.name not in said.off
        super().__init__(*args, formats=formats, initial=initial, **options)
        for watcher in WATCHERS:
            self.fields[f"on:{watcher.name}"] = forms.BooleanField(
                label=str(watcher.label), required=False, widget=forms.CheckboxInput({"class": "check"})
            )
            self.fields[f"wait:{watcher.name}"] = forms.CharField(
                label=_("Urgent after days"),
                required=False,
                max_length=6,
                widget=forms.TextInput({"inputmode": "numeric", "class": "input", "autocomplete": "off"}),
            )

    def clean(self) -> dict[str, Any]:
        """Read the numbers; what cannot be read is said at its field."""
        values: dict[str, Any] = {"waits": {}, "off": []}
        for name, text in list(self.cleaned_data.items()):
            try:
                self._read(name, text, values)
            except Refusal as wrong:
                self.add_error(name, str(wrong))
        return values

    def _read(self, name: str, text: Any, values: dict[str, Any]) -> None:
        kind, _colon, watcher = name.partition(":")
        if name == "important_value":
            values[name] = parse_money(text, self.formats.locale, 2)[0]
            if not Decimal(1) <= values[name] < Decimal(10) ** 12:
                raise Refusal("range", _("Write an amount from 1 on."))
        elif kind == "wait":
            values["waits"][watcher] = parse_integer(text, self.formats.locale) if text.strip() else None
            if (values["waits"][watcher] or 0) not in range(3651):
                raise Refusal("range", _("Write a number of days from 0 to %(most)d.") % {"most": 3650})
        elif not text:
            values["off"].append(watcher)

    @property
    def kinds(self) -> list[tuple[Any, Any, Any]]:
        """For the page: each watcher with its two fields."""
        return [(w, self[f"on:{w.name}"], self[f"wait:{w.name}"]) for w in WATCHERS]


def day_text(day: date, formats: Formats) -> str:
    """A day as it stands in a field."""
    return formats.figures(day)
