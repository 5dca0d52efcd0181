"""What web forms show: on their own page how they look and what came of them, on a lead's page where it came from."""

from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coordina.core.panels import PANELS, Panel
from coordina.leads.models import Lead
from coordina.pipeline.calendar import formats_here
from coordina.web.listpage import capital
from coordina.webforms.asking import missing_from
from coordina.webforms.embedding import address_of, plain, snippet
from coordina.webforms.models import ConsentGiven, LeadOrigin, Submission, WebForm
from coordina.webforms.publicform import PublicForm
from coordina.webforms.queries import figures_of
from coordina.webforms.records import SORT

NEWEST = 5


def preview(form: WebForm, user: Any) -> Mapping[str, Any]:
    """The form as people outside see it now, in its own language."""
    with translation.override(form.language):
        drawn = PublicForm(form, at=timezone.now())
        lines = plain(form, drawn) if user.may(WebForm.permission("change")) else ""
        shown = {"form": drawn, "form_record": form}
        body, send = render_to_string("webforms/fields.html", shown), form.button or gettext("Send")
    missing = [capital(field.label) for field in missing_from(form)]
    return {
        "form_record": form,
        "body": body,
        "send": send,
        "address": address_of(form),
        "snippet": snippet(form),
        "plain": lines,
        "missing": missing,
        "sites": form.origins,
        "keeps": user.may(WebForm.permission("change")),
    }


def figures(form: WebForm, user: Any) -> Mapping[str, Any]:
    """What came of a form, and its newest leads as far as the reader sees them."""
    formats = formats_here("")
    rows = LeadOrigin.objects.visible_to(user).filter(form=form).select_related("lead").order_by("-pk")[:NEWEST]
    leads = [
        (
            reverse("web:detail", args=("leads", row.lead_id)),
            row.lead.title,
            formats.relative(row.sent_at, timezone.now()),
        )
        for row in rows
    ]
    count = Submission.objects.put_aside().filter(form_id=form.pk).count() if user.may(SORT) else 0
    found = figures_of(form, user)
    pairs = [(_("Submissions"), found.sent), (_("Leads"), found.leads)]
    pairs += [(_("Confirmed"), found.confirmed)] if form.double_opt_in or found.confirmed else []
    pairs += [(_("Discarded"), found.discarded)]
    return {
        "figures": [(label, formats.integer(number)) for label, number in pairs],
        "leads": leads,
        "discarded_url": f"{reverse('webforms:discarded')}?form={form.pk}" if count else "",
        "discarded": formats.integer(count),
    }


def origin(lead: Lead, user: Any) -> Mapping[str, Any]:
    """Which form a lead came by, and the proof of what was agreed to."""
    formats = formats_here("")
    row = LeadOrigin.objects.visible_to(user).filter(lead=lead).select_related("form").order_by("pk").first()
    if row is None:
        return {}
    boxes = ConsentGiven.objects.visible_to(user).filter(lead=lead).order_by("pk")
    return {
        "origin": row,
        "form_url": reverse("web:detail", args=("web-forms", row.form_id))
        if user.may(WebForm.view_permission())
        else "",
        "sent": formats.exact(row.sent_at),
        "confirmed": formats.exact(row.confirmed_at) if row.confirmed_at else "",
        "consents": [(box, formats.exact(box.given_at)) for box in boxes],
    }


for _name, _panel in {
    "web-form-preview": Panel(
        "web_form.main", _("Preview"), WebForm.view_permission(), "webforms/preview.html", preview, order=10
    ),
    "web-form-figures": Panel(
        "web_form.side", _("What came of it"), WebForm.view_permission(), "webforms/figures.html", figures, order=10
    ),
    "lead-web-form": Panel(
        "lead.side", _("Came by a form"), Lead.view_permission(), "webforms/origin.html", origin, order=30
    ),
}.items():
    PANELS.add(_name, _panel)
