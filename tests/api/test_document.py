"""The OpenAPI document: valid, whole, and with names that follow from the declarations."""

import re
from typing import Any

import pytest
from django.utils import translation
from openapi_spec_validator import OpenAPIV31SpecValidator

from coordina.accounts.actions import set_fields
from coordina.accounts.models import User
from coordina.api import openapi
from coordina.api.operations import Does, table
from coordina.core.actions import ACTIONS
from coordina.core.types import TYPES

from ..world import World
from .conftest import program

pytestmark = pytest.mark.django_db
NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?")


@pytest.fixture
def document(world: World) -> Any:
    return program(world.boss).get("/openapi.json").json()


def operations(document: Any) -> dict[str, Any]:
    found = {}
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            assert said["operationId"] not in found
            found[said["operationId"]] = (method, path, said)
    return found


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_document_is_valid_in_both_languages(world: World, language: str) -> None:
    document = program(world.boss, language=language).get("/openapi.json").json()
    faults = list(OpenAPIV31SpecValidator(document).iter_errors())
    assert not faults, faults[:3]


def test_every_operation_is_in_it_under_its_name(document: Any) -> None:
    said = operations(document)
    assert set(table().by_name) <= set(said)
    hooks = {f"hooks.{name}" for name in ("list", "subscribe", "read", "unsubscribe", "events", "sample")}
    assert set(said) - set(table().by_name) == {"me", "openapi", "changes.read", "changes.undo", *hooks}
    assert not [name for name in said if not NAME.fullmatch(name)]
    for name, each in table().by_name.items():
        assert (each.method.lower(), each.path) == said[name][:2]


def test_every_type_and_action_is_an_operation(world: World) -> None:
    known = table().by_name
    for each in TYPES:
        tag = each.url.replace("-", "_")
        assert {f"{tag}.list", f"{tag}.read"} <= set(known)
    served = {op.declared.name for op in known.values() if op.declared is not None}
    assert served == {action.name for action in ACTIONS if not action.private}


def test_what_gives_access_is_no_operation() -> None:
    """Passwords, links, tokens: whoever adds such an action says `private`."""
    served = [op.declared for op in table().by_name.values() if op.declared is not None]
    secret = [a.name for a in served if {"password", "current", "ticket"} & set(a.input.model_fields)]
    assert not secret


def test_operations_that_write_are_no_get(world: World) -> None:
    for operation in table().by_name.values():
        assert operation.does.writes is (operation.method != "GET"), operation.name
        assert operation.does is not Does.READ or operation.declared is None


def test_inputs_say_money_and_references_in_all_their_forms(document: Any) -> None:
    schema = document["components"]["schemas"]["PipelineEditOpportunityInput"]
    company = schema["properties"]["company"]
    assert {"type": "string"} in company["anyOf"]
    amount = schema["properties"]["amount"]
    assert {"$ref": "#/components/schemas/Money"} in amount["anyOf"]


def test_texts_are_in_the_language_of_the_reader(world: World) -> None:
    spanish = program(world.boss, language="es").get("/openapi.json").json()
    with translation.override("es"):
        label = str(TYPES["company"].plural)
    tag = next(t for t in spanish["tags"] if t["name"] == "companies")
    assert tag["description"].lower() == label.lower()
    assert "__proxy__" not in str(spanish)


def test_what_a_role_only_reads_is_not_offered_to_be_written(world: World) -> None:
    """A field that is read only for the role stands in the record, marked as such, and in no input."""
    everybody = openapi.document(User.objects.for_request().get(pk=world.rep.pk))["components"]["schemas"]
    assert "phone" in everybody["CustomersEditCompanyInput"]["properties"]
    assert "readOnly" not in everybody["Company"]["properties"]["phone"]
    assert everybody["Company"]["properties"]["changed_at"]
    role = world.rep.role
    world.act(set_fields, pk=role.pk, fields={"company": {"phone": "read", "email": "hidden"}})
    schemas = openapi.document(User.objects.for_request().get(pk=world.rep.pk))["components"]["schemas"]
    assert schemas["Company"]["properties"]["phone"]["readOnly"] is True
    assert "email" not in schemas["Company"]["properties"]
    for name, schema in schemas.items():
        if name.startswith("Customers") and name.endswith("CompanyInput"):
            assert not {"phone", "email"} & set(schema.get("properties", {})), name
    refused = program(world.rep).post("/companies", {"name": "Faro", "phone": "+34 600 000 001"})
    assert refused.status_code in (403, 422)


def test_an_invitation_is_sent_from_its_page_only() -> None:
    """A program could make the link, but nobody would mail it."""
    assert "users.invite" not in table().by_name
