"""The door at which carriers tell where shipments are."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from coordina.accounts import definitions
from coordina.shipping.telling import HEADER, LARGEST, carrier_at, read, take


@csrf_exempt
@require_POST
def door(request: Any, slug: str) -> HttpResponse:
    """News of a carrier; whoever does not sign as it does learns nothing, not even whether there is such a door."""
    definitions.agree()
    at, length = timezone.now(), request.headers.get("Content-Length", "")
    if length.isdigit() and int(length) > LARGEST:
        return JsonResponse({"error": "too large"}, status=413)
    carrier = carrier_at(slug, request.headers.get(HEADER, ""), request.body, at)
    if carrier is None:
        return JsonResponse({"error": "not signed"}, status=403)
    try:
        events = read(request.body)
    except (ValueError, RecursionError):
        return JsonResponse({"error": "not understood"}, status=400)
    found = take(carrier, events, at)
    return JsonResponse({"taken": found.taken, "known": found.known, "refused": found.refused})
