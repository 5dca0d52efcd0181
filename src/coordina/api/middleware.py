"""Takes what is for programs out of the way of pages: no session, no cookie, no CSRF, no sign-in page."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from coordina.api.answering import ROOT, answer


class ApiMiddleware:
    """Answers everything below `/api/v1` itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, or hand on to the pages."""
        if request.path_info == ROOT or request.path_info.startswith(f"{ROOT}/"):
            return answer(request)
        return self.get_response(request)
