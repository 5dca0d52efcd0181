"""What every page is given besides its own: the company, the reader's formats, their running job."""

from typing import Any

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor of the shell."""
    return {
        "organization": getattr(request, "organization", None),
        "formats": getattr(request, "formats", None),
    }
