"""One look at the beginning of an address finds what trying all of them finds."""

from typing import Any

import pytest
from django.urls import Resolver404, URLResolver, include, path, re_path
from django.urls.resolvers import RoutePattern, get_resolver

from coordina.core.switch import Switch


def page(*_args: Any, **_named: Any) -> None:
    """Nothing is asked of it."""


ROOM = ([path("deals/<int:pk>/", page, name="deal"), path("", page, name="start")], "room")
PATTERNS = [
    path("", include(ROOM)),
    path("deals/board/", page, {"wide": True}, name="board"),
    path("deals/", include([path("<slug:word>/", page, name="word"), path("", page, name="deals")])),
    path("<str:noun>/<int:pk>/", page, name="anything"),
    path("robots.txt", page, name="robots"),
    re_path(r"^de+als/odd/$", page, name="odd"),
]
ASKED = (
    *("", "deals/", "deals/7/", "deals/board/", "deals/some-word/", "deals/odd/", "deeals/odd/", "other/9/", "room/"),
    *("robots.txt", "robots.txt/", "/deals/7/", "deals", "<", "</7/", "nothing/at/all/"),
)


def found(resolver: URLResolver, where: str) -> Any:
    """All that a match says, or that there is none."""
    try:
        match = resolver.resolve(where)
    except Resolver404:
        return None
    return (match.func, match.args, match.kwargs, match.view_name, match.route, match.app_names, match.extra_kwargs)


@pytest.mark.parametrize("where", ASKED)
def test_it_finds_what_trying_all_finds(where: str) -> None:
    plain = URLResolver(RoutePattern(""), PATTERNS)
    switch = Switch(PATTERNS)
    assert found(switch, where) == found(plain, where)
    assert found(switch, where) == found(plain, where)  # from what it keeps


def test_only_what_can_fit_is_tried() -> None:
    with pytest.raises(Resolver404) as missing:
        get_resolver().resolve("/settings/there/is/none/")
    whole = sum(1 for _ in everything(get_resolver()))
    assert len(missing.value.args[0]["tried"]) < whole / 2


def everything(resolver: URLResolver) -> Any:
    """All patterns below a resolver."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from everything(pattern)
        else:
            yield pattern


def test_every_address_of_the_site_is_found_as_before() -> None:
    (switch,) = get_resolver().url_patterns
    assert isinstance(switch, Switch)
    plain = URLResolver(RoutePattern(""), switch.url_patterns)
    for pattern in everything(switch):
        text = str(pattern.pattern)
        for of, example in (("<int:", "7"), ("<noun:", "companies"), ("<", "some")):
            while of in text:
                before, _, rest = text.partition(of)
                text = before + example + rest.partition(">")[2]
        assert found(switch, text) == found(plain, text), text
