"""Outgoing mail, for those who look after it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from coordina.activity.mail import cancel, configured, page, release, send
from coordina.activity.models import Mail, MailState
from coordina.activity.outgoing import MAIL, PAGE, counts, lines_of, text_for, trouble
from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import Forbidden, NotFound

ORDER = (MailState.WAITING, MailState.FAILED, MailState.HELD, MailState.SENT, MailState.CANCELLED)


def need(request: Any) -> None:
    """Refuse who does not look after mail.

    Raises:
        Forbidden: Then.
    """
    if not request.user.may(MAIL):
        raise Forbidden


@require_safe
def outgoing(request: Any) -> HttpResponse:
    """Mails, newest first, all or of one state."""
    need(request)
    state, before = request.GET.get("state", ""), parse_id(request.GET.get("before", ""))
    rows = Mail.objects.filter(state=state) if state in MailState.values else Mail.objects.all()
    rows = rows.filter(pk__lt=before) if before is not None else rows
    found = list(rows.order_by("-pk")[: PAGE + 1])
    known = counts()
    values = {
        "lines": lines_of(found[:PAGE], request.user, request.formats),
        "next": found[PAGE - 1].pk if len(found) > PAGE else None,
        "chips": [(each.value, each.label, known.get(each.value, 0), each.value == state) for each in ORDER],
        "state": state,
        "trouble": trouble(),
        "configured": configured(),
        "stuck": known.get(MailState.FAILED, 0) + known.get(MailState.HELD, 0),
    }
    return render(request, "activity/outgoing.html", values)


@require_safe
def one(request: Any, pk: int) -> HttpResponse:
    """One mail, with its text as far as the reader may see it."""
    need(request)
    mail = Mail.objects.filter(pk=pk).first()
    if mail is None:
        raise NotFound
    (line,) = lines_of([mail], request.user, request.formats)
    values = {"mail": mail, "line": line, "text": text_for(mail, request.user), "configured": configured()}
    return render(request, "activity/outgoing_one.html", values)


@require_POST
def change(request: Any) -> HttpResponse:
    """Send mails again, or stop them: one, or all that failed or are kept."""
    need(request)
    only, do = parse_id(request.POST.get("pk", "")), request.POST.get("do", "")
    stuck = Mail.objects.filter(state__in=(MailState.FAILED, MailState.HELD)).order_by("pk")
    keys = [only] if only is not None else list(stuck.values_list("pk", flat=True)[:5000])
    if do == "cancel" and only is not None:
        count = cancel(keys)
        messages.success(request, _("It is not sent.") if count else _("It has left already."))
    elif not configured():
        messages.warning(request, _("There is no mail server: set EMAIL_URL and start Coordina again."))
    else:
        count = release(keys, at=timezone.now())
        text = ngettext("%(count)s e-mail is being sent.", "%(count)s e-mails are being sent.", count)
        messages.success(request, text % {"count": count})
    return redirect("activity:outgoing")


@require_POST
def test(request: Any) -> HttpResponse:
    """Send a mail to oneself."""
    need(request)
    told = page(_("This is a test. If you can read it, Coordina can send e-mails."))
    mail = send(to=request.user, subject=_("Test of Coordina"), by=request.user, **told)
    if mail is None:
        messages.warning(request, _("You have no e-mail address: write one into your user first."))
    else:
        messages.success(request, _("A test to %(address)s stands first in the list.") % {"address": mail.address})
    return redirect("activity:outgoing")
