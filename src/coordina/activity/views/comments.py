"""Writing, changing and deleting comments; the people one may mention; following."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coordina.activity.actions import NOT_YOURS, add_comment, delete_comment, edit_comment
from coordina.activity.following import follow as let
from coordina.activity.following import followers_of
from coordina.activity.mentions import handle_of
from coordina.activity.models import Comment
from coordina.activity.panels import around_panel, comment_panel
from coordina.activity.seeing import people_of, sees
from coordina.activity.speaking import everybody
from coordina.core.refusals import Forbidden, Refusal
from coordina.core.types import type_of
from coordina.records.panels import timeline_values
from coordina.records.views.acting import act, answered, hung, page_values, record_at, rewriting, told, url_of

OFFERED, TRIED = 8, 40


@require_POST
def comment(request: Any, url: str, pk: int) -> HttpResponse:
    """Say something about a record; a fragment where htmx asks, else back to the record."""
    record = record_at(request.user, url, pk)

    def shown() -> HttpResponse:
        values = timeline_values(record, request.user, request.formats) | dict(comment_panel(record, request.user))
        return render(request, "activity/commented.html", values | {"record": record})

    return answered(request, record, write, shown=shown, refused=lambda why: _refused(request, record, why))


def write(request: Any, record: Any) -> tuple[str, str]:
    """Write the comment that was sent.

    Returns:
        What the toast says, with whom it did not reach; and the address that undoes it.

    Raises:
        Refusal: By field.
    """
    made, undo_url = act(
        request,
        add_comment,
        once=request.POST.get("once", ""),
        text=request.POST.get("text", ""),
        subject_type=type_of(record).model._meta.label,
        subject_id=record.pk,
    )
    return said(made, _("Comment saved.")), undo_url


def said(made: Comment | None, text: str) -> str:
    """What the toast says: plainly also whom nobody told, because they do not see the record."""
    names = list(made.unreached) if made is not None else []
    if not names:
        return text
    more = ngettext(
        "%(names)s cannot see this record and was not told.",
        "%(names)s cannot see this record and were not told.",
        len(names),
    )
    return f"{text} {more % {'names': ', '.join(names)}}"


def _refused(request: Any, record: Any, refusal: Refusal) -> HttpResponse:
    """The form again, with what was typed and why it was refused."""
    errors = tuple(m for found in refusal.errors.values() for m in found)
    values = dict(comment_panel(record, request.user, text=request.POST.get("text", ""), errors=errors))
    if not request.headers.get("HX-Request"):
        return render(request, "activity/comment_page.html", values | page_values(record), status=422)
    response = render(request, "activity/comment_form.html", values, status=422)
    response["HX-Retarget"], response["HX-Reswap"] = "#comment-form", "outerHTML"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Any, pk: int) -> HttpResponse:
    """Change one's own comment."""
    found, record = hung(Comment, request.user, pk)
    if found.owner_id != request.user.pk:
        raise Forbidden(NOT_YOURS)

    def save(text: str) -> HttpResponse:
        made, undo_url = act(request, edit_comment, pk=pk, text=text)
        return told(request, record, said(made, _("Comment saved.")), undo_url)

    def show(typed: dict[str, str], status: int) -> HttpResponse:
        values = dict(comment_panel(record, request.user)) | page_values(record) | typed
        return render(request, "activity/comment_edit.html", values, status=status)

    return rewriting(request, found, save, show)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: Any, pk: int) -> HttpResponse:
    """Delete one's own comment; it can be brought back."""
    found, record = hung(Comment, request.user, pk)
    if request.method == "POST":
        _found, undo_url = act(request, delete_comment, pk=pk)
        return told(request, record, _("Comment deleted."), undo_url)
    return render(request, "activity/comment_delete.html", page_values(record) | {"comment": found})


@require_safe
def people(request: Any, url: str, pk: int) -> JsonResponse:
    """Whom one may mention on a record: only people who see it."""
    record = record_at(request.user, url, pk)
    asked = request.GET.get("q", "").strip().casefold()[:60]
    known = everybody(request.user)
    near = [each for each in known if asked in each.name.casefold() and each.pk != request.user.pk]
    near.sort(key=lambda each: not each.name.casefold().startswith(asked))
    users = {user.pk: user for user in people_of(each.pk for each in near[:TRIED])}
    seeing = [each for each in near[:TRIED] if each.pk in users and sees(users[each.pk], record)][:OFFERED]
    return JsonResponse({"people": [{"name": each.name, "handle": handle_of(each, known)} for each in seeing]})


@require_POST
def follow(request: Any, url: str, pk: int) -> HttpResponse:
    """Follow a record, or stay out of it."""
    record = record_at(request.user, url, pk)
    let(request.user, record, active=request.user.pk not in followers_of(record))
    if not request.headers.get("HX-Request"):
        following = request.user.pk in followers_of(record)
        text = _("You follow this record.") if following else _("You do not follow this record any more.")
        messages.success(request, text)
        return redirect(url_of(record))
    return render(request, "activity/around.html", {"record": record, **around_panel(record, request.user)})
