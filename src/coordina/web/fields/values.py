"""What the values of fields go through: other data become a field, a type changes, an option gives way."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from coordina.core.refusals import Forbidden, NotFound, Refusal
from coordina.records.fields import steps
from coordina.records.fields.jobs import count_other
from coordina.records.models import CustomField, FieldKind, FieldWork
from coordina.web.context import follow_job
from coordina.web.fields.showing import sees_all
from coordina.web.fields.views import field_of_page, noun_of


@require_POST
def count(request: Any, noun: str) -> HttpResponse:
    """Count the headings of other data anew."""
    known = noun_of(request, noun)
    made = count_other.using(by=request.user.pk).enqueue(known.name)
    follow_job(request, int(made.id))
    messages.success(request, _("Other data are being counted."))
    return redirect("web:fields_of", noun)


@require_http_methods(["GET", "HEAD", "POST"])
def adopt_page(request: Any, noun: str) -> HttpResponse:
    """Make a field of what stands under a heading; the name and the type are proposed."""
    known = noun_of(request, noun)
    key = request.POST.get("key", "") or request.GET.get("key", "")
    if not request.user.may(CustomField.permission("add")) or not sees_all(request.user, known):
        raise Forbidden
    said, problem = steps.guessed(noun, key), ""
    if request.method == "POST":
        try:
            label, kind = request.POST.get("label", ""), request.POST.get("kind", "")
            work = steps.adopt(noun, key, request.user, label=label, kind=kind)
            follow_job(request, int(work.job_id or 0))
            return redirect("web:field", work.field_id)
        except Refusal as refusal:
            problem = " ".join(text for texts in refusal.errors.values() for text in texts)
    kinds = [(k.value, k.label) for k in FieldKind if k != FieldKind.REF]
    values = {"known": known, "key": key, "said": said, "kinds": kinds, "problem": problem}
    values["label"] = request.POST.get("label", key)
    return render(request, "web/fields/adopt.html", values, status=422 if problem else 200)


@require_POST
def change_type(request: Any, pk: int) -> HttpResponse:
    """See whether the values of a field fit another type."""
    field = field_of_page(request, pk)
    need_change(request)
    work = steps.look_at_kind(field, request.POST.get("kind", ""), request.user)
    follow_job(request, int(work.job_id or 0))
    return redirect("web:field", pk)


@require_POST
def replace_option(request: Any, pk: int) -> HttpResponse:
    """Give all records that have one option another one."""
    field = field_of_page(request, pk)
    need_change(request)
    work = steps.replace_everywhere(field, request.POST.get("old", ""), request.POST.get("new", ""), request.user)
    follow_job(request, int(work.job_id or 0))
    return redirect("web:field", pk)


@require_POST
def go(request: Any, pk: int) -> HttpResponse:
    """Convert what was looked at."""
    need_change(request)
    work = FieldWork.objects.select_related("field").filter(pk=pk).first()
    if work is None:
        raise NotFound
    steps.go_on(work, request.user)
    work.refresh_from_db()
    follow_job(request, int(work.job_id or 0))
    return redirect("web:field", work.field_id)


def need_change(request: Any) -> None:
    """Refuse who may not change fields."""
    if not request.user.may(CustomField.permission("change")):
        raise Forbidden
