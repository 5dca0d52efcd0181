"""What every page is given besides its own: the company, the reader's formats, their running job."""

from typing import Any

from coordina.ledger.queue import job_status
from coordina.web.jobs import as_context

JOB = "job"
"""Where the session keeps the id of the job the person started last, while it runs."""


def shell(request: Any) -> dict[str, Any]:
    """Context processor of the shell."""
    return {
        "organization": getattr(request, "organization", None),
        "formats": getattr(request, "formats", None),
        "job": _job(request),
    }


def follow_job(request: Any, pk: int) -> None:
    """Show a job in the top bar of every page until it is over."""
    request.session[JOB] = pk


def _job(request: Any) -> dict[str, Any] | None:
    session = getattr(request, "session", None)
    pk = session.get(JOB) if session is not None and request.user.is_authenticated else None
    if pk is None:
        return None
    status = job_status(pk, request.user)
    if status is None or status.over:
        del request.session[JOB]
        return None
    return as_context(request, status)
