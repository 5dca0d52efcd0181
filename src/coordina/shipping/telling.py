"""What carriers tell by themselves: a signed request at an address of their own, taken once, whatever is repeated."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.dateparse import parse_datetime

from coordina.core.refusals import Refusal
from coordina.core.types import type_of
from coordina.ledger.change_sets import AlreadyDone, change_set
from coordina.shipping import rules
from coordina.shipping.enums import News, Told
from coordina.shipping.models import Carrier, Shipment, TrackingEvent

TELL = "shipping.tell"
"""Name under which the ledger knows what a carrier told."""
HEADER = "X-Coordina-Signature"
MOST = 500
"""Events of one request."""
LARGEST = 512 * 1024
"""Bytes of one request."""
AHEAD = timedelta(hours=1)
"""How far the clock of a carrier may be ahead."""


@dataclass(slots=True)
class Answer:
    """What became of a request.

    Attributes:
        taken: Events that are on record now. known: Those that were before.
        refused: Place of each other one in the request, with the reason.
    """

    taken: int = 0
    known: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)


def secret_of(carrier: Carrier) -> str:
    """The secret with which a carrier signs: it follows from its door and the key of the installation."""
    given = f"{carrier.pk}:{carrier.door}"
    return salted_hmac("coordina.shipping.door", given, algorithm="sha256").hexdigest()


def door_of(carrier: Carrier, base: str) -> str:
    """The address to which a carrier tells news."""
    return base + reverse("shipping:door", args=(carrier.door,))


def carrier_at(door: str, header: str, body: bytes, at: datetime) -> Carrier | None:
    """The carrier whose door and signature these are; None for anything else, whatever is wrong."""
    found: Carrier | None = Carrier.objects.filter(door=door, active=True).first()
    secret = secret_of(found) if found is not None else "nobody"
    good = rules.signed_by(secret, header, body, at.timestamp())
    return found if good else None


def read(body: bytes) -> Sequence[Any]:
    """The events of a request: one, or a list under `events`.

    Raises:
        ValueError: It is no such thing.
    """
    said = json.loads(body)
    events = said.get("events", [said]) if isinstance(said, dict) else said
    if not isinstance(events, list) or not 1 <= len(events) <= MOST:
        raise ValueError("events")
    return events


def take(carrier: Carrier, events: Sequence[Any], at: datetime) -> Answer:
    """Put what a carrier told on record, each event by itself; what is wrong with one stops no other."""
    answer = Answer()
    for place, said in enumerate(events):
        try:
            _take_one(carrier, said, at)
        except AlreadyDone:
            answer.known += 1
        except Refusal as wrong:
            answer.refused.append({"event": place, "code": wrong.code})
        else:
            answer.taken += 1
    return answer


def _take_one(carrier: Carrier, said: Any, at: datetime) -> None:
    if not isinstance(said, Mapping):
        raise Refusal("shape", "event")
    kind, moment = _kind_of(said.get("status")), _moment_of(said.get("at"), at)
    number, key = _text(said.get("number"), 80), _text(said.get("id"), 100)
    found = Shipment.objects.filter(carrier=carrier, tracking_number=number) if number else Shipment.objects.none()
    shipment = found.order_by("-pk").first()
    if shipment is None:
        raise Refusal("unknown", "number")
    known = f"{carrier.pk}:{key or f'{kind}:{moment.isoformat()}'}"
    with change_set(by=None, at=at, via="carrier", action=TELL, key=f"{TELL}:{shipment.pk}:{known}"[:200]):
        values = {
            "shipment": shipment,
            "kind": kind,
            "happened_at": moment,
            "place": _text(said.get("place"), 160),
            "text": _text(said.get("text"), 300),
            "key": known,
            "told": Told.CARRIER,
        }
        writer = type_of(TrackingEvent).writer
        writer.create([writer.clean(values)], by=None, at=at)


def _kind_of(said: Any) -> str:
    if not isinstance(said, str) or said not in News.values:
        raise Refusal("status", "status")
    return said


def _moment_of(said: Any, at: datetime) -> datetime:
    if said is None:
        return at
    try:
        found = parse_datetime(said) if isinstance(said, str) else None
    except ValueError:
        found = None
    if found is None or not 2000 <= found.year <= 9000:
        raise Refusal("at", "at")
    moment = found if found.tzinfo is not None else found.replace(tzinfo=UTC)
    if moment > at + AHEAD:
        raise Refusal("future", "at")
    return moment


def _text(said: Any, most: int) -> str:
    return " ".join(said.replace("\x00", "").split())[:most] if isinstance(said, str) else ""
