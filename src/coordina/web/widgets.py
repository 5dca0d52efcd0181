"""Controls of forms derived from declarations."""

from collections.abc import Callable
from typing import Any

from django import forms

from coordina.accounts.models import User
from coordina.core.addresses import address
from coordina.core.contact import countries
from coordina.core.formats import Formats
from coordina.core.parsing.ids import parse_id
from coordina.core.types import Field, Kind, find_type
from coordina.web.access import may_create, may_list
from coordina.web.controls import Area, Box, Boxes, Choose, Options
from coordina.web.days import DayBox
from coordina.web.lookups import lookup
from coordina.web.values import NO, YES
from coordina.web.zones import ZoneSelect

FEW = 12
"""Up to so many fixed choices are a native list; more of them filter while one types."""


class RefSelect(Choose):
    """A record to be chosen: the current one and the first few as options, the others by looking them up.

    The options are read when the control is drawn, so that a form that is only received reads none.
    """

    def __init__(self, offered: Callable[[str], Options], attrs: dict[str, Any]) -> None:
        super().__init__(attrs)
        self.offered = offered

    def listed(self, chosen: str) -> Options:
        """Nothing, what is chosen now, and the first few."""
        return [("", ""), *self.offered(chosen)]


def widget_of(field: Field, user: User | None, formats: Formats, *, required: bool) -> forms.Widget:
    """The control of a field.

    Args:
        field: The field.
        user: Whoever fills the form; None for people outside, who are asked for no record.
        formats: Their way of writing.
        required: Whether nothing is no answer.
    """
    attrs: dict[str, Any] = {"autocomplete": "off"}
    if field.max_length:
        attrs["maxlength"] = field.max_length
    match field.kind:
        case Kind.REF:
            assert user is not None, "people outside choose no records"
            return _ref(field, user)
        case Kind.CHOICE if field.choices:
            options = [(v, str(label)) for v, label in field.choices]
            few = {} if len(options) <= FEW else {"data-combobox": ""}
            chosen = Choose(few, options if answered(field, required) else [("", "—"), *options])
            chosen.gone = field.gone
            return chosen
        case Kind.CHOICES:
            return Boxes([(v, str(label)) for v, label in field.choices if v not in field.gone])
        case Kind.COUNTRY:
            named = list(countries(formats.locale).items())
            return Choose({"data-combobox": ""}, named if required else [("", "—"), *named])
        case Kind.TIME_ZONE:
            return ZoneSelect(None if required else "—")
        case Kind.BOOL:
            always = required if field.json_key else answered(field, required)
            return Choose({}, [("", "—"), ("true", YES), ("false", NO)][1 if always else 0 :])
        case Kind.LONG_TEXT:
            return Area({"rows": 4} | {k: v for k, v in attrs.items() if k == "maxlength"})
        case Kind.DATE | Kind.DATETIME:
            return DayBox(formats, moment=field.kind is Kind.DATETIME)
        case Kind.MONEY | Kind.DECIMAL | Kind.PERCENT | Kind.INTEGER:
            return Box(attrs | {"inputmode": "decimal", "class": "num"})
        case Kind.EMAIL | Kind.PHONE | Kind.URL:
            return Box(attrs | {"inputmode": {"phone": "tel"}.get(field.kind, field.kind)})
    if field.placeholder == "password":
        return forms.PasswordInput({"autocomplete": "new-password"})
    return Box(attrs)


def answered(field: Field, required: bool) -> bool:
    """Whether a list of choices needs none that says nothing: one is required, or was chosen beforehand."""
    return not field.json_key and (required or field.default not in (None, ""))


def _ref(field: Field, user: User) -> RefSelect:
    far = find_type(field.to) if field.to else None
    attrs: dict[str, Any] = {"data-combobox": ""}
    if far is not None:
        attrs["data-lookup-url"] = address("web:lookup", far.url)
        if may_create(user, far) and not far.setting and not far.within:
            attrs["data-create-url"] = address("web:new", far.url)

    def offered(chosen: str) -> list[tuple[Any, str]]:
        if far is None or not may_list(user, far):
            return []
        found = [(item["id"], item["label"]) for item in lookup(user, far, "")]
        key = parse_id(chosen)
        if key is not None and key not in {pk for pk, _ in found}:
            rows = far.model.objects.visible_to(user).filter(pk=key)
            found = [(pk, str(label)) for pk, label in rows.values_list("pk", far.model.title_column)] + found
        return found

    return RefSelect(offered, attrs)
