"""Takes what is for language models out of the way of pages: no session, no cookie, no CSRF, no sign-in page."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from coordina.mcp_door.protocol import PATH, answer


class McpMiddleware:
    """Answers `/mcp` itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or hand on to the pages."""
        if request.path_info.rstrip("/") == PATH:
            return answer(request)
        return self.get_response(request)
