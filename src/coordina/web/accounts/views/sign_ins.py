"""What happened at the door to everybody, for who looks after access."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from coordina.accounts import trail
from coordina.accounts.actions import MANAGE_ACCESS
from coordina.accounts.models import Happening, User
from coordina.core.actors import Reach
from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import Forbidden
from coordina.web.accounts.security import told

PAGE = 50


@require_safe
def sign_ins(request: Any) -> HttpResponse:
    """Signs-in, failures and changes of factors, the newest first; of one person or of one kind where that is asked."""
    if not request.user.may(MANAGE_ACCESS):
        raise Forbidden
    what = request.GET.get("what", "")
    kinds = [what] if what in Happening.values else []
    one, before = parse_id(request.GET.get("user", "")), parse_id(request.GET.get("before", ""))
    rows = trail.events(what=kinds, user=one)
    if request.user.reach[MANAGE_ACCESS] != Reach.ALL:
        rows = rows.filter(user__in=User.objects.within(request.user, MANAGE_ACCESS).order_by().values("pk"))
    found = list((rows.filter(pk__lt=before) if before else rows)[: PAGE + 1])
    person = User.objects.visible_to(request.user).filter(pk=one).first() if one else None
    values = {
        "events": [told(event, request) for event in found[:PAGE]],
        "kinds": Happening.choices,
        "what": kinds[0] if kinds else "",
        "person": person,
        "more": found[PAGE - 1].pk if len(found) > PAGE else None,
    }
    return render(request, "web/accounts/sign_ins.html", values)
