"""What every page is given besides its own: the company, the reader's formats, their running job."""

from typing import Any

from django.utils.functional import SimpleLazyObject

from coordina.ledger.queue import job_status
from coordina.web.jobs import as_context
from coordina.web.system.need import SYSTEM
from coordina.web.tokens import token_of

JOB = "job"
"""Where the session keeps the id of the job the person started last, while it runs."""


def shell(request: Any) -> dict[str, Any]:
    """Context processor of the shell."""
    return {
        "organization": getattr(request, "organization", None),
        "formats": getattr(request, "formats", None),
        "nothing_leaves": _nothing_leaves(request),
        "job": _job(request),
        "csrf_token": SimpleLazyObject(lambda: token_of(request)),
    }


def _nothing_leaves(request: Any) -> bool:
    """Whether to tell the reader that nothing leaves since a restore: who can change that is told."""
    company, user = getattr(request, "organization", None), getattr(request, "user", None)
    if company is None or company.held_since is None or user is None:
        return False
    return bool(user.is_authenticated and user.may(SYSTEM))


def follow_job(request: Any, pk: int) -> None:
    """Show a job in the top bar of every page until it is over, and once more then."""
    request.session[JOB] = pk


def _job(request: Any) -> dict[str, Any] | None:
    session = getattr(request, "session", None)
    user = getattr(request, "user", None)  # a request that is refused at the door has none
    pk = session.get(JOB) if session is not None and user is not None and user.is_authenticated else None
    if pk is None:
        return None
    status = job_status(pk, request.user)
    if status is None:
        del request.session[JOB]
        return None
    known = as_context(request, status)
    if status.over:  # said once more, on whatever page one is by now; its own pages say it themselves
        del request.session[JOB]
        return known if request.path not in (known["page_url"], known["result_url"]) else None
    return known
