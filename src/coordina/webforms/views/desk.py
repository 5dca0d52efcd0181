"""What web forms put aside, for those who sort it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import Forbidden, NotFound, Refusal
from coordina.leads.models import Lead
from coordina.ledger.change_sets import just_written
from coordina.ledger.doors import perform
from coordina.webforms.actions import take_up
from coordina.webforms.lines import PAGE, lines_of
from coordina.webforms.models import Submission, WebForm
from coordina.webforms.records import SORT


@require_safe
def discarded_page(request: Any) -> HttpResponse:
    """Submissions that were put aside, newest first, all or those of one form."""
    if not request.user.may(SORT):
        raise Forbidden
    form, before = parse_id(request.GET.get("form", "")), parse_id(request.GET.get("before", ""))
    rows = Submission.objects.put_aside().filter(**({"form_id": form} if form is not None else {}))
    found = list((rows.filter(pk__lt=before) if before is not None else rows).order_by("-pk")[: PAGE + 1])
    values = {
        "lines": lines_of(found[:PAGE], request.user, request.formats),
        "next": found[PAGE - 1].pk if len(found) > PAGE else None,
        "form": WebForm.objects.visible_to(request.user).filter(pk=form or 0).first(),
    }
    return render(request, "webforms/discarded.html", values)


@require_POST
def take_page(request: Any, pk: int) -> HttpResponse:
    """Make a lead of one of them."""
    sent, at = Submission.objects.filter(pk=pk).first(), timezone.now()
    form = WebForm.objects.visible_to(request.user).filter(pk=sent.form_id if sent else 0).first()
    if sent is None or form is None or not request.user.may(SORT):
        raise NotFound
    try:
        lead = perform(take_up, via="web")(form=form, submission=pk, by=request.user, at=at)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return redirect("webforms:discarded")
    wrote = just_written(request.user, at)
    undo = f"undo:{reverse('web:undo', args=(wrote.pk,))}" if wrote is not None else ""
    messages.success(request, _("It is a lead now: %(title)s") % {"title": lead.title}, extra_tags=undo)
    seen = Lead.objects.visible_to(request.user).filter(pk=lead.pk).exists()
    return redirect("web:detail", "leads", lead.pk) if seen else redirect("webforms:discarded")
