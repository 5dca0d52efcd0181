"""The pages that people outside open: the form, and the link of a mail."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from coordina.accounts import definitions
from coordina.webforms import answers
from coordina.webforms.asking import form_of, open_form
from coordina.webforms.receiving import confirm, expired, found_by


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def form_page(request: Any, slug: str) -> HttpResponse:
    """A form, to be filled in by anybody; its mark stands for the CSRF cookie that a page inside another has not."""
    definitions.agree()
    form = open_form(slug)
    if form is None:
        return answers.shown(request, None, "closed", {}, 404)
    with translation.override(form.language):
        return answers.taken(request, form) if request.method == "POST" else answers.empty_form(request, form)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_page(request: Any) -> HttpResponse:
    """The link of a mail: opened it shows a button, and only the button confirms."""
    definitions.agree()
    token = (request.POST if request.method == "POST" else request.GET).get("k", "")[:100]
    sent, at = found_by(token), timezone.now()
    form = form_of(sent) if sent is not None else None
    if sent is None or form is None or expired(sent, at):
        return answers.shown(request, None, "confirm", {"stage": "late"}, 410)
    with translation.override(form.language):
        if request.method == "POST":
            confirm(sent, at)
        done = request.method == "POST" or sent.state != "waiting"
        return answers.shown(request, form, "confirm", {"stage": "done" if done else "ask", "token": token})
