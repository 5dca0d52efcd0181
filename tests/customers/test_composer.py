"""Logging in seconds from the page of a record, with and without scripts."""

import json
from typing import Any

import pytest
from django.utils import timezone

from coordina.catalog.models import Product
from coordina.core.refusals import NotFound, Refusal
from coordina.customers.actions import divided, log_interaction
from coordina.customers.composing import composer_values, read_composer
from coordina.customers.models import Company, Interaction, Person
from coordina.ledger.models import ChangeSet
from coordina.ledger.undo import undo
from coordina.records.models import Note
from tests.world import World


@pytest.fixture
def sirena(world: World) -> Any:
    company = world.create(Company, name="Conservas Sirena", by=world.rep)
    world.create(Person, name="Pablo Trébol", company=company)
    return company


def test_two_keystrokes_log_a_call(world: World, sirena: Company) -> None:
    browser = world.client(world.rep)
    answer = browser.post(f"/log/companies/{sirena.pk}/", {"kind": "call", "text": "Posponen la ampliación"})
    assert answer.status_code == 302
    made = Interaction.objects.get()
    assert (made.summary, made.company_id, made.owner_id, made.kind) == (
        "Posponen la ampliación",
        sirena.pk,
        world.rep.pk,
        "call",
    )
    page = browser.get(f"/companies/{sirena.pk}/panels/customers.timeline.company/")
    assert "Posponen la ampliación" in page.content.decode()


def test_with_htmx_the_timeline_comes_back_with_a_fresh_composer(world: World, sirena: Company) -> None:
    browser = world.client(world.rep, **{"HX-Request": "true"})
    person = Person.objects.get()
    data = {
        "kind": "meeting", "text": "Reunión\ncon dos líneas", "person": person.pk, "happened_at": "2026-11-20T10:00",
        "minutes": "45", "outcome": "done", "direction": "in",
    }  # fmt: skip
    answer = browser.post(f"/log/companies/{sirena.pk}/", data)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert 'id="timeline"' in text
    assert 'hx-swap-oob="true"' in text
    assert "Pablo Trébol" in text
    assert json.loads(answer["HX-Trigger"])["toast"]["undo"].startswith("/changes/")
    made = Interaction.objects.get()
    assert (made.summary, made.body, made.minutes, made.direction) == ("Reunión", "Reunión\ncon dos líneas", 45, "")
    assert made.happened_at.isoformat() == "2026-11-20T09:00:00+00:00"


def test_what_was_typed_stays_when_it_is_refused(world: World, sirena: Company) -> None:
    data = {"kind": "call", "text": "Hola <b>", "happened_at": "anteanteayer", "minutes": "12"}
    for headers, shape in (({}, "<html"), ({"HX-Request": "true"}, "<form")):
        answer = world.client(world.rep, **headers).post(f"/log/companies/{sirena.pk}/", data)
        text = answer.content.decode()
        assert answer.status_code == 422
        assert shape in text
        assert "Hola &lt;b&gt;" in text
        assert "anteanteayer" in text
    assert answer["HX-Retarget"] == "#composer"
    assert not Interaction.objects.exists()


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"kind": "call", "text": " "}, "text"),
        ({"kind": "fax", "text": "x"}, "kind"),
        ({"kind": "call", "text": "x", "person": 9999}, "person"),
        ({"kind": "call", "text": "x" * 20_001}, "text"),
        ({"kind": "call", "text": "x", "minutes": -3}, "minutes"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(world: World, sirena: Company, data: dict[str, Any], field: str) -> None:
    where = {"subject_type": "customers.Company", "subject_id": sirena.pk}
    with pytest.raises(Refusal) as caught:
        world.act(log_interaction, by=world.rep, **data, **where)
    assert set(caught.value.errors) == {field}


def test_a_call_nobody_answered_needs_no_words(world: World, sirena: Company) -> None:
    where = {"subject_type": "customers.Company", "subject_id": sirena.pk}
    person = Person.objects.get()
    made = world.act(log_interaction, by=world.rep, kind="call", outcome="no_answer", person=person.pk, **where)
    assert "Pablo Trébol" in made.summary


def test_a_note_is_a_note(world: World, sirena: Company) -> None:
    world.client(world.rep).post(f"/log/companies/{sirena.pk}/", {"kind": "note", "text": "Paga tarde"})
    assert Note.objects.get().text == "Paga tarde"
    assert not Interaction.objects.exists()


def test_who_only_looks_comments_and_logs_nothing(world: World, sirena: Company) -> None:
    assert [t.kind for t in composer_values(sirena, world.service)["tabs"]] == ["comment"]
    browser = world.client(world.service)
    assert browser.post(f"/log/companies/{sirena.pk}/", {"kind": "call", "text": "x"}).status_code == 403
    assert browser.post("/log/companies/9999/", {"kind": "call", "text": "x"}).status_code == 404


def test_a_representative_logs_with_every_company_but_notes_only_on_own_ones(world: World, sirena: Company) -> None:
    assert [t.kind for t in composer_values(sirena, world.rep)["tabs"]] == [
        "call",
        "email",
        "note",
        "meeting",
        "visit",
        "message",
        "comment",
    ]
    assert "note" not in [t.kind for t in composer_values(sirena, world.other)["tabs"]]
    where = {"subject_type": "customers.Company", "subject_id": sirena.pk}
    assert world.act(log_interaction, by=world.other, kind="call", text="x", **where).pk


def test_the_composer_knows_whom_one_talked_to_last(world: World, sirena: Company) -> None:
    ada = world.create(Person, name="Ada Nenúfar", company=sirena)
    values = composer_values(sirena, world.rep)
    assert [(label, chosen) for _pk, label, chosen in values["people"]] == [
        ("Ada Nenúfar", False),
        ("Pablo Trébol", False),
    ]
    where = {"subject_type": "customers.Company", "subject_id": sirena.pk}
    world.act(log_interaction, by=world.rep, kind="call", text="x", person=ada.pk, **where)
    values = composer_values(sirena, world.rep)
    assert [label for _pk, label, chosen in values["people"] if chosen] == ["Ada Nenúfar"]
    assert composer_values(ada, world.rep)["people"] == [(ada.pk, "Ada Nenúfar", True)]


def test_an_interaction_about_what_one_does_not_see(world: World) -> None:
    hidden = world.create(Interaction, by=world.other, summary="Secreta")
    with pytest.raises(NotFound):
        world.act(
            log_interaction,
            by=world.rep,
            kind="call",
            text="x",
            subject_type="customers.Interaction",
            subject_id=hidden.pk,
        )


def test_a_text_is_named_by_its_first_line() -> None:
    assert divided("Corto") == ("Corto", "")
    assert divided("Uno\nDos") == ("Uno", "Uno\nDos")
    long = "palabra " * 40
    summary, body = divided(long.strip())
    assert len(summary) <= 141
    assert summary.endswith("palabra…")
    assert body == long.strip()


def test_what_does_not_belong_to_the_kind_is_left_out() -> None:
    typed = {"kind": "email", "text": "x", "minutes": "9", "outcome": "left", "direction": "in", "person": ""}
    assert read_composer(typed) == {"kind": "email", "text": "x", "direction": "in"}
    assert timezone.is_aware(read_composer({"kind": "call", "happened_at": "2026-01-01T10:00"})["happened_at"])


def test_what_was_logged_about_a_record_outlives_it_and_holds_its_undo(world: World) -> None:
    product = world.create(Product, name="Aura")
    made = ChangeSet.objects.latest("pk")
    about = {"subject_type": "catalog.Product", "subject_id": product.pk}
    logged = world.act(log_interaction, kind="call", text="Preguntan por Aura", **about)
    assert [h.reason for h in undo(made, by=world.boss, at=timezone.now()).held] == ["held"]
    world.delete(product)
    assert Interaction.objects.get().pk == logged.pk
    undo(ChangeSet.objects.latest("pk"), by=world.boss, at=timezone.now())
    assert Product.objects.get().pk == product.pk
