"""Tables of other programs' exports are known by their headers, in both languages, and nothing else is."""

import pytest

from coordina.core.types import TYPES
from coordina.records.importing.exports import EXPORTS, recognised
from coordina.records.importing.tables import find_known
from coordina.records.importing.targets import by_name


@pytest.mark.parametrize(
    ("headers", "key"),
    [
        ("Id,IsDeleted,Name,Type,ParentId,BillingCity,OwnerId", "salesforce.Account"),
        ("Id,AccountId,LastName,FirstName,Name,Email", "salesforce.Contact"),
        ("Id,LastName,Company,Status,IsConverted", "salesforce.Lead"),
        ("Id,AccountId,Name,StageName,CloseDate,IsWon", "salesforce.Opportunity"),
        ("Id,OpportunityId,CreatedDate,StageName,Amount,CloseDate", "salesforce.OpportunityHistory"),
        (
            "Nombre de la oportunidad,Nombre de la cuenta,Etapa,Propietario de oportunidad",
            "salesforce.opportunity report",
        ),
        ("Record ID,First Name,Last Name,Email,Lifecycle Stage", "hubspot.contacts"),
        ("ID de registro,Nombre,Apellidos,Correo,Propietario del contacto", "hubspot.contacts"),
        ("Record ID,Company name,Company Domain Name,Company owner", "hubspot.companies"),
        ("ID de registro,Nombre del negocio,Pipeline,Etapa del negocio,Importe", "hubspot.deals"),
        ("deal_id,is_deleted,owner_id,property_dealname,property_amount", "hubspot.deal table"),
        ("Record Id,Account Owner.id,Account Owner,Account Name,Phone", "zoho.Accounts"),
        ("ID de registro,Propietario de Contacto.id,Propietario de Contacto,Nombre,Apellidos", "zoho.Contacts"),
        ("Record Id,Deal Owner.id,Deal Name,Account Name.id,Account Name,Stage,Closing Date", "zoho.Deals"),
        ("Record Id,Lead Owner.id,Lead Owner,Company,Last Name", "zoho.Leads"),
    ],
)
def test_a_table_is_known_by_its_headers(headers: str, key: str) -> None:
    found = recognised(headers.split(","))
    assert found is not None
    assert found[0] == key


@pytest.mark.parametrize("headers", ["Empresa,Sector,Plantilla", "name,email", "Oportunidad,Empresa,Etapa,Importe", ""])
def test_files_of_people_are_no_export(headers: str) -> None:
    assert recognised(headers.split(",")) is None


@pytest.mark.django_db
def test_every_column_of_a_known_table_has_a_place() -> None:
    wrong = []
    for key, table in EXPORTS.items():
        known = find_known(table.type)
        if known is None:
            assert table.type not in TYPES
            continue
        places = by_name(known, None)
        said = {target.removeprefix("#") for target in table.columns.values()} - {""}
        wrong += [f"{key}: {name}" for name in sorted(said - places.keys())]
    assert not wrong
