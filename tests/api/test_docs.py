"""The commands of docs/api.md, run by a shell against a live server; and the pages that explain the door."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from coordina.customers.models import Company
from coordina.pipeline.models import Opportunity
from coordina.records.models import Attachment

from ..world import World
from .conftest import token_for

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "api.md"


def commands() -> list[str]:
    """The blocks of commands, but for the one that says where the server is."""
    found = re.findall(r"```sh\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    return [block for block in found if not block.startswith("export")]


@pytest.mark.skipif(shutil.which("curl") is None, reason="CURL IS MISSING: the commands of docs/api.md do not run")
@pytest.mark.django_db(transaction=True)
def test_the_commands_of_the_guide_work(live_server: Any, world: World, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    company = world.create(Company, name="Faro", city="Lugo")
    deal = world.create(Opportunity, name="Torre", company=company, amount="1800", currency="EUR")
    assert deal.reference == "OPP-000001"
    text = [block.replace('"company": 1', f'"company": {company.pk}') for block in commands()]
    given = {"COORDINA": live_server.url, "TOKEN": token_for(world.boss).secret, "PATH": os.environ["PATH"]}
    assert len(text) >= 7
    said = []
    for block in text:
        kept = Attachment.objects.values_list("pk", flat=True).first()
        block = block.replace("/files/1/", f"/files/{kept}/")
        done = subprocess.run(["sh", "-e", "-c", block], env=given, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, (block, done.stdout, done.stderr)
        said.append(done.stdout)
    assert Company.objects.filter(name="Faro del Norte").count() == 1
    assert Company.objects.filter(name__in=("Uno", "Dos")).count() == 2
    assert not Company.objects.filter(name="By mistake").exists()
    deal.refresh_from_db()
    assert (deal.source, deal.next_step, str(deal.amount)) == ("Feria", "Call", "18300.00")
    assert "Offer for Faro\n" in said
    problem = json.loads(said[-1])
    assert problem["code"] == "invalid"
    assert problem["errors"][0]["pointer"] == "/name"


@pytest.mark.django_db
def test_the_pages_explain_every_operation(world: World) -> None:
    from coordina.api.operations import table

    client = world.client(world.rep, **{"Accept-Language": "es"})
    first = client.get("/api/docs/")
    assert first.status_code == 200
    tags = set(re.findall(r'href="/api/docs/([a-z-]+)/"', first.content.decode()))
    pages = "".join(client.get(f"/api/docs/{tag}/").content.decode() for tag in tags)
    missing = [name for name in table().by_name if f'id="{name}"' not in pages]
    assert not missing
    assert "Webhooks de programas" in first.content.decode()
    assert "http://testserver/mcp" in first.content.decode()
    assert client.get("/api/docs/nothing/").status_code == 404
    document = client.get("/api/docs/openapi.json")
    assert document["Content-Disposition"].startswith("attachment")
    assert document.json()["openapi"] == "3.1.0"
