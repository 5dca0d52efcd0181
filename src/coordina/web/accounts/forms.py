"""Forms of accounts. They read what was typed; whether it is right is decided by the actions."""

from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

from babel.core import get_global
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from coordina.accounts.enums import Language
from coordina.accounts.models import Organization, User
from coordina.accounts.passwords import LONGEST, has_password
from coordina.accounts.places import country_choices, currency_choices, time_zone_choices
from coordina.core.formats import Formats
from coordina.core.parsing import parse_date, parse_integer
from coordina.core.refusals import Refusal
from coordina.core.types import TYPES
from coordina.web.controls import Boxes
from coordina.web.days import DayBox
from coordina.web.zones import ZoneSelect

COMBO = {"data-combobox": ""}
COMPANY = "company"
"""Choice of a profile: as the company has it."""
RULES = _("At least 10 characters, not a common word, not like your name.")


def _missing(message: Any) -> dict[str, Any]:
    return {"required": message}


def _password(label: Any, kind: str, missing: Any, **said: Any) -> forms.CharField:
    widget = forms.PasswordInput({"autocomplete": kind, "maxlength": LONGEST})
    return forms.CharField(
        label=label, max_length=LONGEST, strip=False, widget=widget, error_messages=_missing(missing), **said
    )


class Refusable(forms.Form):
    """A form that shows what an action refused at the field it is about."""

    refused_as: dict[str, str] = {}
    """Names of the action's fields where the form calls them differently."""

    def told(self, refusal: Refusal) -> None:
        """Put the messages of a refusal at their fields; what belongs to none stands on top."""
        for name, messages in refusal.errors.items():
            shown = self.refused_as.get(name, name)
            for message in messages:
                self.add_error(shown if shown in self.fields else None, message)


class SignInForm(Refusable):
    """E-mail and password."""

    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages=_missing(_("Write your e-mail.")),
    )
    password = _password(_("Password"), "current-password", _("Write your password."))
    remember = forms.BooleanField(label=_("Remember me on this device for 30 days"), required=False)


class _Company(Refusable):
    """What describes the company; the lists speak the language of the page."""

    company = forms.CharField(
        label=_("What is your company called?"),
        max_length=120,
        widget=forms.TextInput({"autocomplete": "organization"}),
        error_messages=_missing(_("Write the name of the company.")),
    )
    country = forms.ChoiceField(
        label=_("Country"),
        widget=forms.Select(COMBO),
        help_text=_("Numbers, dates, telephone numbers and tax ids are written and read as there."),
    )
    currency = forms.ChoiceField(
        label=_("Currency"), widget=forms.Select(COMBO), help_text=_("Sums are reported in it.")
    )
    time_zone = forms.CharField(label=_("Time zone"), max_length=60)
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        spoken = get_language() or "es"
        current = dict(self.initial)
        self.fields["time_zone"].widget = ZoneSelect(country=str(current.get("country", "")))
        for name, choices in (
            ("country", country_choices(spoken)),
            ("currency", currency_choices(spoken)),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = _with(choices, current.get(name, ""))


class FirstRunForm(_Company):
    """The company and its first administrator, on one page."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages=_missing(_("Write your name.")),
    )
    email = forms.CharField(
        label=_("Your e-mail"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages=_missing(_("Write your e-mail.")),
    )
    password = _password(_("Password"), "new-password", _("Write a password."), help_text=RULES)


class CompanyForm(_Company):
    """The company's settings."""

    refused_as = {"name": "company"}
    quiet_days = forms.CharField(
        label=_("Days without movement"),
        max_length=10,
        widget=forms.TextInput({"inputmode": "numeric", "class": "num", "autocomplete": "off"}),
        help_text=_("A record in which nothing has happened for so long counts as stale on the page of data quality."),
        error_messages=_missing(_("Write a number of days, such as 180.")),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["company"].label = _("Company name")

    def clean_quiet_days(self) -> int:
        """A whole number, in the person's way of writing."""
        try:
            return parse_integer(self.cleaned_data["quiet_days"], get_language() or "es")
        except Refusal as wrong:
            raise forms.ValidationError(str(wrong)) from None

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, by the names of the record."""
        typed = dict(self.cleaned_data)
        return {"name": typed.pop("company"), **typed}


class ProfileForm(Refusable):
    """What a person says about themselves."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages=_missing(_("Write your name.")),
    )
    language = forms.ChoiceField(label=_("Language"))
    country = forms.ChoiceField(label=_("Numbers and dates as in"), widget=forms.Select(COMBO))
    time_zone = forms.CharField(label=_("Time zone"), max_length=60)

    def __init__(self, *args: Any, company: Organization, formats: Formats, **options: Any) -> None:
        options["initial"] = {name: value or COMPANY for name, value in options["initial"].items()}
        super().__init__(*args, **options)
        here, own = get_language() or "es", _("As the company: %(value)s")

        def as_company(choices: list[tuple[str, str]], value: str) -> list[tuple[str, Any]]:
            return [(COMPANY, own % {"value": dict(choices).get(value, value)})]

        for name, choices in (("language", Language.choices), ("country", country_choices(here))):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [*as_company(choices, getattr(company, name)), *choices]
        example = f"{formats.decimal(Decimal('1234.56'))} · {formats.figures(formats.today)}"
        self.fields["country"].help_text = _("As you read them now: %(example)s") % {"example": example}
        ((value, text),) = as_company(time_zone_choices(here), company.time_zone)
        self.fields["time_zone"].widget = ZoneSelect(text, value, company.country)

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, as the action takes it: nothing where the company decides."""
        typed = {name: "" if value == COMPANY else value for name, value in self.cleaned_data.items()}
        return typed | {"language": typed["language"] or None}


class PasswordForm(Refusable):
    """The own password, with the current one."""

    current = _password(_("Current password"), "current-password", _("Write your current password."))
    password = _password(_("New password"), "new-password", _("Write a new password."), help_text=RULES)


class AccessForm(Refusable):
    """What somebody needs to sign in: an e-mail and a first password."""

    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "off"}),
        error_messages=_missing(_("Write an e-mail address such as ana@empresa.es.")),
    )
    password = forms.CharField(
        label=_("First password"),
        max_length=LONGEST,
        strip=False,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "class": "num"}),
        error_messages=_missing(_("Write a password.")),
        help_text=_("Hand it over in person or by telephone; they change it in their profile."),
    )


class NewPasswordForm(AccessForm):
    """A new password for somebody else."""

    email = None  # type: ignore[assignment]  # how Django takes an inherited field out of a form


class InviteForm(Refusable):
    """Where an invitation goes."""

    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "off"}),
        error_messages=_missing(_("Write an e-mail address such as ana@empresa.es.")),
    )

    @staticmethod
    def nothing() -> Refusable:
        """A form without fields that was sent."""
        return Refusable({"sent": "yes"})


class ForgottenForm(Refusable):
    """Whose password was forgotten."""

    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages=_missing(_("Write your e-mail.")),
    )


class ChooseForm(Refusable):
    """A password chosen with a link."""

    password = _password(_("New password"), "new-password", _("Write a new password."), help_text=RULES)


class CopyForm(Refusable):
    """The name of a copied role."""

    name = forms.CharField(
        label=_("Name of the new role"), max_length=80, error_messages=_missing(_("Write a name for the role."))
    )


class TokenForm(Refusable):
    """A token for a program: what it is for, what it may do, until when; and the password once more."""

    READ, WRITE = "read", "write"

    name = forms.CharField(
        label=_("What is it for?"),
        max_length=80,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages=_missing(_("Write what the token is for.")),
    )
    access = forms.ChoiceField(
        label=_("It may"),
        choices=[(READ, _("only read")), (WRITE, _("read and write, as I may"))],
        widget=forms.RadioSelect,
        initial=READ,
    )
    types = forms.CharField(
        label=_("Only these"),
        required=False,
        help_text=_("None ticked means everything you may see. Settings such as stages can always be read."),
    )
    expires_on = forms.CharField(
        label=_("Good until"),
        required=False,
        max_length=40,
        help_text=_("Left empty, it does not expire."),
    )
    current = _password(_("Your password"), "current-password", _("Write your current password."))

    def __init__(self, *args: Any, user: User, formats: Formats, **options: Any) -> None:
        super().__init__(*args, **options)
        self.formats = formats
        self.fields["expires_on"].widget = DayBox(formats)
        if not has_password(user):  # then the page itself asks who one is
            del self.fields["current"]
        seen = (known for known in TYPES if not known.setting and user.may(known.model.view_permission()))
        nouns = [(known.name, str(known.plural)) for known in seen if not known.within]
        self.fields["types"].widget = Boxes([(name, plural[:1].upper() + plural[1:]) for name, plural in nouns])

    def clean_expires_on(self) -> date | None:
        """The day; None where nothing was typed."""
        text = self.cleaned_data["expires_on"]
        try:
            return parse_date(text, self.formats.locale, self.formats.today, ahead=True) if text else None
        except Refusal as wrong:
            raise forms.ValidationError(str(wrong)) from None

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, as the action takes it."""
        typed = {name: self.cleaned_data[name] for name in ("name", "expires_on")}
        typed["types"] = [name for name in self.cleaned_data["types"].split(",") if name]
        return typed | {"writes": self.cleaned_data["access"] == self.WRITE}


def first_values(accepted: str) -> dict[str, str]:
    """What a first-run page begins with, guessed from the languages that the browser asks for.

    Args:
        accepted: The header `Accept-Language`, such as `es-MX,es;q=0.9`.
    """
    spoken = (get_language() or "es").lower()
    first = accepted.split(",")[0].split(";")[0].strip().replace("_", "-")
    region = first.split("-")[-1].upper() if "-" in first else ""
    if len(region) != 2 or region not in dict(country_choices("en")):
        region = "ES" if not spoken.startswith("en") else "US" if first.lower() == "en-us" else "ES"
    used = get_global("territory_currencies").get(region, ())
    currency = next((code for code, _begun, ended, tender in used if ended is None and tender), "EUR")
    zones = [z for z, territory in get_global("zone_territories").items() if territory == region]
    known = [z for z in zones if z in available_timezones()]
    zone = known[0] if len(known) == 1 else _CAPITALS.get(region, "Europe/Madrid")
    language = "en" if spoken.startswith("en") else "es" if region in ("ES", "") else "es-419"
    return {"country": region, "currency": currency, "time_zone": zone, "language": language}


_CAPITALS = {
    "ES": "Europe/Madrid",
    "MX": "America/Mexico_City",
    "AR": "America/Buenos_Aires",
    "CL": "America/Santiago",
    "EC": "America/Guayaquil",
    "US": "America/New_York",
}
"""Time zones of countries that have several, by where most people live."""


def _with(choices: list[tuple[str, str]], own: str) -> list[tuple[str, str]]:
    """The choices with the present value, where it is an older name that the list does not have."""
    known = {value for value, _label in choices}
    return choices if own in ("", COMPANY) or own in known else [(own, own), *choices]
