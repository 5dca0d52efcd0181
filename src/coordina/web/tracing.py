"""One span for each request; stands among the middleware only where traces are asked for (`core.tracing`)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from coordina.core.tracing import span


class TracingMiddleware:
    """Traces a request by its route, never by its address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, traced."""
        method = request.method if request.method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE") else "_OTHER"
        with span(str(method), "server", http_request_method=str(method)) as traced:
            response = self.get_response(request)
            if traced is not None:
                found = request.resolver_match
                route = f"/{found.route}" if found is not None else ""
                traced.name(f"{method} {route}".strip())
                traced.say(http_route=route, http_response_status__code=response.status_code)
                if response.status_code >= 500:
                    traced.failed(str(response.status_code))
            return response
