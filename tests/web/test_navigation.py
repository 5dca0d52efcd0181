"""The sidebar: only what exists and what the role may see, and which place a page belongs to."""

from collections.abc import Iterable, Iterator
from types import SimpleNamespace

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings
from django.urls import include, path

from coordina.web import navigation


def page(request: HttpRequest, **_parts: str) -> HttpResponse:
    return HttpResponse()


some = [
    path("", page, name="home"),
    path("settings/", page, name="settings"),
    path("<str:noun>/", page, name="list"),
    path("<str:noun>/new/", page, name="new"),
]
urlpatterns = [path("", include((some, "web")))]


class Reader:
    is_authenticated = True

    def __init__(self, *permissions: str) -> None:
        self.permissions = permissions

    def may(self, permission: str) -> bool:
        return permission in self.permissions


@pytest.fixture(autouse=True)
def addresses() -> Iterator[None]:
    with override_settings(ROOT_URLCONF=__name__):
        yield


def labels(places: Iterable[navigation.Place]) -> list[str]:
    return [str(place.url) for place in places]


def test_a_role_without_permissions_sees_the_settings_only() -> None:
    assert labels(navigation.navigation_of(Reader(), "/")) == ["/settings/"]


def test_the_cockpit_is_for_who_can_settle_a_matter() -> None:
    assert labels(navigation.navigation_of(Reader("pipeline.change_opportunity"), "/")) == ["/", "/settings/"]


def test_what_is_looked_after_in_the_settings_stands_there() -> None:
    places = navigation.navigation_of(Reader(), "/stages/")
    assert [place.url for place in places if place.current] == ["/settings/"]


def test_a_place_without_a_room_is_not_shown_even_to_who_may() -> None:
    reader = Reader("records.add_importrun", "customers.view_company")
    assert labels(navigation.navigation_of(reader, "/")) == ["/companies/", "/settings/"]


def test_what_may_be_created_is_offered() -> None:
    made = navigation.navigation_of(Reader("customers.add_person"), "/").create
    assert [(place.url, place.key) for place in made] == [("/people/new/", "p")]


def test_the_dock_of_a_phone_uses_the_short_words() -> None:
    (dock,) = navigation.navigation_of(Reader("pipeline.view_opportunity"), "/").dock
    assert dock.short != dock.label


@pytest.mark.parametrize(
    ("at", "current"),
    [
        ("/companies/", ["/companies/"]),
        ("/companies/3/edit/", ["/companies/"]),
        ("/people/9/", ["/companies/"]),
        ("/opportunities/1/", []),
        ("/settings/roles/", ["/settings/"]),
    ],
)
def test_a_page_belongs_to_one_place(at: str, current: list[str]) -> None:
    shown = navigation.navigation_of(Reader("customers.view_company"), at)
    assert [place.url for place in shown if place.current] == current


def test_who_is_not_signed_in_gets_no_navigation() -> None:
    request = RequestFactory().get("/")
    assert list(navigation.navigation(request)["nav"]) == []
    request.user = SimpleNamespace(is_authenticated=False)
    assert list(navigation.navigation(request)["nav"]) == []
    request.user = Reader()
    assert labels(navigation.navigation(request)["nav"]) == ["/settings/"]
