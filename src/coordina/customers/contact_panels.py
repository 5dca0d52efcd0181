"""What pages show of whether somebody may be contacted: a note nobody can miss, and what they said about consent."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coordina.accounts.models import User
from coordina.core.cells import CELLS, Cell, CellContext
from coordina.core.panels import PANELS, Panel
from coordina.core.records import Record
from coordina.core.types import type_of
from coordina.core.visibility import covers
from coordina.customers.actions import ALLOW
from coordina.customers.contacting import FLAGS, closed_ways, newest, suppressed
from coordina.customers.enums import Channel, Consent
from coordina.customers.models import Company, Person
from coordina.records.timeline import current_formats

SHOWN = 12
TONES: Mapping[str, str] = {Consent.GIVEN: "good", Consent.REFUSED: "bad", Consent.WITHDRAWN: "bad"}


def not_to_contact(record: Any, user: User) -> Mapping[str, Any]:
    """The ways that are closed. Reads what the page has loaded already."""
    ways = closed_ways(record)
    known = type_of(record)
    url = ""
    if ways and user.may(ALLOW) and covers(record, user, ALLOW):
        url = reverse("web:do", args=(known.url, record.pk, f"allow-{known.name}"))
    return {
        "ways": ways,
        "reason": record.no_contact_reason,
        "allow_url": url,
    }


def consent_panel(record: Any, user: User) -> Mapping[str, Any]:
    """What somebody said, what counts first; fetched after the page stands."""
    known = type_of(record)
    if "consent" in known.sight(user).hidden:
        return {"said": [], "hidden": True}
    formats = current_formats()
    said = []
    settled: set[tuple[int, str]] = set()
    for each in newest(record).select_related("purpose", "owner")[: SHOWN + 1]:
        key = (each.purpose_id, each.channel)
        said.append(
            {
                "entry": each,
                "tone": TONES[each.answer],
                "day": formats.date_short(each.said_on) if each.said_on else "",
                "counts": key not in settled,
            }
        )
        settled.add(key)
    fn = "record-consent" if isinstance(record, Person) else "record-lead-consent"
    may = user.may(type(record).permission("change")) and covers(record, user, type(record).permission("change"))
    company = getattr(record, "company", None)
    return {
        "company_ways": closed_ways(company) if company is not None else [],
        "said": said[:SHOWN],
        "more": len(said) > SHOWN,
        "suppressed": [ch.label for ch in (Channel.EMAIL, Channel.PHONE) if suppressed(record, ch)],
        "record_url": reverse("web:do", args=(known.url, record.pk, fn)) if may else "",
    }


def _flag(values: tuple[Any, ...], context: CellContext) -> str:
    return str(context.pieces.badge(str(_("Yes")), "bad")) if values[0] else ""


def show_on(known_name: str, model: type[Record]) -> None:
    """Give a record type the note at the head, and its flags a look of their own."""
    PANELS.add(
        f"customers.closed.{known_name}",
        Panel(
            f"{known_name}.head", _("Contacting"), model.view_permission(), "customers/closed.html", not_to_contact, 1
        ),
    )
    for name in FLAGS:
        CELLS.add((known_name, name), Cell((name,), _flag))


def consent_on(known_name: str, model: type[Record]) -> None:
    """Give a record type the history of consent."""
    PANELS.add(
        f"customers.consent.{known_name}",
        Panel(
            f"{known_name}.side", _("Consent"), model.view_permission(), "customers/consent.html", consent_panel,
            order=70, lazy=True,
        ),
    )  # fmt: skip


show_on("company", Company)
show_on("person", Person)
consent_on("person", Person)
