"""Leads of other programs: state, dates and what they became arrive; the same file again changes nothing."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from coordina.customers.models import Company
from coordina.leads.models import Lead
from coordina.ledger.change_sets import change_set
from coordina.records.importing import checking, files, running, steps
from coordina.records.models import ExternalId
from tests.leads.ground import Leads, check

SALESFORCE = """Id,LastName,FirstName,Company,Email,LeadSource,Status,IsConverted,ConvertedDate,ConvertedAccountId,Site
00Q1,Boxer,Berta,Granja Alta,berta@granja.es,Web,Closed - Converted,TRUE,24/02/2026,0011,130
00Q2,Cotton,Fina,Seguros Abad,fina@abad.es,Web,Open - Not Contacted,FALSE,,,7
00Q3,Monk,Marc,Trigo SL,marc@trigo.es,Feria,Closed - Not Converted,FALSE,,,
00Q4,Luz,Eva,Luz SA,eva@luz.es,Feria,Working - Contacted,FALSE,,0099,
"""
SPANISH = """Nombre;Empresa;Correo electrónico;Teléfono;Origen;Estado;Fecha de creación;Campaña
Ana Pérez;Nave SL;ana@nave.es;910 123 456;Web;Calificado;03/02/2026;Otoño
Luis Gil;Obra SA;luis@obra.es;;Feria;Descartado;04/02/2026;
"""
BARE = """Lead Number,Lead Source,Converted,Score
660737,Organic Search,0,15
660728,,1,14
"""


def brought(leads: Leads, text: str, name: str = "leads.csv") -> Any:
    """The run of an import of leads as somebody does who takes all that is proposed."""
    path, size = files.keep([text.encode()])
    run = steps.start(leads.boss, "lead", name, path, size)
    steps.read(run, lambda rows: None)
    checking.check(run, progress=lambda rows: None)
    running.execute(run, progress=lambda rows: None)
    run.refresh_from_db()
    for lead in Lead.objects.all():
        check(lead)
    return run


def test_salesforce(leads: Leads) -> None:
    farm = leads.create(Company, name="Granja Alta")
    with change_set(by=None, at=timezone.now(), via="system"):
        ExternalId.objects.create(subject_type="customers.Company", subject_id=farm.pk, system="sf", value="0011")
    run = brought(leads, SALESFORCE)
    assert run.counts["new"] == 4, run.counts
    states = {lead.name: lead.status for lead in Lead.objects.all()}
    assert states == {
        "Berta Boxer": "converted",
        "Fina Cotton": "new",
        "Marc Monk": "disqualified",
        "Eva Luz": "contacted",
    }
    berta, eva = Lead.objects.get(name="Berta Boxer"), Lead.objects.get(name="Eva Luz")
    assert (berta.company_id, str(berta.closed_on), berta.owner_id) == (farm.pk, "2026-02-24", None)
    assert berta.other_data["Site"] == "130"
    assert "0099" in eva.other_data.values()
    again = brought(leads, SALESFORCE)
    assert (again.counts["new"], again.counts.get("error", 0), Lead.objects.count()) == (0, 0, 4), again.counts
    running.take_back(again, leads.boss, force=False, progress=lambda rows: None) if again.change_set_id else None
    running.take_back(run, leads.boss, force=False, progress=lambda rows: None)
    assert Lead.objects.count() == 0


def test_a_spanish_file(leads: Leads) -> None:
    run = brought(leads, SPANISH)
    assert run.counts["new"] == 2, run.counts
    ana = Lead.objects.get(name="Ana Pérez")
    assert (ana.status, ana.phone, ana.campaign, ana.source) == ("qualified", "+34910123456", "Otoño", "Web")
    assert ana.received_at.astimezone(ZoneInfo("Europe/Madrid")).date().isoformat() == "2026-02-03"
    assert Lead.objects.get(name="Luis Gil").status == "disqualified"


@pytest.mark.parametrize("seller", [True, False])
def test_leads_of_whom_little_is_known(leads: Leads, seller: bool) -> None:
    run = brought(leads, BARE)
    assert run.counts["new"] == 2, run.counts
    first, second = Lead.objects.order_by("pk")
    assert (first.status, second.status, second.title) == ("new", "converted", second.reference)
    assert ExternalId.objects.filter(subject_type="leads.Lead", value="660737", subject_id=first.pk).exists()
