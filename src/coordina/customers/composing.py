"""The composer: what it offers on a record's page, prefilled so that two keystrokes log a call."""

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from coordina.accounts.models import User
from coordina.accounts.rates import DEFAULT_CURRENCY
from coordina.activity.models import Comment
from coordina.activity.panels import place
from coordina.core.addresses import address
from coordina.core.parsing import parse_moment
from coordina.core.pieces import pieces
from coordina.core.prepared import Prepared, PreparedSeen
from coordina.core.records import Record
from coordina.core.refusals import Refusal, Text
from coordina.core.sight import veiled
from coordina.core.types import type_of
from coordina.customers.enums import Direction, InteractionKind, Outcome
from coordina.customers.models import Company, Interaction, Person, Position
from coordina.customers.timeline import interactions_with
from coordina.records.models import Note
from coordina.records.panels import may_hang
from coordina.records.timeline import current_formats

OFFERED = 40
"""People the composer offers."""
TALKED = ("call", "meeting", "visit")
COMMENT = "comment"
ANSWERED = ("call", "email", "message")


@dataclass(frozen=True, slots=True)
class Tab:
    """One way of being in touch.

    Attributes:
        key: Key that opens it from anywhere on the page; empty for none.
        ask: What the text field is called and asks.
    """

    kind: str
    label: Text
    icon: str
    key: str
    ask: Text


TABS = (
    Tab("call", gettext_lazy("Call"), "phone", "l", gettext_lazy("What was said")),
    Tab("email", gettext_lazy("E-mail"), "mail", "m", gettext_lazy("What the mail was about")),
    Tab("note", gettext_lazy("Note"), "note", "n", gettext_lazy("What is worth remembering")),
    Tab("meeting", gettext_lazy("Meeting"), "users", "r", gettext_lazy("What was agreed")),
    Tab("visit", gettext_lazy("Visit"), "map-pin", "v", gettext_lazy("What was seen and said")),
    Tab("message", gettext_lazy("Message"), "send", "", gettext_lazy("What the message was about")),
    Tab(
        "comment", gettext_lazy("Comment"), "message", "o", gettext_lazy("For your colleagues; @ and a name tells them")
    ),
)


def composer_values(
    record: Record,
    user: User,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Any]:
    """What the template of the composer is given.

    Args:
        record: What is written about.
        user: Who writes.
        typed: What was typed, where it was refused; it stays.
        errors: Why, by input name.
    """
    record = veiled(record, type_of(record), user)
    closed = type_of(Interaction).sight(user).closed
    tabs = [tab for tab in TABS if _may(user, record, tab)]
    given = typed or {}
    people = people_around(record, user) if "person" not in closed else []
    chosen = given.get("person") if typed is not None else str(_usual_person(record, user, people) or "")
    kind = given.get("kind", "")
    kind = kind if kind in {t.kind for t in tabs} else tabs[0].kind if tabs else ""
    formats = current_formats(DEFAULT_CURRENCY)  # no amount is shown
    return {
        "record": record,
        "tabs": tabs,
        "tab_buttons": _tabs(tuple(tabs), kind, get_language()),
        "tab_radios": _radios(tuple(tabs), kind, get_language()),
        "kind": kind,
        "people": [(pk, label, str(pk) == chosen) for pk, label in people],
        "people_options": _options([(str(pk), label) for pk, label in people], chosen),
        "text": given.get("text", ""),
        "at": given.get("happened_at", formats.moment_figures(timezone.now())),
        "when_example": f"{formats.figures(formats.today)} 10:30",
        "day_order": formats.day_order,
        "asks": {name: name not in closed for name in ("outcome", "direction", "minutes")},
        "minutes": given.get("minutes", ""),
        "outcomes": _choices("outcome", given.get("outcome", Outcome.DONE), get_language()),
        "directions": _choices("direction", given.get("direction", Direction.OUT), get_language()),
        "errors": [message for found in (errors or {}).values() for message in found],
        "wrong": frozenset(errors or ()),
        "draft": f"{type_of(record).name}-{record.pk}",
        "mentions_url": place(record, "people"),
        "once": secrets.token_urlsafe(9),
        "composer_url": address("customers:log", type_of(record).url, record.pk),
    }


def _may(user: User, record: Record, tab: Tab) -> bool:
    if tab.kind == COMMENT:
        return user.may(Comment.permission("add"))
    if tab.kind == InteractionKind.NOTE:
        return may_hang(user, record, Note.permission("add"))
    return user.may(Interaction.permission("add"))


def _options(choices: Sequence[tuple[str, Text]], chosen: str | None) -> SafeString:
    """Options of a list."""
    marks = {True: " selected", False: ""}
    return SafeString(
        "".join(f'<option value="{escape(v)}"{marks[v == chosen]}>{escape(str(t))}</option>' for v, t in choices)
    )


@lru_cache(500)
def _choices(name: str, chosen: str, language: str | None) -> SafeString:
    """The options of an outcome or a direction, drawn once a language."""
    return _options({"outcome": Outcome, "direction": Direction}[name].choices, chosen)


@lru_cache(500)
def _tabs(tabs: tuple[Tab, ...], kind: str, language: str | None) -> SafeString:
    """The buttons that choose the way of being in touch, drawn once a language."""
    out = []
    for tab in tabs:
        key = f' data-key="{tab.key}"' if tab.key else ""
        ask = escape(str(tab.ask))
        said = f'data-label="{ask}" data-placeholder="{ask}" aria-selected="{str(tab.kind == kind).lower()}"'
        inner = f"{pieces().icon(tab.icon, 's')}{escape(str(tab.label))}"
        out.append(f'<button type="button" role="tab" data-kind="{tab.kind}"{key} {said}>{inner}</button>')
    return SafeString("".join(out))


@lru_cache(500)
def _radios(tabs: tuple[Tab, ...], kind: str, language: str | None) -> SafeString:
    """The same choice where there are no scripts."""
    return SafeString(
        "".join(
            f'<label class="choice"><input type="radio" class="check" name="kind" value="{tab.kind}"'
            f"{' checked' if tab.kind == kind else ''}> {escape(str(tab.label))}</label>"
            for tab in tabs
        )
    )


def people_around(record: Record, user: User) -> list[tuple[int, str]]:
    """The people one may have been in touch with about a record, by name; a person's own page knows who it was."""
    if isinstance(record, Person):
        return [(record.pk, record.name)]
    company = record.pk if isinstance(record, Company) else getattr(record, "company_id", None)
    own = getattr(record, "person_id", None)
    if company is None and own is None:
        return []
    found: list[tuple[int, str]] = []
    if company:
        also = [pk for (pk,) in _ALSO_AT(company)]
        found = _PEOPLE_WITH(user, company, also) if also else _PEOPLE_OF(user, company)
    if own is not None and own not in {pk for pk, _name in found}:
        found = [*_PERSON(user, own), *found]
    return found


def _named(rows: Any) -> Any:
    return rows.order_by("name", "pk").values_list("pk", "name")


_ALSO_AT = Prepared(lambda at: Position.objects.filter(company_id=at).order_by("pk").values_list("person_id")[:OFFERED])
_PEOPLE_OF = PreparedSeen(Person, lambda rows, at: _named(rows.filter(company_id=at))[:OFFERED])
_PEOPLE_WITH = PreparedSeen(  # the ids are read before: PostgreSQL would look at everybody for a query within an «or»
    Person, lambda rows, at, also: _named(rows.filter(Q(company_id=at) | Q(pk__in=also)))[:OFFERED]
)
_PERSON = PreparedSeen(Person, lambda rows, pk: rows.filter(pk=pk).values_list("pk", "name"))


def _usual_person(record: Record, user: User, people: Sequence[tuple[int, str]]) -> int | None:
    """Whom a new interaction was most likely with: the record's own person, else the last one, else the only one."""
    keys = {pk for pk, _name in people}
    own = record.pk if isinstance(record, Person) else getattr(record, "person_id", None)
    if own in keys or len(keys) == 1:
        return own if own in keys else next(iter(keys))
    if not keys:
        return None
    rows = Interaction.objects.visible_to(user).filter(interactions_with(record), person__in=keys)
    return rows.order_by("-happened_at", "-pk").values_list("person_id", flat=True).first()


def read_composer(typed: Mapping[str, str]) -> dict[str, Any]:
    """From what was typed to what `log_interaction` takes; what does not belong to the kind is left out.

    Raises:
        Refusal: At `happened_at` or `minutes`, when it cannot be read.
    """
    kind = typed.get("kind", "")
    found: dict[str, Any] = {"kind": kind, "text": typed.get("text", "")}
    if typed.get("person"):
        found["person"] = typed["person"]
    if typed.get("happened_at"):
        found["happened_at"] = _moment(typed["happened_at"])
    if kind in TALKED:
        if typed.get("minutes", "").strip():
            found["minutes"] = _minutes(typed["minutes"])
        found["outcome"] = typed.get("outcome", "")
    if kind in ANSWERED:
        found["direction"] = typed.get("direction", "")
    return found


def _moment(text: str) -> dt.datetime:
    try:
        return parse_moment(text, get_language() or "es", timezone.localtime())
    except Refusal as wrong:
        raise Refusal("datetime", wrong.message, field="happened_at") from None


def _minutes(text: str) -> int:
    if not text.strip().isdecimal() or len(text.strip()) > 5:
        raise Refusal("minutes", _("Write the minutes as a whole number, such as 15."), field="minutes")
    return int(text)
