"""The side list of the settings: ``{% load settings_ui %}{% settings_list %}``."""

from typing import Any

from django import template
from django.urls import reverse

from coordina.web.accounts.places import places_of

register = template.Library()


@register.inclusion_tag("web/accounts/settings_list.html", takes_context=True)
def settings_list(context: template.Context) -> dict[str, Any]:
    """The places of the settings that the reader looks after, the current one marked."""
    request = context["request"]
    return {
        "groups": places_of(request.user, request.path),
        "at_index": request.path == reverse("web:settings"),
        "at_profile": request.path.startswith(reverse("web:profile")),
    }
