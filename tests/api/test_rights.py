"""Programs see and change what their person may: every operation, every guarded type, every role.

The matrix grows by itself: records with canaries come from the walk over the pages, operations from the declarations.
"""

from typing import Any

import pytest
from django.apps import apps

from coordina.accounts.models import User
from coordina.api import explained, openapi
from coordina.api.operations import Does, Operation, table
from coordina.core.records import Record
from coordina.core.types import TYPES

from ..web.conftest import World, world  # the company whose records the walk plants
from ..web.test_leaks import CANARIES, planted, sees  # records of Ana and of Luis
from .conftest import Program, program

pytestmark = pytest.mark.django_db
PEOPLE = ("ana", "luis", "manager", "nobody")
MACHINE = {"accounts.Token"}


def rows() -> dict[str, Any]:
    """Every row of every record, as the database has it."""
    found = {}
    for model in apps.get_models():
        if issubclass(model, Record) and model._meta.label not in MACHINE:
            found[model._meta.label] = sorted(map(repr, model._base_manager.values_list()))
    return found


def body_of(document: Any, operation: Operation) -> Any:
    """A body that the document would let through."""
    said = document["paths"][operation.path][operation.method.lower()]
    schema = said.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return explained._sample(explained._followed(document, schema), document)


def reading(noun: str, obj: Any, canary: str) -> list[str]:
    """Addresses that could show a record."""
    known = TYPES[noun]
    base = f"/{known.url}"
    if known.within:
        whole = getattr(obj, f"{known.within}_id")
        return [f"{base}/{obj.pk}", f"{base}?{known.within}={whole}"]
    found = [f"{base}/{obj.pk}", base, f"{base}?limit=1000&order=-id", f'{base}?filter={known.title} = "{canary}"']
    if reference := getattr(obj, "reference", ""):
        found.append(f"{base}/{reference}")
    return found


def test_nothing_shows_to_programs_of_others(world: World, planted: dict[tuple[str, str], Any]) -> None:
    cells = 0
    for role in PEOPLE:
        user = User.objects.for_request().get(pk=getattr(world, role).pk)
        caller = program(user) if user.may("accounts.make_token") else None
        for (noun, owner), obj in planted.items():
            if sees(user, obj) or caller is None:
                continue
            canary = CANARIES[owner] + type(obj).__name__
            missing = caller.get(f"/{TYPES[noun].url}/999999")
            for url in reading(noun, obj, canary):
                answer = caller.get(url.replace(" ", "%20"))
                assert canary not in answer.content.decode(), (role, url)
                cells += 1
            hidden = caller.get(f"/{TYPES[noun].url}/{obj.pk}")
            assert (hidden.status_code, hidden.content) == (missing.status_code, missing.content), (role, noun)
    assert cells > 30


def test_a_forbidden_write_changes_no_row(world: World, planted: dict[tuple[str, str], Any]) -> None:
    document = openapi.document(User.objects.for_request().get(pk=world.director.pk))
    plain, tried = rows(), 0
    for role in PEOPLE[:3]:
        user = User.objects.for_request().get(pk=getattr(world, role).pk)
        caller = program(user)
        for operation in table().by_name.values():
            if operation.does.writes and operation.known is not None:
                unseen = [o for (noun, _o), o in planted.items() if noun == operation.known.name and not sees(user, o)]
                for obj in unseen:
                    _refused(caller, document, operation, obj, role)
                    tried += 1
    assert tried > 60
    assert rows() == plain


def _refused(caller: Program, document: Any, operation: Operation, obj: Any, role: str) -> None:
    """Ask for a write of a record that the caller does not see."""
    from coordina.accounts import pace

    pace._counts.clear()
    body = body_of(document, operation)
    if operation.does.many:
        if operation.does is Does.CREATE_MANY:
            return
        answer = caller.post(operation.path, {"rows": [{**body["rows"][0], "id": obj.pk}]})
        said = answer.json()
        assert answer.status_code == 403 or said["counts"]["refused"] == 1, (role, operation.name, said)
        return
    if "{ref}" not in operation.path:
        return
    answer = caller.ask(operation.method, operation.path.replace("{ref}", str(obj.pk)), body or None)
    assert answer.status_code in (403, 404), (role, operation.name, answer.status_code, answer.content)


def test_who_may_nothing_can_do_nothing(world: World, planted: dict[tuple[str, str], Any]) -> None:
    """Every operation with the weakest token: one of a person whose role is taken away after it was made."""
    from django.utils import timezone

    from coordina.accounts import pace, tree
    from coordina.ledger.change_sets import change_set

    document = openapi.document(User.objects.for_request().get(pk=world.director.pk))
    caller = program(world.ana)
    with change_set(by=None, at=timezone.now(), via="system"):
        ana = User.objects.get(pk=world.ana.pk)
        ana.role = world.nobody.role
        ana.save()
    tree.forget()
    plain, done = rows(), []
    for operation in table().by_name.values():
        pace._counts.clear()
        url = operation.path.replace("{ref}", "1")
        if operation.known is not None and operation.known.within and operation.does is Does.LIST:
            url += f"?{operation.known.within}=1"
        answer = caller.ask(operation.method, url, body_of(document, operation) if operation.method != "GET" else None)
        if answer.status_code < 300:
            done.append((operation.name, answer.status_code))
        assert answer.status_code < 500, operation.name
    assert not done
    assert rows() == plain


def test_a_field_that_one_may_not_know_is_not_there(world: World) -> None:
    """Hidden fields are neither read, filtered, sorted, written nor in the document."""
    from coordina.core.types import relabelled

    company = TYPES["company"]
    hidden = relabelled(company.declared["city"], permission="accounts.change_role")
    declared = dict(company.declared)
    object.__setattr__(company, "declared", {**declared, "city": hidden})
    try:
        caller = program(world.ana)
        made = caller.post("/companies", {"name": "Faro"}).json()
        assert "city" not in made
        assert caller.get("/companies?fields=city").status_code == 400
        assert caller.get("/companies?filter=city is set".replace(" ", "%20")).status_code == 400
        assert caller.patch(f"/companies/{made['id']}", {"city": "Lugo"}).status_code == 422
        assert "city" not in caller.get("/openapi.json").json()["components"]["schemas"]["Company"]["properties"]
        assert "city" in program(world.director).get(f"/companies/{made['id']}").json()
    finally:
        object.__setattr__(company, "declared", declared)
