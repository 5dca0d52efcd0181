"""Sending what waits: one job for all webhooks, several requests at once, none inside a transaction.

Bodies are written and results noted here; threads do nothing but the request, so a slow receiver holds up neither
other receivers nor other jobs. Deliveries about one record keep their order: the next waits until the one before was
taken or given up. A delivery is claimed by moving `next_at`: when the worker is killed it goes out again, with the same
id. A receiver that cannot be reached is left alone for a while, with all that waits for it.
"""

import logging
import zlib
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import randbelow
from time import monotonic
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from pydantic_core import to_json

from coordina import __version__
from coordina.accounts.company import company_day
from coordina.accounts.known import active_user
from coordina.accounts.models import Token, User
from coordina.accounts.quarantine import held
from coordina.core.refusals import Text
from coordina.core.types import TYPES
from coordina.hooks import calling
from coordina.hooks.actions import ADD
from coordina.hooks.calling import Answer
from coordina.hooks.composing import Item, items_of, samples
from coordina.hooks.gathering import new_token
from coordina.hooks.keeping import give_up_failing, stop
from coordina.hooks.models import Delivery, DeliveryState, Line, Shape, Status, Stopped, Webhook
from coordina.hooks.names import first_noun, happenings
from coordina.hooks.signing import line_of, secrets_of, signature
from coordina.ledger.queue import Kind, progress, schedule, task

logger = logging.getLogger(__name__)

AT_ONCE = 8
"""Requests under way at the same time."""
EACH = 2
"""Of these to one receiver; one that fails is asked by one request at a time."""
BUDGET = 15.0
"""Seconds after which the job ends and queues behind others."""
CLAIM = timedelta(seconds=90)
"""How long a delivery under way is left alone; longer than a request can take."""
MOST = 14
"""Attempts."""
FIRST = timedelta(seconds=20)
LONGEST = timedelta(hours=6)
REST = timedelta(hours=1)
"""Longest time for which a receiver that cannot be reached is left alone."""
ORDER = "hooks.send"
BUCKET = 10
"""Seconds to which wake-ups are gathered."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent."""

    delivery: Delivery
    hook: Webhook
    body: bytes
    headers: dict[str, str]


@dataclass(slots=True)
class Trips:
    """The requests under way."""

    pool: ThreadPoolExecutor
    going: dict[Future[Answer], Request] = field(default_factory=dict)

    def full(self) -> set[int]:
        """Ids of webhooks that have as many as they may."""
        counts = Counter(request.hook.pk for request in self.going.values())
        failing = set(Line.objects.filter(pk__in=counts, failing_since__isnull=False).values_list("pk", flat=True))
        return {pk for pk, number in counts.items() if number >= (1 if pk in failing else EACH)}

    def begin(self, request: Request) -> None:
        """Send one."""
        done = self.pool.submit(
            calling.post, request.hook.address, request.body, request.headers, private=settings.WEBHOOKS_PRIVATE
        )
        self.going[done] = request

    def over(self, seconds: float) -> Iterator[tuple[Request, Answer]]:
        """Those that ended within some seconds."""
        done, _rest = wait(self.going, timeout=seconds, return_when=FIRST_COMPLETED)
        for each in done:
            yield self.going.pop(each), each.result()


def wake(at: datetime | None = None) -> None:
    """Let what waits be sent, now or later; many calls become one job."""
    if at is None:
        send.using(order_key=ORDER).enqueue()
        return
    number = int(at.timestamp()) // BUCKET + 1
    later = datetime.fromtimestamp(number * BUCKET, at.tzinfo)
    look_for_work.using(run_after=later, key=f"{ORDER}:{number}").enqueue()


@task(kind=Kind.LONG, label=_("Telling other programs"), max_attempts=5)
def send() -> int:
    """Send what is due; gives how many requests there were."""
    if held():
        return 0
    count, until = 0, monotonic() + BUDGET
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="hooks") as pool:
        trips = Trips(pool)
        while True:
            progress.check()
            open_still = monotonic() < until
            while open_still and len(trips.going) < AT_ONCE:
                request = next_request(trips.full())
                if request is None:
                    break
                trips.begin(request)
                count += 1
            if not trips.going:
                break
            for request, answer in trips.over(1.0):
                settle(request, answer, timezone.now())
    if monotonic() >= until and due(timezone.now()).exists():
        wake()
    return count


@task()
def look_for_work() -> None:
    """Begin to send where something is due and nobody is at it: after a pause, after a killed worker."""
    if not held() and due(timezone.now()).exists():
        send.using(order_key=ORDER).enqueue()


schedule(ORDER, look_for_work, "every 1m")


def due(now: datetime) -> Any:
    """What may be sent now: the first of its lane, to a receiver that is not left alone. The oldest first."""
    earlier = Delivery.objects.filter(
        webhook_id=OuterRef("webhook_id"), state=DeliveryState.WAITING, pk__lt=OuterRef("pk")
    )
    alone = Line.objects.filter(pk=OuterRef("webhook_id"), not_before__gt=now)
    batch = Q(lane="") & ~Exists(earlier)
    single = ~Q(lane="") & ~Exists(earlier.filter(lane=OuterRef("lane"))) & ~Exists(earlier.filter(lane=""))
    rows = Delivery.objects.filter(state=DeliveryState.WAITING, next_at__lte=now)
    sample = Q(change_set_id=None)  # waits for nobody
    turn = Q(webhook__status=Status.ACTIVE) & (batch | single) & ~Exists(alone)
    return rows.filter(sample | turn).order_by("next_at", "pk")


def next_request(full: set[int]) -> Request | None:
    """Claim what is due and write it; what may not be told is settled on the way."""
    while True:
        now = timezone.now()
        found: Delivery | None = due(now).exclude(webhook_id__in=full).first()
        if found is None:
            return None
        mine = Delivery.objects.filter(pk=found.pk, state=DeliveryState.WAITING, next_at=found.next_at)
        if not mine.update(next_at=now + CLAIM, attempts=found.attempts + 1):
            continue
        found.attempts += 1
        try:
            request = written(found, now)
        except Exception:
            logger.exception("Delivery %s cannot be written.", found.token)
            _end(found, DeliveryState.DEAD, _("Its contents could not be written."))
            continue
        if request is not None:
            return request


def written(delivery: Delivery, now: datetime) -> Request | None:
    """The request of a delivery, as its owner sees things now; None where nothing may be told."""
    hook = Webhook._base_manager.get(pk=delivery.webhook_id)
    owner = active_user(hook.owner_id)
    if owner is None or not owner.may(ADD):
        stop(hook, Stopped.OWNER)
        return None
    if hook.token_ref is not None and not _token_holds(hook, now):
        stop(hook, Stopped.TOKEN)
        return None
    items = _items(delivery, hook, owner)
    if not items and delivery.change_set_id is None:
        _end(delivery, DeliveryState.WITHHELD, _("There is no record yet of which a sample could tell."))
        return None
    if not items:
        _end(delivery, DeliveryState.WITHHELD, _("There is nothing of it that its owner may see."))
        return None
    body = to_json(told(delivery, hook, items))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"Coordina/{__version__}",
        "Coordina-Delivery": delivery.token,
        "Coordina-Event": delivery.event,
        "Coordina-Attempt": str(delivery.attempts),
        "Coordina-Signature": signature(body, secrets_of(line_of(hook.pk), now), now),
    }
    return Request(delivery, hook, body, headers)


def _token_holds(hook: Webhook, now: datetime) -> bool:
    """Whether the token by which a program made a webhook is still good."""
    row = Token._base_manager.filter(pk=hook.token_ref or 0, owner_id=hook.owner_id, writes=True).first()
    return row is not None and (row.expires_on is None or row.expires_on >= company_day(now))


def _items(delivery: Delivery, hook: Webhook, owner: User) -> list[Item]:
    known = TYPES.get(delivery.noun)
    if known is None:
        return []
    if delivery.change_set_id is None:
        return samples(hook, owner, known, delivery.event, 1)
    return items_of(delivery, hook, owner, known)


def told(delivery: Delivery, hook: Webhook, items: list[Item]) -> Any:
    """What the body says: an envelope; or for no-code tools the event alone, a list where there are several."""
    if hook.shape == Shape.PLAIN:
        return items[0] if len(items) == 1 else items
    test = {"test": True} if delivery.change_set_id is None else {}
    return {"delivery": delivery.token, "webhook": hook.pk, **test, "events": items}


def send_sample(hook: Webhook) -> str:
    """Let a sample of a webhook's first event be sent, whether it is active or not; gives the id of the delivery."""
    known = TYPES[first_noun(hook.events)]
    last = hook.events[0].partition(".")[2] if hook.events else ""
    names = [each.name for each in happenings(known)]
    event = f"{known.name}.{last}" if f"{known.name}.{last}" in names else names[0]
    now = timezone.now()
    row = Delivery.objects.create(
        webhook_id=hook.pk, token=new_token(), event=event, noun=known.name, created_at=now, next_at=now
    )
    wake()
    return str(row.token)


# What came of it ------------------------------------------------------------------------------------------------------


def settle(request: Request, answer: Answer, now: datetime) -> None:
    """Note what came of a request, and what follows from it."""
    delivery, hook = request.delivery, request.hook
    said: dict[str, Any] = {
        "status": answer.status,
        "milliseconds": answer.milliseconds,
        "answer": answer.head,
        "body": zlib.compress(request.body),
    }
    if answer.accepted:
        _end(delivery, DeliveryState.SENT, "", **said)
        Line.objects.filter(pk=hook.pk, failing_since__isnull=False).update(
            failing_since=None, failures=0, not_before=None
        )
        return
    note = answer.fault or _("It was not taken.")
    if delivery.change_set_id is None:
        _end(delivery, DeliveryState.DEAD, note, **said)
        return
    if answer.status == 410:
        _end(delivery, DeliveryState.DEAD, _("The other side unsubscribed."), **said)
        stop(hook, Stopped.GONE)
        return
    if delivery.attempts >= MOST:
        _end(delivery, DeliveryState.DEAD, note, **said)
    else:
        again = now + pause(delivery.attempts, answer.wait)
        Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.WAITING).update(
            next_at=again, note=_source(note), **said
        )
        wake(again)
    _failed(hook, answer, now)


def pause(attempts: int, asked: int | None) -> timedelta:
    """How long a delivery waits after some attempts: doubled each time, spread by half, at most six hours."""
    usual = min(FIRST * 2 ** min(attempts - 1, 20), LONGEST) * (0.5 + randbelow(1000) / 1000)
    return max(usual, timedelta(seconds=asked)) if asked is not None else usual


def _failed(hook: Webhook, answer: Answer, now: datetime) -> None:
    """Leave a receiver alone that cannot be reached; stop a webhook that has failed for days."""
    line = line_of(hook.pk)
    line.failing_since = line.failing_since or now
    if answer.unreachable or answer.refused:
        line.failures += 1
        rest = min(FIRST * 2 ** min(line.failures - 1, 20), REST) * (0.5 + randbelow(1000) / 1000)
        line.not_before = now + max(rest, timedelta(seconds=answer.wait or 0))
    line.save(update_fields=["failing_since", "failures", "not_before"])
    give_up_failing(hook, line, now)


def _end(delivery: Delivery, state: DeliveryState, note: Text, **said: Any) -> None:
    """A delivery is over. One that was taken back meanwhile stays so, unless the receiver took it."""
    Delivery.objects.filter(pk=delivery.pk).update(state=state, note=_source(note), done_at=timezone.now(), **said)


def _source(text: Text) -> str:
    """A text as it stands in the code: it is translated when somebody reads it."""
    with translation.override(None):
        return str(text)[:300]
