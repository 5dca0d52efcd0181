"""The settings page of the letterhead, with what it looks like as one types."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from coordina.core.actions import of, standard
from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import Forbidden, Refusal
from coordina.core.types import type_of
from coordina.documents.actions import CHANGE, put_logo, remove_logo
from coordina.documents.forms import TEXTS, LetterheadForm
from coordina.documents.letterheads import the_letterhead
from coordina.documents.models import Letterhead
from coordina.documents.papers import letter_picture, sample
from coordina.documents.rendering import NotMade
from coordina.ledger.doors import submit
from coordina.records.files import discard, keep


@require_http_methods(["GET", "HEAD", "POST"])
def letterhead_page(request: Any) -> HttpResponse:
    """Write the letterhead."""
    need(request)
    letterhead = the_letterhead()
    form = LetterheadForm(request.POST or None, request.FILES or None, letterhead=letterhead)
    if request.method == "POST" and form.is_valid() and saved(request, form, letterhead):
        messages.success(request, _("Letterhead saved."))
        return redirect("documents:letterhead")
    typed = {name: form[name].value() or "" for name in (*TEXTS, "country")}
    values = {"form": form, "version": letterhead.version or "", "logo": letterhead.logo_name}
    values |= {"picture": picture_url(typed)}
    return render(request, "documents/letterhead.html", values, status=422 if form.errors else 200)


@require_safe
def preview(request: Any) -> HttpResponse:
    """The part of the page that shows it, for what is typed now."""
    need(request)
    return render(request, "documents/preview.html", {"picture": picture_url(request.GET)})


@require_safe
def picture(request: Any) -> HttpResponse:
    """The first page of a letter under what the address says; nothing of it is kept."""
    need(request)
    letterhead, known = the_letterhead(), type_of(Letterhead).fields
    for name in (*TEXTS, "country"):
        setattr(letterhead, name, request.GET.get(name, "")[: known[name].max_length])
    locale = get_language() or "es"
    try:
        made = letter_picture(locale, sample(locale), letterhead)
    except NotMade:
        return HttpResponse(status=503)
    answer = HttpResponse(made, content_type="image/png")
    answer["Cache-Control"] = "private, no-store"
    return answer


def need(request: Any) -> None:
    """Refuse whoever does not look after it."""
    if not request.user.may(CHANGE):
        raise Forbidden


def picture_url(typed: Any) -> str:
    """The address of the preview of what is typed."""
    given = {name: typed.get(name, "") for name in (*TEXTS, "country") if typed.get(name)}
    return f"{reverse('documents:picture')}?{urlencode(given)}"


def saved(request: Any, form: LetterheadForm, letterhead: Letterhead) -> bool:
    """Write what was typed, then the logo; what was refused stands at its field."""
    try:
        kept = write(request, form.values, letterhead)
        settle_logo(request, form, kept)
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        form.told(refusal)
        return False
    return True


def write(request: Any, values: dict[str, str], letterhead: Letterhead) -> Letterhead:
    """Make or change the row; unchanged, nothing is written."""
    user, at = request.user, timezone.now()
    if letterhead.pk is None:
        made = standard(Letterhead, "create")
        assert made is not None
        found: Letterhead = submit(made, values, by=user, via="web", at=at)
        return found
    changed = {name: value for name, value in values.items() if getattr(letterhead, name) != value}
    edit = standard(Letterhead, "edit")
    assert edit is not None
    version = parse_id(request.POST.get("version", ""))
    if changed:
        submit(edit, changed, by=user, via="web", pk=letterhead.pk, version=version, at=at)
    return letterhead


def settle_logo(request: Any, form: LetterheadForm, kept: Letterhead) -> None:
    """Take the logo away or put the one that came; bytes that are refused go again."""
    given = form.cleaned_data.get("logo")
    if given is None:
        if form.cleaned_data.get("no_logo"):
            submit(of(remove_logo), {}, by=request.user, via="web", pk=kept.pk, at=timezone.now())
        return
    ticket = keep(given.chunks())
    try:
        data = {"ticket": ticket, "name": given.name or ""}
        submit(of(put_logo), data, by=request.user, via="web", pk=kept.pk, at=timezone.now())
    except Refusal:
        discard(ticket)
        raise
