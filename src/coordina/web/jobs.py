"""Following a job: its page, its state for scripts, and stopping it."""

from typing import Any

from django.http import HttpResponse, HttpResponseNotModified, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from coordina.core.refusals import NotFound
from coordina.ledger.models.jobs import JobState
from coordina.ledger.queue import JobStatus, cancel, job_status

STATES = {
    JobState.READY: "waiting",
    JobState.RUNNING: "running",
    JobState.DONE: "done",
    JobState.DEAD: "failed",
    JobState.CANCELLED: "stopped",
}


def _job(request: Any, pk: int) -> JobStatus:
    found = job_status(pk, request.user)
    if found is None:
        raise NotFound
    return found


def _result_url(request: Any, job: JobStatus) -> str:
    """Where the result is; only addresses of ours."""
    url = job.result.get("result_url", "") if isinstance(job.result, dict) else ""
    return url if url_has_allowed_host_and_scheme(url, {request.get_host()}) else ""


def as_context(request: Any, job: JobStatus) -> dict[str, Any]:
    """A job as the pieces of the pages know it."""
    return {
        "title": job.label,
        "state": STATES[job.state],
        "done": request.formats.integer(job.done),
        "total": request.formats.integer(job.total) if job.total is not None else "…",
        "percent": job.percent or 0,
        "note": job.message,
        "url": reverse("web:job_status", args=(job.pk,)),
        "page_url": reverse("web:job", args=(job.pk,)),
        "cancel_url": reverse("web:job_cancel", args=(job.pk,)) if job.can_cancel else "",
        "result_url": _result_url(request, job),
    }


@require_safe
def job_page(request: Any, pk: int) -> HttpResponse:
    """A job's progress; when it is over, its result."""
    job = _job(request, pk)
    values = as_context(request, job)
    if job.state == JobState.DONE and values["result_url"]:
        return HttpResponseRedirect(values["result_url"])
    return render(request, "web/generic/job.html", {"status": values, "title": job.label, "message": job.message})


@require_safe
def job_json(request: Any, pk: int) -> HttpResponse:
    """The state for a script that asks again and again: nothing new costs nothing."""
    job = _job(request, pk)
    etag = f'"{job.etag}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers={"ETag": etag})
    known = as_context(request, job)
    found = {n: known[n] for n in ("state", "percent", "note", "result_url")}
    return JsonResponse(found | {"done": job.done, "total": job.total}, headers={"ETag": etag})


@require_POST
def job_cancel(request: Any, pk: int) -> HttpResponseRedirect:
    """Stop a job of one's own."""
    _job(request, pk)
    cancel(pk, request.user)
    return redirect("web:job", pk)
