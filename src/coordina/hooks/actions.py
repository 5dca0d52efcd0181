"""Every write of webhooks: making one, changing it, ending it.

A webhook sends what its owner may see, so nobody but the owner says where to and of what; whoever else looks after
webhooks may pause them and end them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from coordina.accounts.models import User
from coordina.activity.news import zone_of
from coordina.core.actions import action
from coordina.core.filters import Asker, BadFilter, compile_filter, parse
from coordina.core.refusals import Conflict, Refusal
from coordina.core.types import TYPES
from coordina.hooks.addresses import LONGEST, BadAddress, place_of
from coordina.hooks.models import Shape, Status, Stopped, Webhook
from coordina.hooks.names import nouns_of, unknown_in
from coordina.hooks.signing import line_of
from coordina.records.vocabularies import vocabulary_of

ADD, CHANGE, END = (Webhook.permission(verb) for verb in ("add", "change", "delete"))
MOST = 500
"""Webhooks of one company."""
MOST_EVENTS = 200
OWNER_ONLY = _("It sends what its owner may see, so only they change it.")
Name = Annotated[str, Field(min_length=1, max_length=80)]
Address = Annotated[str, Field(min_length=1, max_length=LONGEST)]
Events = list[Annotated[str, Field(max_length=120)]]
Filter = Annotated[str, Field(max_length=2000)]


@action(Webhook, permission=ADD, label=_("Make a webhook"), verb="create", icon="plug", private=True)
def make_webhook(
    *,
    name: Name,
    address: Address,
    events: Events,
    filter: Filter = "",
    shape: str = Shape.ENVELOPE,
    token_ref: int | None = None,
    by: User,
    at: datetime,
) -> Webhook:
    """Tell another program of events, with one's own sight and reach.

    Args:
        name: What it is for.
        address: Where to send.
        events: Names of events.
        filter: Only records that meet it.
        shape: What a request holds.
        token_ref: Id of the token by which a program asks for it.

    Raises:
        Refusal: For an address, events or a filter that cannot be, and more webhooks than there may be.
    """
    if Webhook._base_manager.count() >= MOST:
        raise Refusal("most", _("There are very many webhooks. End one that is not used any more."), status=409)
    made = Webhook(
        name=name,
        address=checked_address(address),
        events=checked_events(events),
        filter=checked_filter(filter, events, by, at),
        shape=Shape(shape),
        token_ref=token_ref,
        owner=by,
    )
    made.save()
    line_of(made.pk)
    return made


@action(Webhook, permission=CHANGE, label=_("Edit"), verb="edit", icon="edit", private=True)
def change_webhook(
    *,
    webhook: Webhook,
    name: Name | None = None,
    address: Address | None = None,
    events: Events | None = None,
    filter: Filter | None = None,
    seen: int | None = None,
    by: User,
    at: datetime,
) -> Webhook:
    """Change what a webhook is called, where it sends and of what; what is not given stays.

    Args:
        seen: The version that was seen; it must still be that one.

    Raises:
        Conflict: When somebody changed it meanwhile.
        Refusal: For somebody else's, and for what cannot be.
    """
    if seen is not None and seen != webhook.version:
        raise Conflict
    webhook.name = name if name is not None else webhook.name
    if webhook.owner_id != by.pk and (address, events, filter) != (None, None, None):
        raise Refusal("owner", OWNER_ONLY, status=403)
    if address is not None:
        webhook.address = checked_address(address)
    if events is not None:
        webhook.events = checked_events(events)
    if events is not None or filter is not None:
        text = webhook.filter if filter is None else filter
        webhook.filter = checked_filter(text, webhook.events, by, at)
    webhook.save()
    return webhook


@action(
    Webhook,
    permission=CHANGE,
    label=_("Pause"),
    icon="player-pause",
    lifecycle=((Status.ACTIVE,), Status.PAUSED),
    private=True,
)
def pause_webhook(*, webhook: Webhook, by: User, at: datetime) -> Webhook:
    """Send nothing for now; what happens meanwhile is not told later."""
    webhook.status, webhook.stopped = Status.PAUSED, Stopped.NOT
    webhook.save()
    return webhook


@action(
    Webhook,
    permission=CHANGE,
    label=_("Resume"),
    icon="player-play",
    lifecycle=((Status.PAUSED,), Status.ACTIVE),
    primary=True,
    private=True,
)
def resume_webhook(*, webhook: Webhook, by: User, at: datetime) -> Webhook:
    """Send again from now on. Only its owner: it sends what they may see.

    Raises:
        Refusal: For somebody else's.
    """
    if webhook.owner_id != by.pk:
        raise Refusal("owner", OWNER_ONLY, status=403)
    webhook.status, webhook.stopped = Status.ACTIVE, Stopped.NOT
    webhook.save()
    line = line_of(webhook.pk)
    line.failing_since, line.failures, line.not_before = None, 0, None
    line.save(update_fields=["failing_since", "failures", "not_before"])
    return webhook


@action(
    Webhook,
    permission=END,
    label=_("End the webhook"),
    verb="delete",
    icon="trash",
    danger=True,
    private=True,
    undoable=False,
    warning=_("Its secret and the log of what was sent go with it; this cannot be undone."),
)
def end_webhook(*, webhook: Webhook, by: User, at: datetime) -> Webhook:
    """End a webhook at once; that it was there stays in the history."""
    webhook.delete()
    return webhook


def checked_address(text: str) -> str:
    """An address as it is kept.

    Raises:
        Refusal: At the field.
    """
    text = text.strip()
    try:
        place_of(text, settings.WEBHOOKS_PRIVATE)
    except BadAddress as bad:
        raise Refusal("address", bad.message, field="address") from None
    return text


def checked_events(names: Sequence[str]) -> list[str]:
    """Events as they are kept, each once.

    Raises:
        Refusal: At the field.
    """
    kept = list(dict.fromkeys(names))
    if not kept:
        raise Refusal("events", _("Choose at least one event."), field="events")
    if len(kept) > MOST_EVENTS or unknown_in(kept):
        raise Refusal("events", _("There is no such event."), field="events")
    return kept


def checked_filter(text: str, events: Sequence[str], by: User, at: datetime) -> str:
    """A filter as it is kept, read as its owner may filter.

    Raises:
        Refusal: At the field.
    """
    text = text.strip()
    if not text:
        return ""
    nouns = nouns_of(events)
    if len(nouns) != 1:
        raise Refusal("filter", _("A filter needs events of one kind of record only."), field="filter")
    try:
        compile_filter(parse(text), vocabulary_of(TYPES[nouns[0]]), Asker(user=by, now=at, time_zone=zone_of(by)))
    except BadFilter as bad:
        raise Refusal("filter", str(bad), field="filter") from None
    return text
