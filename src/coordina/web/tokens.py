"""The token against forged forms, masked once a page."""

from typing import Any

from django.middleware.csrf import get_token


def token_of(request: Any) -> str:
    """The token for the forms of one page; a page with many forms carries it many times."""
    known: str | None = getattr(request, "_token_of_page", None)
    if known is None:
        known = request._token_of_page = get_token(request)
    return known
