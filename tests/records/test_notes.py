"""Notes on any record: for whoever may change it, changed by their author alone."""

import pytest
from django.utils import timezone

from coordina.core.refusals import Forbidden, NotFound, Refusal
from coordina.customers.models import Company, Interaction
from coordina.ledger.models import ChangeSet
from coordina.ledger.undo import undo
from coordina.records.actions import add_note, delete_note, edit_note
from coordina.records.models import Note
from tests.world import World


def note(world: World, subject: object, by: object = None, text: str = "Paga tarde") -> Note:
    label = subject._meta.label  # type: ignore[attr-defined]
    return world.act(add_note, by=by, subject_type=label, subject_id=subject.pk, text=text)  # type: ignore[arg-type, attr-defined]


def test_a_note_is_written_changed_and_removed_by_its_author(world: World) -> None:
    company = world.create(Company, name="Una", by=world.rep)
    made = note(world, company, by=world.rep, text="  Paga tarde \n")
    assert (made.text, made.owner_id) == ("Paga tarde", world.rep.pk)
    said = ChangeSet.objects.latest("pk")
    assert (said.subject_type, said.subject_id) == ("customers.Company", company.pk)
    world.act(edit_note, by=world.rep, pk=made.pk, text="Paga a tiempo")
    assert Note.objects.get().text == "Paga a tiempo"
    for act, data in ((edit_note, {"text": "x"}), (delete_note, {})):
        with pytest.raises(Forbidden):
            world.act(act, by=world.boss, pk=made.pk, **data)
    world.act(delete_note, by=world.rep, pk=made.pk)
    assert not Note.objects.exists()
    undo(ChangeSet.objects.latest("pk"), by=world.rep, at=timezone.now())
    assert Note.objects.get().text == "Paga a tiempo"


@pytest.mark.parametrize("text", ["", "   ", "x" * 20_001])
def test_a_note_says_something_of_a_bearable_length(world: World, text: str) -> None:
    company = world.create(Company, name="Una")
    with pytest.raises(Refusal) as caught:
        note(world, company, text=text)
    assert set(caught.value.errors) == {"text"}


def test_who_may_only_look_adds_no_note(world: World) -> None:
    company = world.create(Company, name="Una")
    with pytest.raises(Forbidden):
        note(world, company, by=world.service)


def test_a_note_on_what_one_does_not_see_is_a_note_on_nothing(world: World) -> None:
    hidden = world.create(Interaction, by=world.other, summary="Secreta")
    missing = Interaction(pk=9999)
    answers = []
    for subject in (hidden, missing):
        with pytest.raises(NotFound) as caught:
            note(world, subject, by=world.rep)
        answers.append((str(caught.value), caught.value.status))
    assert answers[0] == answers[1]
    made = note(world, hidden, by=world.other)
    assert not Note.objects.visible_to(world.rep).exists()
    with pytest.raises(NotFound):
        world.act(edit_note, by=world.rep, pk=made.pk, text="x")


@pytest.mark.parametrize(
    "label", ["records.Note", "records.Tag", "customers.Address", "ledger.ChangeSet", "x", "a.b.c", ""]
)
def test_notes_hang_on_records_of_their_own_right(world: World, label: str) -> None:
    with pytest.raises(NotFound):
        world.act(add_note, subject_type=label, subject_id=1, text="x")


def test_notes_go_with_their_record_and_come_back_with_it(world: World) -> None:
    company = world.create(Company, name="Una")
    note(world, company)
    world.delete(company)
    assert not Note.objects.exists()
    undo(ChangeSet.objects.latest("pk"), by=world.boss, at=timezone.now())
    assert Note.of(company).count() == 1
