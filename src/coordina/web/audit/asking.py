"""What the address of the report asks for, read into a question to the ledger; and what its form offers."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordina.accounts.models import User
from coordina.core.actions import ACTIONS
from coordina.core.formats import Formats
from coordina.core.parsing.days import parse_date
from coordina.core.parsing.ids import parse_id
from coordina.core.references import find_reference
from coordina.core.refusals import Refusal, Text
from coordina.core.types import TYPES, RecordType
from coordina.ledger.audit import SYSTEM, Asked
from coordina.web.historypage import columns_of
from coordina.web.listpage import capital

KEYS = ("who", "door", "action", "type", "record", "field", "from", "to")
VIAS: dict[str, Text] = {
    "web": gettext_lazy("Web pages"),
    "rest": gettext_lazy("Programs (REST)"),
    "import": gettext_lazy("Import"),
    "bulk": gettext_lazy("Many at once"),
    "undo": gettext_lazy("Undo"),
    "command": gettext_lazy("Command line"),
    "system": gettext_lazy("Coordina itself"),
}
"""The doors by the name that the ledger has for them."""


@dataclass(slots=True)
class Question:
    """What is asked, as it was typed and as the ledger understands it.

    Attributes:
        typed: By name of the field of the form. errors: What could not be understood, by the same names.
        known: The record type that is asked for.
    """

    typed: dict[str, str]
    asked: Asked
    known: RecordType | None = None
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def query(self) -> str:
        """The question as part of an address."""
        return urlencode({name: text for name, text in self.typed.items() if text})


def read_question(given: Mapping[str, str], user: User, formats: Formats) -> Question:
    """Read the address; what cannot be understood becomes an error at its field and does not narrow.

    Args:
        given: The query of the address.
        user: Who asks: fields hidden from them are no fields.
        formats: How the person writes days, and in which zone days begin.
    """
    typed = {name: given.get(name, "").strip()[:300] for name in KEYS}
    made = Question(typed, Asked())
    made.known = _record_type(made)
    pk = _record(made)
    since, until = _day(made, "from", formats), _day(made, "to", formats)
    made.asked = Asked(
        by=parse_id(typed["who"]) if typed["who"] != "0" else SYSTEM,
        via=typed["door"] if typed["door"] in VIAS else "",
        action=typed["action"][:80],
        label=made.known.model._meta.label if made.known is not None else "",
        pk=pk,
        column=_column(made, user),
        since=since,
        until=until + dt.timedelta(days=1) if until is not None else None,
    )
    return made


def _record_type(made: Question) -> RecordType | None:
    return next((t for t in TYPES if t.name == made.typed["type"]), None)


def _record(made: Question) -> int | None:
    """The record that is named by reference, address or number; it may be gone by now."""
    text = made.typed["record"]
    if not text:
        return None
    found = _by_address(text) or _by_reference(text)
    if found is None and made.known is not None and (number := parse_id(text)) is not None:
        found = (made.known, number)
    if found is None:
        made.errors["record"] = _("Write a reference such as OPP-000123, or paste the address of the record's page.")
        return None
    made.known, pk = found
    made.typed["type"] = made.known.name
    return pk


def _by_address(text: str) -> tuple[RecordType, int] | None:
    """A record by the address of any of its pages."""
    if "/" not in text:
        return None
    try:
        match = resolve(urlsplit(text if "//" in text else f"//x/{text.lstrip('/')}").path)
    except (Resolver404, ValueError):
        return None
    known, pk = match.kwargs.get("known"), match.kwargs.get("pk")
    return (known, int(pk)) if isinstance(known, RecordType) and pk is not None else None


def _by_reference(text: str) -> tuple[RecordType, int] | None:
    """A record by what people call it on the phone."""
    read = find_reference(text)
    if read is None:
        return None
    for known in TYPES:
        if "reference" in known.fields:
            model: Any = known.model
            found = model._base_manager.filter(reference=str(read)).values_list("pk", flat=True).first()
            if found is not None:
                return known, int(found)
    return None


def _day(made: Question, name: str, formats: Formats) -> dt.datetime | None:
    """The beginning of a day of the form, as the person writes days."""
    text = made.typed[name]
    if not text:
        return None
    try:
        day = parse_date(text, formats.locale, formats.today)
    except Refusal as wrong:
        made.errors[name] = str(wrong)
        return None
    return dt.datetime.combine(day, dt.time(), ZoneInfo(formats.time_zone))


def _column(made: Question, user: User) -> str:
    """The column of the field that is asked for; nothing where it is none of the type, or hidden."""
    wanted = made.typed["field"]
    if made.known is None or not wanted:
        made.typed["field"] = ""
        return ""
    found = next((column for column, about in columns_of(made.known, user).items() if about.name == wanted), "")
    made.typed["field"] = wanted if found else ""
    return found


type Options = list[tuple[str, str, bool]]
"""Value, label, and whether it is the one that is asked for."""


def offers(made: Question, user: User) -> dict[str, Any]:
    """What the form offers to choose from."""
    typed = made.typed
    people: Any = User.objects.visible_to(user).order_by("name", "pk").values_list("pk", "name")
    who = [(str(SYSTEM), "Coordina"), *((str(pk), name) for pk, name in people)]
    doors = [(name, str(label)) for name, label in VIAS.items()]
    types = sorted(((t.name, capital(t.plural)) for t in TYPES), key=lambda pair: pair[1].casefold())
    fields = sorted(
        {about.name: capital(about.label) for about in columns_of(made.known, user).values()}.items()
        if made.known is not None
        else (),
        key=lambda pair: pair[1].casefold(),
    )
    return {
        "who": _options(who, typed["who"]),
        "door": _options(doors, typed["door"]),
        "type": _options(types, typed["type"]),
        "field": _options(fields, typed["field"]),
        "actions": _actions(typed["action"]),
    }


def _options(pairs: Any, chosen: str) -> Options:
    return [(value, label, value == chosen) for value, label in pairs]


def _actions(chosen: str) -> list[tuple[str, Options]]:
    """Actions by the noun they belong to."""
    groups: dict[str, Options] = {}
    for declared in ACTIONS:
        noun = capital(str(declared.model._meta.verbose_name_plural))
        groups.setdefault(noun, []).append((declared.name, capital(declared.label), declared.name == chosen))
    return sorted(groups.items(), key=lambda pair: pair[0].casefold())
