"""Forms of second factors. They read what was typed; whether it is right is decided elsewhere."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coordina.accounts.passwords import LONGEST
from coordina.core.refusals import Refusal
from coordina.web.accounts.forms import Refusable

_CODE = {
    "autocomplete": "one-time-code",
    "inputmode": "numeric",
    "class": "num",
    "maxlength": 12,
    "spellcheck": "false",
}
_WRITTEN = {"autocomplete": "off", "autocapitalize": "none", "class": "num", "maxlength": 40, "spellcheck": "false"}


class _Either(Refusable):
    """A form with two fields, one of which is filled in."""

    first: str
    missing: Any = _("Write the code.")

    def check[R](self, checked: Callable[..., R], empty: R | None = None) -> R:
        """What `checked` says of the fields that were filled in.

        Args:
            checked: Takes them by name.
            empty: What is given for a form without any; refused when None.

        Raises:
            Refusal: At the first field, when all are empty; else as `checked` does.
        """
        for field in self.fields.values():  # each may be empty where another is not; on the page none looks optional
            field.required = False
        given = {name: value for name, value in self.cleaned_data.items() if value} if self.is_valid() else {}
        for field in self.fields.values():
            field.required = True
        if not given and empty is not None:
            return empty
        if not given:
            raise Refusal("required", self.missing, field=self.first)
        return checked(**given)


class CodeForm(_Either):
    """A code of the app, or one from paper."""

    first = "code"
    code = forms.CharField(
        label=_("Code of your app"),
        max_length=12,
        widget=forms.TextInput(_CODE),
        help_text=_("Six digits; they change every thirty seconds."),
    )
    written = forms.CharField(label=_("Recovery code"), max_length=40, widget=forms.TextInput(_WRITTEN))


class AppForm(_Either):
    """The first code of an app that is being set up."""

    first = "code"
    code = forms.CharField(
        label=_("The six digits that the app shows now"), max_length=12, widget=forms.TextInput(_CODE)
    )


class AgainForm(_Either):
    """The password, or a code of the app, once more."""

    first = "password"
    missing = _("Write your password.")
    password = forms.CharField(
        label=_("Your password"),
        required=False,
        max_length=LONGEST,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password", "maxlength": LONGEST}),
    )
    code = forms.CharField(label=_("Code of your app"), required=False, max_length=12, widget=forms.TextInput(_CODE))
