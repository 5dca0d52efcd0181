"""The addresses of the system."""

from django.urls import URLPattern, URLResolver, path

from coordina.web.system import held, probes, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", probes.health, name="health"),
    path("ready/", probes.ready, name="ready"),
    path("settings/system/", views.system, name="system"),
    path("settings/system/again/", views.again, name="system_again"),
    path("settings/system/held/", held.held_page, name="system_held"),
    path("settings/system/held/release/", held.release, name="system_release"),
]
"""They come before the generic ones."""
