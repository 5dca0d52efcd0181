"""Columns find their fields by name in two languages and by their values; no field is taken twice."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordina.records.imports.columns import propose
from coordina.records.imports.folding import folded, singular, words
from coordina.records.imports.profiles import ColumnProfile
from coordina.records.imports.reasons import Code


@dataclass(frozen=True)
class Target:
    name: str
    labels: tuple[str, ...]
    kind: str = "text"
    aliases: tuple[str, ...] = ()


TARGETS = [
    Target("name", ("Name", "Nombre")),
    Target("external_id", ("External id", "Id externo")),
    Target("company", ("Company", "Empresa"), "ref"),
    Target("owner", ("Owner", "Responsable"), "ref"),
    Target("stage", ("Stage", "Etapa"), "ref"),
    Target("amount", ("Amount", "Importe"), "money"),
    Target("closed_on", ("Closed on", "Fecha de cierre"), "date"),
    Target("probability", ("Probability", "Probabilidad"), "percent"),
    Target("email", ("E-mail", "Correo"), "email"),
    Target("phone", ("Phone", "Teléfono"), "phone"),
]
NOUNS = ("Opportunity", "Oportunidad")


def mapped(*headers: str, columns: dict[str, list[str]] | None = None) -> dict[str, str | None]:
    profiles = []
    for header in headers:
        profile = ColumnProfile()
        for value in (columns or {}).get(header, []):
            profile.add(value)
        profiles.append(profile.decide())
    return {p.header: p.target for p in propose(headers, TARGETS, profiles, nouns=NOUNS, title="name")}


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("AMOUNT", "amount"),
        ("  importe ", "amount"),
        ("Importe (EUR)", "amount"),
        ("deal_amount", "amount"),
        ("DealValue", "amount"),
        ("Valor de cierre", "amount"),
        ("fecha-de-cierre", "closed_on"),
        ("CloseDate", "closed_on"),
        ("closedate", "closed_on"),
        ("Probability (%)", "probability"),
        ("Correo electrónico", "email"),
        ("E-Mail", "email"),
        ("Teléfonos", "phone"),
        ("Vendedor", "owner"),
        ("Sales Rep", "owner"),
        ("Deal owner", "owner"),
        ("Cuenta", "company"),
        ("Account Name", "company"),
        ("AccountId", "company"),
        ("Associated Company", "company"),
        ("Fase", "stage"),
        ("Deal Stage", "stage"),
        ("opportunity_id", "external_id"),
        ("Record ID", "external_id"),
        ("Oportunidad", "name"),
        ("Nombre de la oportunidad", "name"),
        ("dealname", "name"),
        ("zona_vieja", None),
        ("Comentario interno de Paco", None),
    ],
)
def test_names_in_two_languages(header: str, target: str | None) -> None:
    assert mapped(header) == {header: target}


def test_no_field_is_taken_twice_and_the_plain_name_wins() -> None:
    found = mapped("Account Id", "Account", "Cuenta")
    assert found == {"Account Id": None, "Account": "company", "Cuenta": None}
    proposals = propose(["Account Id", "Account"], TARGETS, nouns=NOUNS, title="name")
    assert proposals[0].reason.code is Code.COLUMN_TAKEN
    assert proposals[1].certain


def test_a_shared_beginning_says_nothing() -> None:
    found = mapped("crm_amount", "crm_owner", "crm_stage", "crm_flag")
    assert found == {"crm_amount": "amount", "crm_owner": "owner", "crm_stage": "stage", "crm_flag": None}


def test_values_break_ties_and_recognise_what_names_do_not() -> None:
    columns = {"Contacto": ["ana@x.es", "leo@y.es"], "Importe": ["muy alto", "bajo"], "Valor": ["12", "40"]}
    assert mapped("Contacto", "Importe", "Valor", columns=columns) == {
        "Contacto": "email",
        "Importe": None,
        "Valor": "amount",
    }


def test_a_similar_name_is_proposed_with_a_warning() -> None:
    (proposal,) = propose(["Probabilty"], TARGETS)
    assert (proposal.target, proposal.certain, proposal.reason.code) == ("probability", False, Code.COLUMN_SIMILAR_NAME)


def test_words_and_folding() -> None:
    assert words("HubSpotOwner_ID") == ["hub", "spot", "owner", "id"]
    assert folded("GTX-Pro") == folded("gtxPRO")
    assert singular("empleados") == "empleado"


@given(st.lists(st.text(max_size=20), max_size=8))
def test_any_names_get_at_most_one_field_each(headers: list[str]) -> None:
    targets = [proposal.target for proposal in propose(headers, TARGETS, nouns=NOUNS, title="name")]
    given_out = [target for target in targets if target]
    assert len(targets) == len(headers)
    assert len(given_out) == len(set(given_out))
