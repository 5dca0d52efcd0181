"""Which rows a permission covers: literal ids, never a join on the team tree."""

from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from coordina.core.actors import Actor, Reach, Scope

if TYPE_CHECKING:
    from coordina.core.records import Record

NOBODY = Q(pk__in=())


def seen(rows: QuerySet[Any], actor: Actor, permission: str) -> QuerySet[Any]:
    """Narrow `rows` to those that `permission` covers for `actor`."""
    model: type[Record] = rows.model
    if model.scope_parent:
        parent: Any = model._meta.get_field(model.scope_parent).related_model
        scope = actor.scope(permission)
        if scope is not None and scope.reach is Reach.ALL and not parent.scope_parent:
            return rows
        return rows.filter(**{f"{model.scope_parent}__in": parent.objects.within(actor, permission).values("pk")})
    condition = model.condition(actor, permission) if hasattr(model, "condition") else covered(model, actor, permission)
    return rows if condition is None else rows.filter(condition)


def within_scope(scope: Scope | None, owner: int | None, team: int | None) -> bool:
    """Whether a scope holds a row with this owner and team, as `covered` asks the database."""
    if scope is None:
        return False
    if scope.reach is Reach.TEAM:
        return team in scope.team_ids
    return scope.reach is Reach.ALL or owner == scope.user_id


def covered(model: "type[Record]", actor: Actor, permission: str) -> Q | None:
    """The condition for rows of `model`; None where every row is covered."""
    scope = actor.scope(permission)
    if scope is None:
        return NOBODY
    if scope.reach is Reach.ALL or not (model.scope_owner or model.scope_team):
        return None
    if scope.reach is Reach.TEAM and model.scope_team:
        return Q(**{f"{model.scope_team}_id__in": scope.team_ids}) if scope.team_ids else NOBODY
    return Q(**{f"{model.scope_owner}_id": scope.user_id}) if model.scope_owner else NOBODY


def covers(obj: "Record", actor: Actor, permission: str) -> bool:
    """Whether a permission covers one row; asks the database only where its own columns do not say."""
    model = type(obj)
    if model.scope_parent or hasattr(model, "condition"):
        rows: Any = model.objects
        return bool(rows.within(actor, permission).filter(pk=obj.pk).exists())
    return reaches(model, actor.scope(permission), *(getattr(obj, f"{name}_id") for name in places(model)))


def places(model: "type[Record]") -> tuple[str, ...]:
    """The columns that say where a row belongs: owner and team, as far as the model has them."""
    return tuple(name for name in (model.scope_owner, model.scope_team) if name)


def reaches(model: "type[Record]", scope: Scope | None, *held: int | None) -> bool:
    """Whether a scope holds a row with these values of `places`, of a model whose own columns say it."""
    if scope is None:
        return False
    if scope.reach is Reach.ALL or not held:
        return True
    if scope.reach is Reach.TEAM and model.scope_team:
        return held[-1] in scope.team_ids
    return bool(model.scope_owner) and held[0] == scope.user_id
