"""Looking after webhooks: stopping those that cannot go on, sending again, forgetting what was long ago."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from coordina.accounts.quarantine import QUEUES, Queue
from coordina.activity.kinds import KINDS, Kind
from coordina.activity.models import How
from coordina.activity.notifications import tell
from coordina.hooks.models import Delivery, DeliveryState, Due, Line, Status, Stopped, Webhook
from coordina.ledger.change_sets import change_set
from coordina.ledger.models import ChangeSet
from coordina.ledger.queue import schedule, task
from coordina.ledger.undo import AFTERMATHS, Aftermath

STOPPED = "hooks.stopped"
KINDS.add(STOPPED, Kind(_("Webhooks that were stopped"), "plug", How.MAIL, Webhook.view_permission(), 95))

PATIENCE = timedelta(days=3)
"""How long a receiver may fail before its webhook is stopped."""
KEPT = timedelta(days=30)
"""How long the log says what was sent."""
AGAIN_MOST = 10_000
"""Deliveries that are sent again at once."""
OVER = (DeliveryState.SENT, DeliveryState.DEAD)
"""States of deliveries that may be sent again."""


def stop(hook: Webhook, why: Stopped) -> None:
    """Switch a webhook off and tell its owner. What waits is dropped, unless the receiver may come back."""
    now = timezone.now()
    with change_set(by=None, at=now, via="system", action="hooks.stop_webhook"):
        row: Webhook | None = Webhook.objects.locked().filter(pk=hook.pk, status=Status.ACTIVE).first()
        if row is not None:
            row.status, row.stopped = Status.PAUSED, why
            row.save()
            owner = [row.owner_id]
            tell(owner, kind=STOPPED, text=lambda user: _said(row, why), about=row, key=f"{STOPPED}:{row.pk}:{now}")
        if why != Stopped.FAILING:
            state = DeliveryState.WITHHELD if why in (Stopped.OWNER, Stopped.TOKEN) else DeliveryState.CANCELLED
            waiting = Delivery.objects.filter(webhook_id=hook.pk, state=DeliveryState.WAITING)
            waiting.update(state=state, done_at=now, note=_NOTES[why])


_NOTES = {
    Stopped.OWNER: gettext_noop("Its owner may not keep webhooks any more."),
    Stopped.TOKEN: gettext_noop("The token that made it has ended."),
    Stopped.GONE: gettext_noop("The other side unsubscribed."),
}
"""As they stand in the code: they are translated when somebody reads them."""


def _said(hook: Webhook, why: Stopped) -> str:
    text = gettext("The webhook “%(name)s” was stopped: %(why)s.")
    label = str(Stopped(why).label)
    return text % {"name": hook.name, "why": label[:1].lower() + label[1:]}


def give_up_failing(hook: Webhook, line: Line, now: datetime) -> None:
    """Stop a webhook whose receiver has taken nothing for days."""
    if line.failing_since is not None and now - line.failing_since > PATIENCE:
        stop(hook, Stopped.FAILING)


def send_again(hook: Webhook, *, only: str = "", since: datetime | None = None) -> int:
    """Send deliveries again under their own ids: one, or all since a time. Gives how many."""
    from coordina.hooks.sending import wake

    rows = Delivery.objects.filter(webhook_id=hook.pk, state__in=OVER, change_set_id__isnull=False)
    rows = rows.filter(token=only) if only else rows.filter(created_at__gte=since)
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:AGAIN_MOST])
    now = timezone.now()
    count = Delivery.objects.filter(pk__in=keys).update(
        state=DeliveryState.WAITING, attempts=0, next_at=now, done_at=None, note=""
    )
    if count:
        Line.objects.filter(pk=hook.pk).update(not_before=None)
        wake()
    return count


def recall(change_set_id: int) -> None:
    """Take back what a change set was about to tell: it is being undone."""
    Due.objects.filter(change_set_id=change_set_id).delete()
    waiting = Delivery.objects.filter(change_set_id=change_set_id, state=DeliveryState.WAITING)
    waiting.update(state=DeliveryState.CANCELLED, done_at=timezone.now(), note=gettext_noop("The change was undone."))


def left(change_set_id: int) -> list[str]:
    """That other programs have been told."""
    told = Delivery.objects.filter(change_set_id=change_set_id, state=DeliveryState.SENT)
    return [gettext("Other programs have been told of it already.")] if told.exists() else []


AFTERMATHS.add("hooks", Aftermath(recall, left))


# After a restore ------------------------------------------------------------------------------------------------------


def _waiting(before: datetime | None) -> Any:
    """Deliveries that go out by themselves, of what happened before a moment or all."""
    rows = Delivery.objects.filter(state=DeliveryState.WAITING)
    if before is None:
        return rows
    old = ChangeSet.objects.filter(pk=OuterRef("change_set_id"), at__lt=before)
    return rows.filter(Exists(old) | Q(change_set_id=None, created_at__lt=before))


def _ungathered(before: datetime | None) -> Any:
    """Change sets of which nobody has been told, and of which deliveries will yet be made."""
    if before is None:
        return Due.objects.all()
    return Due.objects.filter(Exists(ChangeSet.objects.filter(pk=OuterRef("change_set_id"), at__lt=before)))


def _count(before: datetime | None) -> int:
    return int(_waiting(before).count() + _ungathered(before).count())


def _drop(before: datetime | None) -> int:
    count = int(_ungathered(before).delete()[0])
    note = gettext_noop("It was dropped after a restore.")
    return count + int(_waiting(before).update(state=DeliveryState.CANCELLED, done_at=timezone.now(), note=note))


def _wake() -> None:
    from coordina.hooks.sending import wake

    wake()


QUEUES.add("hooks", Queue(_("Calls of other programs"), _count, _drop, _wake, ("web:list", ["webhooks"])))


@task()
def forget() -> int:
    """Remove what the log need not say any more; gives how much."""
    old = Delivery.objects.filter(created_at__lt=timezone.now() - KEPT).exclude(state=DeliveryState.WAITING)
    return int(old.delete()[0])


schedule("hooks.forget", forget, "20 4 * * *")
