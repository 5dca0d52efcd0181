"""All addresses of the site, gathered from the rooms: those of a room come before the generic ones and win."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from coordina.core.switch import Switch


def _of_rooms() -> list[URLPattern | URLResolver]:
    """The addresses of every room that has pages of its own, from the top floor down."""
    names = [config.name for config in apps.get_app_configs()]
    rooms = [name for name in names if name.startswith("coordina.") or name in settings.ROOMS]
    own = [name for name in reversed(rooms) if name not in ("coordina.web", "coordina.config")]
    return [path("", include(import_module(f"{name}.urls"))) for name in own if find_spec(f"{name}.urls") is not None]


urlpatterns: list[URLPattern | URLResolver] = [Switch([*_of_rooms(), path("", include("coordina.web.urls"))])]

handler400 = "coordina.web.errors.bad_request"
handler403 = "coordina.web.errors.forbidden"
handler404 = "coordina.web.errors.not_found"
handler500 = "coordina.web.errors.broken"
