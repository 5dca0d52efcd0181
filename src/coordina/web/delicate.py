"""The pages that change somebody's way in: opened only to who has shown a short while ago who they are."""

from typing import Any

from django.urls import Resolver404, resolve

USERS = "/users/"
"""Where people are looked after; other addresses are not looked at, so that they cost nothing."""
NAMES = frozenset({"web:user_access", "web:user_invite", "web:user_password", "web:edit", "web:bulk"})
"""Giving access, inviting, setting a password; edits of one person and of many."""
ACTIONS = frozenset({"reset-factors"})
"""Actions on people that need it."""
FIELDS = frozenset({"email", "role"})
"""Fields of people that decide how they come in and how far."""


def is_delicate(request: Any) -> bool:
    """Whether a request is about somebody's way in: their e-mail, role, password, factors or access."""
    path: str = request.path_info
    if not path.startswith(USERS):
        return False
    try:
        match = resolve(path)
    except Resolver404:
        return False
    name, given = match.view_name, match.kwargs
    if name in NAMES:
        return True
    return (name == "web:do" and given.get("slug") in ACTIONS) or (
        name == "web:edit_cell" and given.get("name") in FIELDS
    )
