"""A company's own files, in a browser: from the upload to the figures, back, and again."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Sum

from coordina.accounts.models import Team, User
from coordina.catalog.models import Product
from coordina.core.actions import standard
from coordina.customers.models import Company
from coordina.ledger import queue
from coordina.ledger.doors import submit
from coordina.pipeline.models import Opportunity, StageEntry
from tests.accounts.people import PASSWORD, founded

pytestmark = pytest.mark.django_db(transaction=True)

ENGLISH = {
    "companies.csv": "account,sector,revenue,subsidiary_of\nAcme,retail,1100.04,\nBeta,retail,251.41,Acme\n",
    "goods.csv": "product,series,sales_price\nLuz Pro,Luz,550\nSol,Sol,4821.5\n",
    "team.csv": "sales_agent,manager,regional_office\nAna Pi,Max Jefe,Norte\nEva Río,Lía Jefa,Sur\n",
    "deals.csv": (
        "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n"
        "A1,Ana Pi,LuzPro,Acme,Won,2017-01-10,2017-03-01,1054.5\n"
        "A2,Eva Río,Sol,Beta,Won,2017-02-01,2017-03-03,400\n"
        "A3,Eva Río,Sol,,Engaging,2017-02-05,,\n"
        "A4,Ana Pi,Luz Pro,Acme,Lost,2017-02-05,2017-04-01,0\n"
        "A5,Ana Pi,Sol,,Prospecting,,,\n"
    ),
}
SPANISH = {
    "empresas.csv": "Filial de;Facturación;Empresa;Sector\n;1.100,04;Acme;retail\nAcme;251,41;Beta;retail\n",
    "productos.csv": "Precio;Producto;Serie\n550,00;Luz Pro;Luz\n4.821,50;Sol;Sol\n",
    "equipo.csv": "Oficina regional;Jefe;Agente\nNorte;Max Jefe;Ana Pi\nSur;Lía Jefa;Eva Río\n",
    "negocios.csv": (
        "Importe;Fecha de cierre;Etapa;Fecha de contacto;Empresa;Producto;Agente;Id de oportunidad\n"
        "1.054,50;01/03/2017;Won;10/01/2017;Acme;LuzPro;Ana Pi;A1\n"
        "400,00;03/03/2017;Won;01/02/2017;Beta;Sol;Eva Río;A2\n"
        ";;Engaging;05/02/2017;;Sol;Eva Río;A3\n"
        "0,00;01/04/2017;Lost;25/02/2017;Acme;Luz Pro;Ana Pi;A4\n"
        ";;Prospecting;;;Sol;Ana Pi;A5\n"
    ),
}


class Journey:
    """An administrator at the import assistant."""

    def __init__(self, page: Any, url: str, folder: Path) -> None:
        self.page, self.url, self.folder = page, url, folder
        page.goto(f"{url}/sign-in/?next=/import/")
        page.fill("[name=email]", "ada@faro.example")
        page.fill("[name=password]", PASSWORD)
        page.locator("button.btn-primary").click()
        page.wait_for_url("**/import/")

    def work(self) -> None:
        """Let the queue be worked off, then look where the run is."""
        here = self.page.url
        self.page.goto("about:blank")
        queue.run_until_idle()
        self.page.goto(here)

    def upload(self, name: str, text: str, encoding: str) -> None:
        """Choose a file; ends at its columns."""
        path = self.folder / name
        path.write_text(text, encoding=encoding)
        self.page.goto(f"{self.url}/import/")
        self.page.set_input_files("[name=files]", str(path))
        self.page.locator("form button.btn-primary").click()
        self.page.wait_for_url("**/import/*/")
        self.work()
        assert "/columns/" in self.page.url, self.page.inner_text("main")

    def pipeline(self, day: str) -> None:
        """Make a pipeline from the stages; a column of days is the entry to one of them."""
        self.page.fill("[name=name-pipeline]", "Del archivo")
        self.page.locator("[name=make_answer]").click()
        self.page.locator(".toast").wait_for()
        box = self.page.get_by_label(day, exact=True)
        entry = next(text for text in box.locator("option").all_inner_texts() if "Engaging" in text)
        box.select_option(label=entry)

    def finish(self) -> int:
        """Check, look, import; gives the id of the run."""
        self.page.locator(".page-actions button[value=check]").click()
        self.page.wait_for_url(lambda url: "/columns/" not in url)
        self.work()
        assert self.page.locator(".verdict").count() > 4, self.page.inner_text("main")
        self.page.locator(".page-actions .btn-primary").click()
        self.page.wait_for_url(lambda url: "/review/" not in url)
        self.work()
        assert "/done/" in self.page.url, self.page.inner_text("main")
        return int(self.page.url.split("/import/")[1].split("/")[0])

    def undo(self, run: int, query: str = "") -> None:
        """Take a run back."""
        self.page.goto(f"{self.url}/import/{run}/undo/{query}")
        self.page.locator("button.btn-danger").click()
        self.page.wait_for_url(lambda url: "/undo/" not in url)
        self.work()


def figures() -> Any:
    """What must come out, whatever the files are called."""
    won = Opportunity.objects.filter(status="won")
    regions = won.values_list("team__parent__name").annotate(sum=Sum("value")).order_by("team__parent__name")
    return (
        (Company.objects.count(), Product.objects.count(), Opportunity.objects.count(), won.count()),
        won.aggregate(sum=Sum("value"))["sum"],
        list(regions),
        sorted(won.values_list("cycle_days", flat=True)),
        Opportunity.objects.filter(company=None).count(),
        StageEntry.objects.filter(stage__name="Engaging").count(),
        Company.objects.get(name="Beta").parent.name,
    )


EXPECTED = (
    (2, 2, 5, 2),
    Decimal("1454.50"),
    [("Norte", Decimal("1054.50")), ("Sur", Decimal("400.00"))],
    [30, 50],
    2,
    4,
    "Acme",
)


@pytest.mark.parametrize(
    ("files", "day", "encoding"),
    [(ENGLISH, "engage_date", "utf-8"), (SPANISH, "Fecha de contacto", "cp1252")],
    ids=["english", "spanish"],
)
def test_four_files_to_figures_and_back(
    page: Any, live_server: Any, tmp_path: Path, files: dict[str, str], day: str, encoding: str
) -> None:
    founded()
    journey = Journey(page, live_server.url, tmp_path)
    *others, deals = files.items()
    for name, text in others:
        journey.upload(name, text, encoding)
        journey.finish()
    journey.upload(*deals, encoding)
    journey.pipeline(day)
    run = journey.finish()
    assert figures() == EXPECTED
    assert Team.objects.get(name="Norte").is_region
    touched = Opportunity.objects.get(name__startswith="Acme", status="won")
    ada = User.objects.get(email="ada@faro.example")
    submit(standard(Opportunity, "edit"), {"description": "Llamar el lunes"}, by=ada, via="web", pk=touched.pk)
    journey.undo(run)
    assert [o.pk for o in Opportunity.objects.all()] == [touched.pk]
    assert page.locator(f'a[href="/opportunities/{touched.pk}/"]').count() == 1
    journey.undo(run, "?force=yes")
    assert not Opportunity.objects.exists()
    journey.upload(*deals, encoding)
    journey.pipeline(day)
    journey.finish()
    assert figures() == EXPECTED
