"""Finding the page of an address without asking every page.

Django tries the addresses of a site one after the other. Nearly all begin with a fixed text, so one look at how the
asked address begins leaves a handful to try, in the same order.
"""

from collections.abc import Iterable, Sequence
from typing import TypeGuard

from django.urls import ResolverMatch, URLPattern, URLResolver
from django.urls.resolvers import RoutePattern

type Patterns = Sequence[URLPattern | URLResolver]


class Switch(URLResolver):
    """Addresses that are tried only where they begin as the asked one does. For the root of a site.

    Args:
        patterns: As they would stand in `urlpatterns`.
    """

    def __init__(self, patterns: Patterns) -> None:
        super().__init__(RoutePattern(""), list(patterns))
        self._fixed = set(_beginnings(patterns))
        self._by_beginning: dict[str, URLResolver] = {}

    def resolve(self, path: str) -> ResolverMatch:
        """The page at an address. Raises Resolver404 where there is none."""
        first = str(path).partition("/")[0]
        if first not in self._fixed:
            first = "<"  # no fixed text: only what varies can fit
        resolver = self._by_beginning.get(first)
        if resolver is None:
            resolver = URLResolver(RoutePattern(""), list(_fitting(self.url_patterns, first)))
            self._by_beginning[first] = resolver
        return resolver.resolve(path)


def _beginning(pattern: URLPattern | URLResolver) -> str | None:
    """The fixed text up to the first slash that addresses of a pattern begin with; None where it varies."""
    route = str(pattern.pattern)
    first, slash, _rest = route.partition("/")
    if (
        not isinstance(pattern.pattern, RoutePattern)
        or "<" in first
        or (isinstance(pattern, URLResolver) and not slash)
    ):
        return None
    return first


def _beginnings(patterns: Patterns) -> Iterable[str]:
    for pattern in patterns:
        first = _beginning(pattern)
        if first is not None:
            yield first
        elif _is_open(pattern):
            yield from _beginnings(pattern.url_patterns)


def _is_open(pattern: URLPattern | URLResolver) -> TypeGuard[URLResolver]:
    """Whether it only gathers others, whose addresses begin where its own would."""
    return isinstance(pattern, URLResolver) and isinstance(pattern.pattern, RoutePattern) and not str(pattern.pattern)


def _fitting(patterns: Patterns, first: str) -> Iterable[URLPattern | URLResolver]:
    """Those that an address with this beginning can fit, in their order."""
    for pattern in patterns:
        if _is_open(pattern):
            if inner := list(_fitting(pattern.url_patterns, first)):
                known = (pattern.default_kwargs, pattern.app_name, pattern.namespace)
                yield URLResolver(pattern.pattern, inner, *known)
        elif _beginning(pattern) in (None, first):
            yield pattern
