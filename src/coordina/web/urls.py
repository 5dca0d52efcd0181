"""The addresses of the web door. Rooms with pages of their own come before these, so that theirs win."""

from importlib import import_module
from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from coordina.web import changes, details, edits, histories, jobs, lists, pages, produced, vcards
from coordina.web.dashboard.views import dashboard
from coordina.web.today.views import home

app_name = "web"

PARTS = (
    "coordina.web.accounts",
    "coordina.web.audit",
    "coordina.web.everything",
    "coordina.web.fields",
    "coordina.web.search",
    "coordina.web.today",
    "coordina.web.imports",
    "coordina.web.bulk",
    "coordina.web.saved",
    "coordina.web.duplicates",
    "coordina.web.quality",
    "coordina.web.system",
)
"""Packages of this door that bring addresses of their own."""


def _parts() -> list[URLPattern | URLResolver]:
    found: list[URLPattern | URLResolver] = []
    for name in PARTS:
        if find_spec(name) is not None and find_spec(f"{name}.urls") is not None:
            found.append(path("", include(import_module(f"{name}.urls").urlpatterns)))
    return found


urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("dashboard/", dashboard, name="dashboard"),
    path("language/", pages.language, name="language"),
    *_parts(),
    path("changes/<int:pk>/", changes.change_page, name="change"),
    path("changes/<int:pk>/undo/", changes.undo_change, name="undo"),
    path("jobs/<int:pk>/", jobs.job_page, name="job"),
    path("jobs/<int:pk>/status/", jobs.job_json, name="job_status"),
    path("jobs/<int:pk>/cancel/", jobs.job_cancel, name="job_cancel"),
    path("produced/<str:token>/", produced.produced, name="produced"),
    path("<noun:known>/", lists.list_page, name="list"),
    path("<noun:known>/views/<slug:segment>/", lists.view_page, name="view"),
    path("<noun:known>/export/", lists.export, name="export"),
    path("<noun:known>/cards/", vcards.cards, name="cards"),
    path("<noun:known>/lookup/", lists.lookup_json, name="lookup"),
    path("<noun:known>/options/<str:name>/", lists.options, name="options"),
    path("<noun:known>/board/", pages.no_board, name="board"),
    path("<noun:known>/new/", edits.new_page, name="new"),
    path("<noun:known>/<int:pk>/", details.detail_page, name="detail"),
    path("<noun:known>/<int:pk>/card/", vcards.card, name="card"),
    path("<noun:known>/<int:pk>/edit/", edits.edit_page, name="edit"),
    path("<noun:known>/<int:pk>/edit/<slug:name>/", edits.edit_cell, name="edit_cell"),
    path("<noun:known>/<int:pk>/do/<slug:slug>/", edits.do_page, name="do"),
    path("<noun:known>/<int:pk>/history/", histories.history_page, name="history"),
    path("<noun:known>/<int:pk>/panels/<str:name>/", details.panel_fragment, name="panel"),
]
