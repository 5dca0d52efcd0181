"""Handing a document to a browser; where it could not be made, a page that says so, with the way back and a retry."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.text import slugify

from coordina.documents.rendering import NotMade


def answered(request: Any, make: Callable[[], bytes], name: str, back: str) -> HttpResponse:
    """A PDF to be shown or saved.

    Args:
        make: Makes it.
        name: Of the file, without its ending.
        back: Address of the record it is about.
    """
    try:
        made = make()
    except NotMade as wrong:
        values = {"message": wrong.message, "back": back, "again": request.get_full_path()}
        return render(request, "documents/not_made.html", values, status=wrong.status)
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{slugify(name) or "document"}.pdf"'
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'; object-src 'self'"
    answer["Cache-Control"] = "private, no-store"
    return answer
