"""The form of the letterhead."""

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from coordina.accounts.places import country_choices
from coordina.core.refusals import Refusal
from coordina.core.types import type_of
from coordina.documents.models import Letterhead

TEXTS = ("legal_name", "tax_id", "street", "postal_code", "city", "phone", "email", "website", "register_text")


class LetterheadForm(forms.Form):
    """What stands on documents; a logo may come with it."""

    legal_name = forms.CharField(error_messages={"required": _("Write the legal name.")})
    tax_id = forms.CharField(required=False)
    street = forms.CharField(required=False)
    postal_code = forms.CharField(required=False)
    city = forms.CharField(required=False)
    country = forms.ChoiceField(required=False, widget=forms.Select({"data-combobox": ""}))
    phone = forms.CharField(required=False)
    email = forms.CharField(required=False, widget=forms.EmailInput())
    website = forms.CharField(required=False)
    register_text = forms.CharField(required=False, widget=forms.Textarea({"rows": 2}))
    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        help_text=_("PNG or JPEG, at most 2 MB. Without one your name stands in its place."),
        widget=forms.FileInput({"accept": "image/png,image/jpeg"}),
    )
    no_logo = forms.BooleanField(label=_("Take the logo away"), required=False)

    def __init__(self, *args: Any, letterhead: Letterhead, **options: Any) -> None:
        known = type_of(Letterhead).fields
        options["initial"] = {name: getattr(letterhead, name) for name in (*TEXTS, "country")}
        super().__init__(*args, **options)
        for name in (*TEXTS, "country"):
            label = str(known[name].label)
            self.fields[name].label = label[:1].upper() + label[1:]
            self.fields[name].help_text = str(known[name].help)
            if longest := known[name].max_length:
                self.fields[name].widget.attrs["maxlength"] = str(longest)
                self.fields[name].validators.append(MaxLengthValidator(longest))
        country = self.fields["country"]
        assert isinstance(country, forms.ChoiceField)
        country.choices = [("", "—"), *country_choices(get_language() or "es")]
        if not letterhead.logo:
            del self.fields["no_logo"]

    @property
    def values(self) -> dict[str, str]:
        """What was typed, as the actions take it."""
        return {name: self.cleaned_data[name] for name in (*TEXTS, "country")}

    def told(self, refusal: Refusal) -> None:
        """Put the messages of a refusal at their fields; what belongs to none stands on top."""
        for name, messages in refusal.errors.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, message)
