"""A client that a public generator makes of our document: whole, named alike in every language, and it works."""

import datetime as dt
import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from coordina.customers.models import Company
from coordina.pipeline.models import Opportunity

from ..world import World
from .conftest import program, token_for

NAME = "made_client"


def generate(document: Any, folder: Path) -> str:
    """Write a package made of a document; gives what the generator had to say."""
    source = folder / "openapi.json"
    source.write_text(json.dumps(document))
    settings = folder / "settings.yml"
    settings.write_text("post_hooks: []\n")
    order = ["generate", "--path", str(source), "--meta", "none", "--config", str(settings)]
    done = subprocess.run(
        [sys.executable, "-m", "openapi_python_client", *order, "--output-path", str(folder / NAME)],
        capture_output=True, text=True, timeout=300, cwd=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.timeout(600)
@pytest.mark.django_db(transaction=True)
def test_a_generated_client_lists_writes_acts_and_takes_back(
    live_server: Any, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = generate(program(world.boss, language="es").get("/openapi.json").json(), tmp_path)
    assert "arning" not in said, said  # nothing of the document was left out
    monkeypatch.syspath_prepend(str(tmp_path))

    def module(path: str) -> Any:
        return importlib.import_module(f"{NAME}.{path}")

    def call(path: str, *args: Any, **given: Any) -> Any:
        return module(f"api.{path}").sync_detailed(*args, client=client, **given)

    client = module("client").AuthenticatedClient(
        base_url=f"{live_server.url}/api/v1", token=token_for(world.boss).secret
    )
    models = module("models")

    made = call("companies.companies_create", body=models.CustomersCreateCompanyInput(name="Faro", city="Lugo"))
    assert (made.status_code, made.parsed.name) == (201, "Faro")
    assert isinstance(made.parsed, models.Company)  # in Spanish, too, it is no «Empresa»
    pk = made.parsed.id
    listed = call("companies.companies_list", filter_='city = "Lugo"')
    assert [row.id for row in listed.parsed.data] == [pk]

    edited = call("companies.companies_edit", str(pk), body=models.CustomersEditCompanyInput(city="Vigo"))
    assert (edited.status_code, edited.parsed.city) == (200, "Vigo")
    assert Company.objects.get(pk=pk).city == "Vigo"

    back = call("changes.changes_undo", int(edited.headers["Change-Set"]), body=models.ChangesUndoBody())
    assert (back.status_code, back.parsed.undone) == (200, 1)
    assert Company.objects.get(pk=pk).city == "Lugo"

    sale = world.create(Opportunity, name="Torre", company=Company.objects.get(pk=pk))
    step = models.PipelineSetNextStepInput(next_step="Llamar", next_step_on=dt.date(2030, 1, 2))
    acted = call("opportunities.opportunities_set_next_step", sale.reference, body=step)
    assert (acted.status_code, acted.parsed.next_step) == (200, "Llamar")
    refused = call("opportunities.opportunities_read", "OPP-999999")
    assert (refused.status_code, refused.parsed.code) == (404, "not_found")
