"""What a webhook's page shows: how its receiver does, what was sent last, its secret."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordina.accounts.models import User
from coordina.core.panels import PANELS, Panel
from coordina.core.visibility import covers
from coordina.hooks.actions import CHANGE
from coordina.hooks.log import lines_of, recent
from coordina.hooks.models import Line, Webhook
from coordina.records.timeline import current_formats

SHOWN = 5
LASTING = timedelta(minutes=10)
"""A receiver that fails for less is no trouble yet."""


def deliveries(hook: Webhook, user: User) -> Mapping[str, Any]:
    """The last deliveries, and whether the receiver is in trouble."""
    formats = current_formats()
    line = Line.objects.filter(pk=hook.pk).first()
    failing = line.failing_since if line is not None else None
    if failing is not None and timezone.now() - failing < LASTING:
        failing = None
    return {
        "hook": hook,
        "lines": lines_of(recent(hook)[:SHOWN], formats),
        "failing": formats.relative(failing, timezone.now()) if failing is not None else "",
        "own": hook.owner_id == user.pk and covers(hook, user, CHANGE),
    }


def secret(hook: Webhook, user: User) -> Mapping[str, Any]:
    """Whether the secret can be shown still."""
    line = Line.objects.filter(pk=hook.pk).first()
    own = hook.owner_id == user.pk and covers(hook, user, CHANGE)
    return {"hook": hook, "own": own, "shown": line is not None and line.shown}


PANELS.add(
    "webhook-deliveries",
    Panel("webhook.main", _("Deliveries"), Webhook.view_permission(), "hooks/deliveries_panel.html", deliveries),
)
PANELS.add(
    "webhook-secret",
    Panel("webhook.side", _("Signature"), Webhook.view_permission(), "hooks/secret_panel.html", secret),
)
