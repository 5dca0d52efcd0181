"""The log of deliveries, as its pages show it: what was sent is read again with the eyes of whoever looks."""

import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from coordina.accounts.models import User
from coordina.activity.seeing import seen_of
from coordina.api.reading import ALWAYS, readable
from coordina.core.formats import Formats
from coordina.core.types import TYPES
from coordina.hooks.cells import words_of
from coordina.hooks.models import Delivery, DeliveryState, Webhook
from coordina.hooks.names import DELETED

PAGE = 50
TONES = {
    DeliveryState.WAITING: "info",
    DeliveryState.SENT: "good",
    DeliveryState.DEAD: "bad",
    DeliveryState.WITHHELD: "warn",
    DeliveryState.CANCELLED: "",
}
ORDER = (
    DeliveryState.WAITING,
    DeliveryState.SENT,
    DeliveryState.DEAD,
    DeliveryState.WITHHELD,
    DeliveryState.CANCELLED,
)


@dataclass(frozen=True, slots=True)
class LogLine:
    """A delivery in the list.

    Attributes:
        number: How many records it is about, where it is more than one.
        tone: Of the badge.
        next: When it is tried again; empty where it is not.
    """

    token: str
    event: str
    number: int
    test: bool
    state: str
    tone: str
    when: str
    next: str
    status: int | None
    milliseconds: int | None
    attempts: int
    note: str
    again: bool


def recent(hook: Webhook) -> QuerySet[Delivery]:
    """The deliveries of a webhook without their bodies, the newest first."""
    return Delivery.objects.filter(webhook_id=hook.pk).defer("body", "answer").order_by("-pk")


def lines_of(rows: Iterable[Delivery], formats: Formats) -> list[LogLine]:
    """Deliveries as lines."""
    return [line_of(row, formats) for row in rows]


def line_of(row: Delivery, formats: Formats) -> LogLine:
    """One delivery as a line."""
    now, state = timezone.now(), DeliveryState(row.state)
    test = row.change_set_id is None
    waits = state == DeliveryState.WAITING and row.attempts > 0
    return LogLine(
        row.token,
        words_of([row.event])[0],
        len(row.ids) if len(row.ids) > 1 else 0,
        test,
        str(state.label),
        TONES[state],
        formats.relative(row.done_at or row.created_at, now),
        formats.relative(row.next_at, now) if waits else "",
        row.status,
        row.milliseconds,
        row.attempts,
        _(row.note) if row.note else "",
        state in (DeliveryState.SENT, DeliveryState.DEAD) and not test,
    )


def body_for(row: Delivery, reader: User) -> str | None:
    """What was sent, as far as a reader may see it now, as indented JSON; None where there is nothing for them.

    Records they do not see are left out, and fields that are hidden from them.
    """
    known = TYPES.get(row.noun)
    if row.body is None or known is None:
        return None
    told = json.loads(zlib.decompress(bytes(row.body)))
    items = told["events"] if isinstance(told, dict) and "events" in told else told
    items = items if isinstance(items, list) else [items]
    keys = [item["record_id"] for item in items]
    seen = seen_of(reader, known.model._meta.label, keys)
    gone = row.event == f"{known.name}.{DELETED}"
    names = {*readable(known, reader), *ALWAYS, known.within, "subject_type", "subject_id"}
    left = [_pruned(item, names) for item in items if item["record_id"] in seen or (gone and _sent_to(row, reader))]
    if not left:
        return None
    if isinstance(told, dict) and "events" in told:
        told["events"] = left
    else:
        told = left[0] if isinstance(told, dict) else left
    return json.dumps(told, ensure_ascii=False, indent=2)


def _sent_to(row: Delivery, reader: User) -> bool:
    """Whether a delivery was written for the eyes of a reader: they own its webhook."""
    return bool(Webhook._base_manager.filter(pk=row.webhook_id, owner_id=reader.pk).exists())


def _pruned(item: dict[str, Any], names: set[str]) -> dict[str, Any]:
    """An event without fields that somebody may not see."""
    kept = dict(item)
    for part in ("record", "previous"):
        if isinstance(kept.get(part), dict):
            kept[part] = {name: value for name, value in kept[part].items() if name in names}
    return kept


def chips_of(hook: Webhook, chosen: str) -> Sequence[tuple[str, str, bool]]:
    """The states by which the log is narrowed."""
    return [(each.value, str(each.label), each.value == chosen) for each in ORDER]
