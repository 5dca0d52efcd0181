"""Words that filters use for records of this room: `my_team`."""

from collections.abc import Collection

from django.db.models import Model

from coordina.accounts.models import Team, User
from coordina.core.actors import Actor
from coordina.core.filters import REFERENCE_WORDS


def my_team(actor: Actor, model: type[Model]) -> Collection[int] | None:
    """The teams of a person (the own one, those they manage, all below), or the people in them."""
    teams: tuple[int, ...] = getattr(actor, "team_ids", ())
    if model is Team:
        return teams
    if model is User:
        return tuple(User.objects.filter(team_id__in=teams).order_by("pk").values_list("pk", flat=True))
    return None


REFERENCE_WORDS.add("my_team", my_team)
