"""Language models look up and do what their person may, nothing else; the official client proves it."""

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest
from django.test import Client
from mcp import Client as McpClient
from mcp.client.streamable_http import streamable_http_client

from coordina.accounts import pace, throttle
from coordina.accounts.models import User
from coordina.api.operations import table
from coordina.customers.models import Company, ConsentEntry
from coordina.insights.figures import figure
from coordina.ledger.models import ChangeSet
from coordina.mcp_door.doing import LASTS
from coordina.mcp_door.offering import TOOLS
from coordina.mcp_door.protocol import VERSIONS

from ..api.conftest import token_for
from ..api.test_rights import rows
from ..leads.ground import Leads
from ..web.conftest import World, world  # the company whose records the walk plants
from ..web.test_leaks import CANARIES, planted, sees  # records of Ana and of Luis

CONSENT = {"consent": "given", "consent_source": "Llamada", "consent_on": "2026-11-02"}


class Model:
    """A language model with a token, as its messages look on the wire."""

    def __init__(self, secret: str) -> None:
        self.client = Client(headers={"Authorization": f"Bearer {secret}", "Accept-Language": "en"} if secret else {})

    def send(self, message: Any, **headers: str) -> Any:
        pace._counts.clear()
        data = message if isinstance(message, bytes) else json.dumps(message).encode()
        return self.client.post("/mcp", data, content_type="application/json", headers=headers)

    def ask(self, method: str, **params: Any) -> Any:
        answer = self.send({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        assert answer.status_code == 200, answer.content
        return answer.json()

    def call(self, tool: str, **arguments: Any) -> Any:
        """What a tool answers."""
        return self.ask("tools/call", name=tool, arguments=arguments)["result"]

    def told(self, tool: str, **arguments: Any) -> Any:
        """What it answers where all is well."""
        said = self.call(tool, **arguments)
        assert not said["isError"], said
        return said["structuredContent"]


def model_of(user: User, **said: Any) -> Model:
    return Model(token_for(user, **said).secret)


@pytest.fixture
def leads(db: None) -> Leads:
    pace._counts.clear()
    return Leads()


# Through the official client ------------------------------------------------------------------------------------------


def through(url: str, secret: str, work: Callable[[McpClient], Any], mode: str) -> Any:
    """Do something with the official client, in a thread of its own: a browser test may have left this one a loop."""

    async def run() -> Any:
        async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {secret}"}, timeout=60) as http:
            transport = streamable_http_client(f"{url}/mcp", http_client=http)
            async with McpClient(transport, mode=mode) as client:
                return await work(client)

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, run()).result()


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_the_official_client_looks_up_changes_confirms_and_takes_back(live_server: Any, mode: Any) -> None:
    pace._counts.clear()
    company = Leads()
    lead = company.lead(email="berta@example.com")
    secret = token_for(company.boss).secret

    async def work(client: McpClient) -> Any:
        tools = await client.list_tools()
        assert {tool.name for tool in tools.tools} == set(TOOLS)
        found = await client.call_tool("search", {"query": "berta"})
        assert found.structured_content["hits"][0]["id"] == lead.pk
        changed = await client.call_tool(
            "run_operation", {"operation": "leads.edit", "ref": lead.reference, "data": {"city": "Lugo"}}
        )
        assert changed.structured_content["record"]["city"] == "Lugo"
        undone = await client.call_tool("undo", {"change": changed.structured_content["change"]})
        assert undone.structured_content["undone"] == 1
        wrong = await client.call_tool("run_operation", {"operation": "leads.edit", "ref": "LEA-999999", "data": {}})
        assert wrong.is_error
        asked = await client.call_tool(
            "run_operation", {"operation": "leads.record_lead_consent", "ref": str(lead.pk), "data": CONSENT}
        )
        assert asked.structured_content["needs_confirmation"]
        done = await client.call_tool("confirm", {"confirmation": asked.structured_content["confirmation"]})
        assert done.structured_content["done"]
        read = await client.read_resource(f"coordina://leads/{lead.pk}")
        assert json.loads(read.contents[0].text)["email"] == "berta@example.com"
        return await client.list_resources()

    kept = through(live_server.url, secret, work, mode)
    assert any(str(each.uri) == "coordina://types" for each in kept.resources)
    assert company.now(lead).city == ""
    assert ConsentEntry.of(lead).count() == 1
    assert {c.via for c in ChangeSet.objects.filter(action="leads.edit_lead", undo_of=None)} == {"mcp"}


# Looking up -----------------------------------------------------------------------------------------------------------


def test_the_tools_are_few_and_say_what_they_do(leads: Leads) -> None:
    model = model_of(leads.boss)
    tools = model.ask("tools/list")["result"]["tools"]
    assert len(tools) == len(TOOLS) <= 12
    assert len(json.dumps(tools)) < 8_000
    assert model.ask("ping")["result"] == {}
    reading = model_of(leads.boss, writes=False)
    offered = {each["name"] for each in reading.ask("tools/list")["result"]["tools"]}
    assert offered == {name for name, tool in TOOLS.items() if not tool.writes}
    assert "error" in reading.ask("tools/call", name="undo", arguments={"change": 1})


def test_what_one_needs_to_know_is_told(leads: Leads) -> None:
    model = model_of(leads.boss)
    names = {each["type"] for each in model.told("list_types")["types"]}
    assert {"companies", "leads", "opportunities"} <= names
    told = model.told("describe_type", type="leads")
    assert told["record"]["properties"]["email"]
    offered = {each["operation"]: each for each in told["operations"]}
    assert offered["leads.record_lead_consent"]["needs_confirmation"]
    assert not offered["leads.edit"]["needs_confirmation"]
    assert "leads.edit_many" not in offered
    lead = leads.lead(city="Lugo")
    found = model.told("list_records", type="leads", filter='city = "Lugo"', fields=["title", "city"], count=True)
    assert [row["id"] for row in found["data"]] == [lead.pk]
    assert found["count"] == {"number": 1, "more": False}
    assert model.told("get_record", type="leads", ref=lead.reference)["url"].endswith(f"/leads/{lead.pk}/")


def test_figures_are_those_of_the_pages(leads: Leads) -> None:
    leads.lead()
    model = model_of(leads.boss)
    from django.utils import timezone

    from coordina.core.filters import Asker

    user = User.objects.for_request().get(pk=leads.boss.pk)
    asker = Asker(user=user, now=timezone.now(), time_zone=timezone.get_current_timezone())
    for each in model.told("list_figures")["figures"]:
        told = model.told("get_figure", figure=each["figure"])
        plain = figure(each["figure"], asker).value
        assert told["value"] == plain or float(told["value"]) == float(plain), each
        for by in each["by"][:2]:
            model.call("get_figure", figure=each["figure"], by=by)


# Doing ----------------------------------------------------------------------------------------------------------------


def test_a_confirmation_does_what_it_says_once_and_for_its_person(leads: Leads) -> None:
    lead = leads.lead()
    model, other = model_of(leads.boss), model_of(leads.rep)
    asked = model.told("run_operation", operation="leads.record_lead_consent", ref=str(lead.pk), data=CONSENT)
    assert asked["will"]["record"] == lead.title and not ConsentEntry.objects.exists()
    token = asked["confirmation"]
    assert other.call("confirm", confirmation=token)["isError"]
    assert model_of(leads.boss).call("confirm", confirmation=token)["isError"]  # another token of the same person
    for bad in ("x", token[:-2], token + "a"):
        assert model.call("confirm", confirmation=bad)["isError"]
    assert not ConsentEntry.objects.exists()
    assert model.told("confirm", confirmation=token)["done"]
    assert model.call("confirm", confirmation=token)["isError"]
    assert ConsentEntry.objects.count() == 1


def test_a_confirmation_holds_for_the_record_as_it_was_and_for_ten_minutes(leads: Leads, monkeypatch: Any) -> None:
    lead = leads.lead()
    model = model_of(leads.boss)

    def ask() -> str:
        said = model.told("run_operation", operation="leads.record_lead_consent", ref=str(lead.pk), data=CONSENT)
        return str(said["confirmation"])

    first = ask()
    leads.edit(lead, city="Lugo")
    assert model.call("confirm", confirmation=first)["isError"]
    second = ask()
    monkeypatch.setattr("coordina.mcp_door.doing.LASTS", -1)
    assert model.call("confirm", confirmation=second)["isError"]
    assert not ConsentEntry.objects.exists()


def test_what_would_be_refused_is_refused_before_it_is_confirmed(leads: Leads) -> None:
    lead = leads.lead()
    model = model_of(leads.boss)
    for data in ({}, {**CONSENT, "consent": "maybe"}, {**CONSENT, "nothing": 1}):
        said = model.call("run_operation", operation="leads.record_lead_consent", ref=str(lead.pk), data=data)
        assert said["isError"]
    assert model_of(leads.other).call(
        "run_operation", operation="leads.record_lead_consent", ref=str(lead.pk), data=CONSENT
    )["isError"]


def test_nothing_that_cannot_be_undone_is_done_at_once(leads: Leads) -> None:
    """Every operation there is: those without undo answer with a question, or refuse."""
    model = model_of(leads.boss)
    lead = leads.lead()
    plain, tried = rows(), 0
    for name, operation in table().by_name.items():
        if operation.declared is None or operation.declared.undoable or operation.does.many:
            continue
        tried += 1
        ref = str(lead.pk) if "{ref}" in operation.path else ""
        said = model.call("run_operation", operation=name, data=CONSENT, **({"ref": ref} if ref else {}))
        assert said["isError"] or said["structuredContent"]["needs_confirmation"], name
    assert tried > 2
    assert rows() == plain


def test_the_same_key_does_its_work_once(leads: Leads) -> None:
    model = model_of(leads.boss)
    given = {"operation": "companies.create", "data": {"name": "Granja Alta"}, "key": "k1"}
    made = [model.told("run_operation", **given)["record"]["id"] for _ in range(2)]
    assert made[0] == made[1]
    assert Company.objects.count() == 1


def test_what_gives_access_is_no_operation_here(leads: Leads) -> None:
    model = model_of(leads.boss)
    for name in ("users.set_password", "tokens.make_token", "users.use_link", "users.invite"):
        assert model.call("run_operation", operation=name, ref="1", data={})["isError"]


# Who may --------------------------------------------------------------------------------------------------------------

PEOPLE = ("ana", "luis", "manager")


def test_nothing_shows_to_models_of_others(world: World, planted: dict[tuple[str, str], Any]) -> None:
    from coordina.core.types import TYPES

    cells = 0
    for role in PEOPLE:
        user = User.objects.for_request().get(pk=getattr(world, role).pk)
        model = model_of(user)
        for (noun, owner), obj in planted.items():
            if sees(user, obj):
                continue
            known = TYPES[noun]
            canary = CANARIES[owner] + type(obj).__name__
            about: dict[str, Any] = {"part_of": getattr(obj, f"{known.within}_id")} if known.within else {}
            answers = [
                model.call("get_record", type=known.url, ref=str(obj.pk)),
                model.call("list_records", type=known.url, limit=100, **about),
                model.call("search", query=canary),
                model.ask("resources/read", uri=f"coordina://{known.url}/{obj.pk}"),
            ]
            for answer in answers:
                assert canary not in json.dumps(answer, ensure_ascii=False), (role, noun)
                cells += 1
            missing = model.ask("resources/read", uri=f"coordina://{known.url}/999999")
            assert answers[-1] == missing
            gone = model.call("get_record", type=known.url, ref="999999")
            assert answers[0] == gone
    assert cells > 40


def test_a_forbidden_write_changes_no_row(world: World, planted: dict[tuple[str, str], Any]) -> None:
    plain, tried = rows(), 0
    user = User.objects.for_request().get(pk=world.ana.pk)
    model = model_of(user)
    for (noun, _owner), obj in planted.items():
        if sees(user, obj):
            continue
        for name, operation in table().by_name.items():
            if operation.known is not None and operation.known.name == noun and "{ref}" in operation.path:
                if operation.declared is None or operation.does.many:
                    continue
                assert model.call("run_operation", operation=name, ref=str(obj.pk), data={})["isError"], name
                tried += 1
    assert tried > 20
    assert rows() == plain


def test_a_token_for_some_kinds_knows_no_others(leads: Leads) -> None:
    leads.lead()
    model = model_of(leads.boss, types=["company"])
    names = {each["type"] for each in model.told("list_types")["types"]}
    assert "companies" in names and not names & {"leads", "opportunities", "people"}
    assert model.told("search", query="berta")["hits"] == []
    assert model.call("list_records", type="leads")["isError"]
    assert model.call("run_operation", operation="leads.create", data={"name": "X"})["isError"]
    assert all(each["of"] == "company" for each in model.told("list_figures")["figures"])


# The protocol ---------------------------------------------------------------------------------------------------------


def test_messages_that_make_no_sense(leads: Leads) -> None:
    model = model_of(leads.boss)
    assert model.send(b"{").json()["error"]["code"] == -32700
    for message in ([], [1], {"id": 1, "method": "ping"}, {"jsonrpc": "2.0", "id": None, "method": "ping"},
                    {"jsonrpc": "2.0", "id": 1, "method": "ping", "params": []}):  # fmt: skip
        assert model.send(message).json()["error"]["code"] == -32600, message
    assert model.ask("nothing")["error"]["code"] == -32601
    assert model.ask("tools/call", name="nothing")["error"]["code"] == -32602
    assert model.send({"jsonrpc": "2.0", "method": "notifications/initialized"}).status_code == 202
    old = model.send({"jsonrpc": "2.0", "id": 1, "method": "ping"}, MCP_Protocol_Version="1999-01-01")
    assert old.status_code == 400
    assert model.client.get("/mcp").status_code == 405


@pytest.mark.parametrize(
    ("tool", "given"),
    [
        ("search", {}),
        ("search", {"query": 3}),
        ("search", {"query": "x", "limit": 0}),
        ("search", {"query": "x", "limit": True}),
        ("search", {"query": "x", "other": 1}),
        ("get_record", {"type": "leads", "ref": "1", "fields": [1]}),
        ("get_record", {"type": "nothing", "ref": "1"}),
        ("list_records", {"type": "leads", "filter": "name ="}),
        ("list_records", {"type": "leads", "order": "password"}),
        ("list_records", {"type": "leads", "view": "x"}),
        ("get_figure", {"figure": "x"}),
        ("get_figure", {"figure": "leads.open", "from": "mañana"}),
        ("undo", {"change": 2**61}),
        ("run_operation", {"operation": "leads.edit"}),
        ("run_operation", {"operation": "companies.create", "ref": "1"}),
    ],
)
def test_arguments_that_make_no_sense_are_told_to_the_model(leads: Leads, tool: str, given: Any) -> None:
    said = model_of(leads.boss).call(tool, **given)
    assert said["isError"] and said["structuredContent"]["code"] != "fault", said


def test_versions_are_agreed_upon(leads: Leads) -> None:
    model = model_of(leads.boss)
    for wished in (*VERSIONS, "2099-01-01"):
        about = {"name": "x", "version": "1"}
        said = model.ask("initialize", protocolVersion=wished, capabilities={}, clientInfo=about)
        assert said["result"]["protocolVersion"] == (wished if wished in VERSIONS else VERSIONS[0])
    assert "never" in said["result"]["instructions"]


def test_nobody_comes_in_without_a_token_or_from_another_site(leads: Leads) -> None:
    ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    for secret in ("", "nothing"):
        answer = Model(secret).send(ping)
        assert answer.status_code == 401 and "Bearer" in answer["WWW-Authenticate"]
    inside = leads.client(leads.boss)
    assert inside.post("/mcp", json.dumps(ping), content_type="application/json").status_code == 401
    model = model_of(leads.boss)
    assert model.send(ping, Origin="https://evil.example").status_code == 403
    assert model.send(ping, Origin="http://testserver.evil.example").status_code == 403
    assert not model.send(ping).cookies
    assert throttle.WINDOW.total_seconds() >= LASTS  # so a confirmation that was used stays used


def test_a_token_has_its_pace_here_as_well(leads: Leads, settings: Any) -> None:
    settings.API_PER_MINUTE = 3
    model = model_of(leads.boss)
    ping = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "ping"})
    pace._counts.clear()
    codes = [model.client.post("/mcp", ping, content_type="application/json").status_code for _ in range(5)]
    assert codes == [200, 200, 200, 429, 429]
