"""What is held back after a restore, and letting it go."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from coordina.accounts.quarantine import QUEUES, Waiting, release_outgoing
from coordina.ledger.doors import perform
from coordina.web.system.views import need


@require_safe
def held_page(request: Any) -> HttpResponse:
    """How much waits, from the backup and since, and what may become of it."""
    need(request)
    since, formats = request.organization.held_since, request.formats
    queues = []
    for queue in QUEUES:
        old, whole = (queue.waiting(since), queue.waiting(None)) if since is not None else (0, 0)
        url = reverse(queue.page[0], args=queue.page[1])
        queues.append((queue.label, formats.integer(old), formats.integer(whole - old), url))
    values = {"since": formats.exact(since), "queues": queues, "choices": Waiting.choices}
    return render(request, "web/system/held.html", values)


@require_POST
def release(request: Any) -> HttpResponse:
    """Let messages leave again."""
    need(request)
    typed = request.POST.get("waiting", "")
    chosen = Waiting(typed) if typed in Waiting.values else Waiting.DROP_OLD
    perform(release_outgoing, via="web")(
        organization=request.organization, waiting=chosen, by=request.user, at=timezone.now()
    )
    messages.success(request, _("Messages leave again."))
    return redirect("web:system")
