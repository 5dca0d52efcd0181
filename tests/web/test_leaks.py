"""Nothing that somebody may not see shows anywhere: planted texts, every type, every door of the web.

The matrix grows by itself: each record type with an owner or a parent with one gets a record of Ana (north) and one of
Luis (south), whose texts hold a canary. The oracle is the reach of the role, in three lines.
"""

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from coordina.accounts.models import User
from coordina.core.actors import Reach
from coordina.core.quality import QUALITY
from coordina.core.records import Record
from coordina.core.types import TYPES, Field, Kind, RecordType
from coordina.ledger.change_sets import change_set
from coordina.records.duplicates.declared import MATCHINGS

from .conftest import World

pytestmark = pytest.mark.django_db
CANARIES = {"ana": "CanarioAna", "luis": "CanarioLuis"}


def required_values(model: type[Record], canary: str, owner: User, made: dict[type[Record], Any]) -> dict[str, Any]:
    """A value for every column that needs one, and the canary in every text."""
    values: dict[str, Any] = {}
    for column in model._meta.concrete_fields:
        if column.primary_key or column.name in ("version", "created_at", "changed_at", "other_data"):
            continue
        if column.name == "currency":
            values[column.name] = "EUR"
        elif column.name == model.scope_owner:
            values[column.name] = owner
        elif column.name == model.scope_team:
            values[column.name] = owner.team
        elif column.related_model is not None:
            if not column.null or column.name == model.scope_parent:
                values[column.name] = made.get(column.related_model) or parent(
                    column.related_model, canary, owner, made
                )
        elif column.choices or column.has_default() or column.null:
            if column.get_internal_type() in ("CharField", "TextField") and not column.choices and not column.unique:
                values[column.name] = canary[: column.max_length or 200]
        elif column.get_internal_type() in ("CharField", "TextField", "EmailField", "URLField"):
            values[column.name] = canary[: column.max_length or 200]
        elif column.get_internal_type() == "DateTimeField":
            values[column.name] = timezone.now()
        elif column.get_internal_type() == "DateField":
            values[column.name] = dt.date(2026, 1, 1)
        elif column.get_internal_type() == "DecimalField":
            values[column.name] = Decimal(1)
        else:
            values[column.name] = 1
    return values


def parent(model: Any, canary: str, owner: User, made: dict[type[Record], Any]) -> Any:
    """A record that another needs, made when it is first needed."""
    if model is User:
        return owner
    if model not in made:
        plain = not (model.scope_owner or model.scope_parent)
        text = f"Común{model.__name__}{owner.pk}" if plain else canary + model.__name__
        made[model] = model.objects.create(**required_values(model, text, owner, made))
    return made[model]


def guarded(known: RecordType) -> bool:
    """Whether a role may see some of the records of a type and not others."""
    model = known.model
    while model.scope_parent:
        model = model._meta.get_field(model.scope_parent).related_model  # type: ignore[assignment]  # a record
    return bool(model.scope_owner) and not hasattr(model, "condition")


@pytest.fixture
def planted(world: World) -> dict[tuple[str, str], Any]:
    """One record of each guarded type for Ana and for Luis."""
    found: dict[tuple[str, str], Any] = {}
    with change_set(by=None, at=timezone.now(), via="system"):
        for name, owner in (("ana", world.ana), ("luis", world.luis)):
            made: dict[type[Record], Any] = {}
            for known in TYPES:
                if guarded(known):
                    found[known.name, name] = parent(known.model, CANARIES[name], owner, made)
    return found


def sees(user: User, obj: Record) -> bool:
    """The oracle: what a role's reach says about a record."""
    model = type(obj)
    scope = user.scope(model.view_permission())
    while model.scope_parent:
        obj = getattr(obj, model.scope_parent)
        model = type(obj)
    if scope is None:
        return False
    if scope.reach is Reach.ALL:
        return True
    owner: Any = getattr(obj, model.scope_owner)
    return owner.pk == user.pk if scope.reach is Reach.OWN else owner.team_id in scope.team_ids


def text_fields(known: RecordType) -> list[Field]:
    return [f for f in known.fields.values() if f.kind in (Kind.TEXT, Kind.LONG_TEXT) and not f.far and not f.virtual]


def doors(known: RecordType, obj: Record, canary: str) -> Iterator[str]:
    """Every address of the web door that could show a record of a type."""
    base = f"/{known.url}/"
    columns = ",".join(known.fields)
    yield f"{base}lookup/?q={canary[:7]}"
    yield f"{base}lookup/"
    if known.within:
        yield f"{base}{obj.pk}/edit/"
        return
    yield f"{base}?cols={columns}"
    yield f"{base}?q={known.title} ~ {canary}"
    yield f"{base}export/?cols={columns}"
    for layout in ("board", "calendar", "chart"):
        yield f"{base}?layout={layout}&cols={columns}"
    yield f"{base}sums/"
    yield f"{base}cards/"
    yield f"{base}{obj.pk}/"
    yield f"{base}{obj.pk}/history/"
    yield f"{base}{obj.pk}/edit/"
    for about in text_fields(known)[:3]:
        yield f"{base}{obj.pk}/edit/{about.name}/"
    if known.name in MATCHINGS:
        yield f"/duplicates/{known.url}/"
        yield f"/duplicates/{known.url}/all/"
    if known.name in QUALITY:
        yield f"/quality/?noun={known.name}&mine=0"
        yield f"/quality/?noun={known.name}&mine=0&by=source"
    yield f"/settings/audit/?type={known.name}&record={obj.pk}"
    yield f"/search/?q={canary}"
    yield f"/search/palette/?q={canary}x"  # one letter too many: what is spelled nearly so must not be seen either
    yield f"/search/palette/?on={base}{obj.pk}/"
    yield f"/search/preview{base}{obj.pk}/"
    if known.name == "lead":
        yield f"{base}board/"
        yield f"{base}{obj.pk}/convert/"
    yield "/"


def body(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(content.decode())


def test_nothing_shows_to_whom_it_does_not_belong(world: World, planted: dict[tuple[str, str], Any]) -> None:
    people = {
        "ana": world.ana,
        "luis": world.luis,
        "manager": world.manager,
        "director": world.director,
        "nobody": world.nobody,
    }
    cells = 0
    for role, plain in people.items():
        user = User.objects.for_request().get(pk=plain.pk)
        client = world.client(plain)
        htmx = {"HX-Request": "true"}
        for (noun, owner), obj in planted.items():
            known = TYPES[noun]
            canary = CANARIES[owner] + known.model.__name__
            if sees(user, obj):
                continue
            for url in doors(known, obj, canary):
                headers = htmx if "/edit/" in url and not url.endswith("/edit/") else {}
                asked = client.get(url, headers=headers)
                shown = _without_echo(body(asked)) if "?q=" in url else body(asked)
                cells += 1
                assert canary not in shown, (role, url)
                if "?" not in url and (url.rstrip("/").endswith(str(obj.pk)) or "/history/" in url):
                    assert asked.status_code == 404, (role, url, asked.status_code)
    assert cells > 40


def _without_echo(page: str) -> str:
    """A page without what merely repeats what was asked for: it stands outside of rows and answers."""
    start = page.find("<tbody")
    answers = page.find('class="answers"')
    options = re.findall(r'<a class="option" role="option".*?</a>', page)
    if options:
        return "".join(options)
    if page.lstrip().startswith("{"):
        return page
    if start < 0 and answers < 0:
        return ""
    return page[start if start >= 0 else answers :]


def test_everybody_sees_what_is_theirs(world: World, planted: dict[tuple[str, str], Any]) -> None:
    """The matrix is worth something only if the canaries show where they may."""
    client = world.client(world.ana)
    shown = 0
    for (noun, owner), obj in planted.items():
        known = TYPES[noun]
        if owner == "ana" and not known.within and world.ana.may(known.model.view_permission()):
            page = body(client.get(f"/{known.url}/{obj.pk}/"))
            shown += CANARIES["ana"] in page
    assert shown >= 3
