"""The form of one field. What is right is decided by the actions."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from coordina.accounts.places import currency_choices
from coordina.core.formats import Formats
from coordina.core.refusals import Refusal
from coordina.core.types import TYPES, Field, Kind, RecordType, find_type
from coordina.records.fields.actions import governing, with_keys
from coordina.records.fields.building import LATER, LINKED, field_of
from coordina.records.models import CustomField, FieldKind
from coordina.web.accounts.forms import Refusable
from coordina.web.controls import Boxes
from coordina.web.listpage import capital
from coordina.web.typed import read, written

NEVER, ALWAYS = "", "always"
STEPS = 60
"""Values of a governing field that a condition offers."""


class FieldForm(Refusable):
    """Name, type, options, and for which records the field is shown and required."""

    refused_as = {"choices": "options", "required_if": "required", "visible_if": "visible", "indexed": "indexed"}

    label = forms.CharField(
        label=_("Name"), max_length=80, error_messages={"required": _("Write what the field is called.")}
    )
    other = forms.CharField(label=_("Name in the other language"), max_length=80, required=False)
    kind = forms.ChoiceField(label=_("Type"), choices=FieldKind.choices)
    options = forms.CharField(
        label=_("Options"),
        required=False,
        widget=forms.Textarea({"rows": 5}),
        help_text=_("One a line, in the order people choose from."),
    )
    to = forms.ChoiceField(label=_("Leads to"), required=False)
    currency = forms.ChoiceField(label=_("Currency"), required=False, widget=forms.Select({"data-combobox": ""}))
    decimals = forms.ChoiceField(label=_("Decimals"), choices=[(n, n) for n in (1, 2, 3, 4)], required=False)
    help = forms.CharField(label=_("Help under the field"), max_length=300, required=False)
    section = forms.CharField(
        label=_("Section"),
        max_length=80,
        required=False,
        widget=forms.TextInput({"list": "field-sections"}),
        help_text=_("One that is there already, or a new one. Empty: “More data”."),
    )
    default = forms.CharField(label=_("Value of new records"), max_length=300, required=False)
    required = forms.ChoiceField(label=_("Required"), required=False)
    visible = forms.CharField(label=_("Only shown for"), required=False)
    indexed = forms.BooleanField(
        label=_("Filter and sort lists by it"),
        required=False,
        help_text=_("A job prepares it; at most ten fields of a kind of record."),
    )

    def __init__(
        self, known: RecordType, formats: Formats, *args: Any, field: CustomField | None = None, **options: Any
    ) -> None:
        self.known, self.formats, self.defined = known, formats, field
        options["initial"] = (initial_of(known, field, formats) if field else {"decimals": 2}) | options.pop(
            "initial", {}
        )
        super().__init__(*args, **options)
        spoken = get_language() or "es"
        own = _("That of the record") if "currency" in known.declared else _("That of the company")
        self._choices("currency", [("", str(own)), *currency_choices(spoken)])
        self._choices("to", [(n, capital(TYPES[n].label)) for n in LINKED if n in TYPES])
        self._choices("required", [(NEVER, gettext("No")), (ALWAYS, gettext("Always")), *steps_of(known)])
        boxes = Boxes(conditions_of(known))
        self.fields["visible"].widget = boxes
        if field is not None:
            for name in ("kind", "to", "decimals", "options", "indexed"):
                del self.fields[name]
        kind = field.kind if field is not None else ""
        for name, kinds in (("currency", ("money",)), ("options", ("choice", "choices")), ("to", ("ref",)),
                            ("decimals", ("decimal", "percent", "money"))):  # fmt: skip
            if name in self.fields and field is None:
                self.fields[name].widget.attrs["data-for-kind"] = " ".join(kinds)
            elif name in self.fields and kind not in kinds:
                del self.fields[name]

    def _choices(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        about = self.fields[name]
        assert isinstance(about, forms.ChoiceField)
        about.choices = choices

    def given(self) -> dict[str, Any]:
        """What the action takes.

        Raises:
            Refusal: At the value of new records, when it cannot be read.
        """
        said = self.cleaned_data
        spoken = (get_language() or "es").split("-")[0]
        values: dict[str, Any] = {
            "label": said["label"],
            "labels": {("en" if spoken != "en" else "es"): said["other"]} if said["other"] else {},
            "help": said["help"],
            "currency": said.get("currency", ""),
            "required": said["required"] == ALWAYS,
            "required_if": _condition(said["required"]) if said["required"] not in (NEVER, ALWAYS) else {},
            "visible_if": _several(said["visible"]),
            "section": section_key(self.known, said["section"]),
        }
        if self.defined is None:
            values |= {n: said[n] for n in ("kind", "to", "indexed")}
            values["decimals"] = int(said["decimals"] or 2)
            values["choices"] = [line.strip() for line in said["options"].splitlines() if line.strip()]
            values["to"] = said["to"] if said["kind"] == Kind.REF else ""
        values["default"] = self._default(values)
        return values

    def _default(self, values: Mapping[str, Any]) -> Any:
        typed = self.cleaned_data["default"].strip()
        if not typed:
            return None
        if self.defined is not None:
            about: Field | None = field_of(self.known, self.defined, "")
        else:
            draft = CustomField(noun=self.known.name, slug="x_draft", label=values["label"], kind=values["kind"])
            draft.decimals = values["decimals"]
            about = field_of(self.known, draft, "") if values["kind"] != Kind.REF else None
            if values["kind"] in (Kind.CHOICE, Kind.CHOICES):
                draft.choices = with_keys(values["choices"], [])
                about = field_of(self.known, draft, "")
        if about is None:
            raise Refusal("default", _("A link has no value for new records."), field="default")
        return _typed_default(about, typed, self.formats)


def _typed_default(about: Field, typed: str, formats: Formats) -> Any:
    """What was typed as the value of new records; options are called by their names."""
    if about.kind in (Kind.CHOICE, Kind.CHOICES):
        keys = {str(label).lower(): key for key, label in about.choices}
        parts = [typed] if about.kind is Kind.CHOICE else [p.strip() for p in typed.split(",")]
        found = [keys.get(part.lower(), part) for part in parts]
        return found[0] if about.kind is Kind.CHOICE else found
    if about.kind is Kind.BOOL:
        words = {str(gettext("Yes")).lower(): True, str(gettext("No")).lower(): False}
        if typed.lower() not in words:
            raise Refusal("default", _("Write yes or no."), field="default")
        return words[typed.lower()]
    try:
        return read(about, typed, formats)
    except Refusal as refusal:
        raise Refusal(refusal.code, refusal.message, field="default") from None


def initial_of(known: RecordType, field: CustomField, formats: Formats) -> dict[str, Any]:
    """What the form of a field holds."""
    about = field_of(known, field, "")
    shown = written(about, about.default, formats)
    if about.kind in (Kind.CHOICE, Kind.CHOICES) and about.default is not None:
        keys = about.default if isinstance(about.default, list) else [about.default]
        shown = ", ".join(str(about.label_of(key)) for key in keys)
    if about.kind is Kind.BOOL and about.default is not None:
        shown = gettext("Yes") if about.default else gettext("No")
    said = field.required_if
    required = f"{said['field']}>{said['from']}" if "from" in said else ""
    if said and not required:
        required = f"{said['field']}:{said['values'][0]}" if said.get("values") else ""
    visible = field.visible_if
    return {
        "label": field.label,
        "other": next(iter(field.labels.values()), ""),
        "help": field.help,
        "section": section_title(known, field.section),
        "currency": field.currency,
        "default": shown,
        "required": ALWAYS if field.required else required,
        "visible": ",".join(f"{visible['field']}:{v}" for v in visible.get("values", ())) if visible else "",
    }


def steps_of(known: RecordType) -> list[tuple[str, list[tuple[str, str]]]]:
    """From which step or for which value a field may be required, in groups."""
    groups = []
    for name in governing(known):
        about = known.declared[name]
        values = _values(about)
        if about.to is not None and LATER.get(about.to._meta.label) is not None:
            title = gettext("From a step of “%(field)s” on") % {"field": capital(about.label)}
            groups.append((title, [(f"{name}>{key}", text) for key, text in values]))
        elif values:
            title = gettext("Only where “%(field)s” is") % {"field": capital(about.label)}
            groups.append((title, [(f"{name}:{key}", text) for key, text in values]))
    return groups


def conditions_of(known: RecordType) -> list[tuple[str, str]]:
    """For which values a field may be shown."""
    found = []
    for name in governing(known):
        about = known.declared[name]
        found += [(f"{name}:{key}", f"{capital(about.label)}: {text}") for key, text in _values(about)]
    return found


def _values(about: Field) -> list[tuple[Any, str]]:
    """The values that a governing field may have."""
    if about.to is None:
        return [(value, str(label)) for value, label in about.choices]
    far = find_type(about.to)
    order = far.order if far is not None else "pk"
    rows: Any = about.to.objects
    pipelines = [c.name for c in about.to._meta.concrete_fields if c.name == "pipeline"]
    ordered = rows.order_by(*pipelines, order, "pk")
    return [(row.pk, str(row)) for row in ordered[:STEPS]]


def _condition(text: str) -> dict[str, Any]:
    """A condition out of its option: `stage>3` is step 3 and all that follow, `relation:customer` one value."""
    name, step, key = text.partition(">")
    if step:
        return {"field": name, "from": _key(key)}
    name, _colon, key = text.partition(":")
    return {"field": name, "values": [_key(key)]}


def _several(text: str) -> dict[str, Any]:
    """A condition out of several options of one field.

    Raises:
        Refusal: When they are of different fields.
    """
    parts = [part.partition(":") for part in text.split(",") if ":" in part]
    names = {name for name, _colon, _key in parts}
    if len(names) > 1:
        raise Refusal("condition", _("Choose values of one field only."), field="visible")
    return {"field": parts[0][0], "values": [_key(key) for _name, _colon, key in parts]} if parts else {}


def _key(text: str) -> Any:
    return int(text) if text.isdigit() else text


def section_key(known: RecordType, title: str) -> str:
    """How a section is kept: `@` and its first field where it is a declared one, else its title."""
    for section in known.grouped:
        if capital(section.label).lower() == title.strip().lower():
            return f"@{section.names[0]}"
    return title.strip()


def section_title(known: RecordType, key: str) -> str:
    """What a section is called."""
    for section in known.grouped:
        if key.removeprefix("@") in section.names and key.startswith("@"):
            return capital(section.label)
    return key
