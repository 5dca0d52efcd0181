"""May one contact somebody: what they asked for, what they agreed to, and that nothing loosens it by the way."""

import ast
import datetime as dt
import importlib
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from coordina.core.actions import of
from coordina.core.refusals import Refusal
from coordina.core.types import type_of
from coordina.customers.actions import allow_person, record_consent, suppress_address
from coordina.customers.consent_writers import main_purpose, usual_purposes
from coordina.customers.contacting import digest_of, may_contact
from coordina.customers.enums import Channel
from coordina.customers.models import Company, ConsentEntry, Person, Purpose, Suppression
from coordina.leads.models import Lead
from coordina.ledger.change_sets import change_set
from coordina.records.models import Note
from tests.clock import madrid_day
from tests.world import World

pytestmark = pytest.mark.django_db
TODAY = madrid_day()
DAY = dt.timedelta(days=1)


@pytest.fixture
def letters(world: World) -> Purpose:
    with change_set(by=None, at=timezone.now(), via="system"):
        return usual_purposes()[1]


def said(world: World, person: Person, answer: str, on: dt.date = TODAY, **more: Any) -> None:
    world.act(record_consent, pk=person.pk, consent=answer, consent_source="Feria", consent_on=on, **more)


def test_what_somebody_asked_for_closes_the_way(world: World) -> None:
    person = world.create(Person, name="Ana Roble", email="ana@roble.example", no_phone=True)
    assert may_contact(person, Channel.EMAIL).allowed
    assert not may_contact(person, Channel.PHONE).allowed
    world.edit(person, no_contact=True)
    person.refresh_from_db()
    assert not any(may_contact(person, channel).allowed for channel in Channel)


def test_what_their_company_asked_for_counts_for_them(world: World) -> None:
    company = world.create(Company, name="Roble", no_email=True)
    person = world.create(Person, name="Ana Roble", company=company)
    assert not may_contact(person, Channel.EMAIL).allowed
    assert may_contact(person, Channel.PHONE).allowed


def test_advertising_needs_consent_and_the_newest_answer_counts(world: World, letters: Purpose) -> None:
    person = world.create(Person, name="Ana Roble")
    assert not may_contact(person, Channel.EMAIL, letters).allowed
    said(world, person, "given", TODAY - 9 * DAY, purpose=letters)
    assert may_contact(person, Channel.EMAIL, letters).allowed
    said(world, person, "withdrawn", TODAY - DAY, purpose=letters, channel="email")
    assert not may_contact(person, Channel.EMAIL, letters).allowed
    assert may_contact(person, Channel.WHATSAPP, letters).allowed
    said(world, person, "given", TODAY - 5 * DAY, purpose=letters)  # found late, but said before
    assert not may_contact(person, Channel.EMAIL, letters).allowed
    assert ConsentEntry.of(person).count() == 3


def test_answers_are_kept_with_what_was_shown_and_who_wrote_them_down(world: World, letters: Purpose) -> None:
    person = world.create(Person, name="Ana Roble")
    said(world, person, "given", purpose=letters, channel="email", proof="alta-12.pdf")
    entry = ConsentEntry.objects.get()
    assert (entry.answer, entry.channel, entry.source, entry.proof) == ("given", "email", "Feria", "alta-12.pdf")
    assert entry.text_shown == letters.text
    assert entry.owner == world.boss
    assert not of(record_consent).undoable


def test_the_contact_holds_the_newest_answer_to_the_main_purpose(world: World) -> None:
    person = world.create(Person, name="Ana Roble", consent="given", consent_source="Web", consent_on=str(TODAY - DAY))
    said(world, person, "refused", TODAY - 3 * DAY)
    person.refresh_from_db()
    assert (person.consent, person.consent_source) == ("given", "Web")
    said(world, person, "withdrawn")
    person.refresh_from_db()
    assert (person.consent, person.consent_on) == ("withdrawn", TODAY)
    answers = ConsentEntry.of(person).order_by("pk").values_list("answer", "purpose")
    assert [a for a, _p in answers] == ["given", "refused", "withdrawn"]
    assert {p for _a, p in answers} == {main_purpose().pk}


def test_an_edit_adds_to_the_history_and_cannot_unsay(world: World) -> None:
    person = world.create(Person, name="Ana Roble", consent="given", consent_on=str(TODAY))
    world.edit(person, consent_source="Formulario 7")
    assert list(ConsentEntry.of(person).order_by("pk").values_list("source", flat=True)) == ["", "Formulario 7"]
    with pytest.raises(Refusal) as refused:
        world.edit(person, consent="")
    assert refused.value.field == "consent"


def test_only_its_own_action_opens_a_way_again(world: World) -> None:
    person = world.create(Person, name="Ana Roble", no_contact=True, no_contact_reason="Llamó")
    with pytest.raises(Refusal) as refused:
        world.edit(person, no_contact=False)
    assert refused.value.field == "no_contact"
    with pytest.raises(Refusal):
        world.act(allow_person, by=world.rep, pk=person.pk, reason="porque sí")
    world.act(allow_person, pk=person.pk, reason="Nos escribió")
    person.refresh_from_db()
    assert (person.no_contact, person.no_contact_reason) == (False, "Nos escribió")


def test_a_file_never_opens_a_way(world: World) -> None:
    person = world.create(Person, name="Ana Roble", no_email=True, consent="refused")
    with change_set(by=world.boss, at=timezone.now(), via="import"):
        values = type_of(Person).writer.clean({"no_email": False, "consent": "", "city": "Vigo"}, obj=person)
    assert values == {"city": "Vigo"}


def test_a_merge_keeps_the_stricter(world: World) -> None:
    from coordina.records.duplicates.deciding import MERGES

    stays = world.create(Person, name="Ana Roble", consent="given", consent_on=str(TODAY - 2 * DAY))
    gone = world.create(
        Person, name="Ana Roble", no_phone=True, no_contact_reason="Carta", consent="withdrawn", consent_on=str(TODAY)
    )
    world.act(MERGES["person"], pk=stays.pk, others=[gone.pk], take={})
    stays.refresh_from_db()
    assert (stays.no_phone, stays.no_contact_reason, stays.consent) == (True, "Carta", "withdrawn")
    assert ConsentEntry.of(stays).count() == 2


def test_a_suppressed_address_stays_suppressed_for_whoever_comes_with_it(world: World) -> None:
    world.act(suppress_address, address=" Ana@Roble.example ", reason="Se opuso")
    world.act(suppress_address, address="ana@roble.example", reason="Otra vez")
    assert Suppression.objects.count() == 1
    person = world.create(Person, name="Otra Ana", email="ana@roble.example", mobile="+34600123456")
    assert not may_contact(person, Channel.EMAIL).allowed
    assert may_contact(person, Channel.SMS).allowed
    world.act(suppress_address, address="600 123 456", reason="Robinson")
    assert not may_contact(person, Channel.SMS).allowed


def test_a_digest_says_nothing_without_the_key(settings: Any) -> None:
    one = digest_of("ana@roble.example")
    settings.SECRET_KEY = "another"
    assert digest_of("ana@roble.example") != one


def test_people_are_found_by_what_they_agree_to_now(world: World, letters: Purpose) -> None:
    yes, no = world.create(Person, name="Ana"), world.create(Person, name="Eva")
    said(world, yes, "given", purpose=letters)
    said(world, no, "given", TODAY - DAY, purpose=letters)
    said(world, no, "withdrawn", purpose=letters)
    page = world.client(world.boss).get("/people/", {"q": f"agreed_to = {letters.pk}"}).content.decode()
    assert f'href="/people/{yes.pk}/"' in page
    assert f'href="/people/{no.pk}/"' not in page


def test_the_migration_loses_nothing(world: World) -> None:
    """What stood in the columns before is the first line of the history."""
    with change_set(by=None, at=timezone.now(), via="system"):
        for number, answer in enumerate(("given", "", "withdrawn")):
            Person(name=f"P{number}", consent=answer, consent_source="Web", consent_on=TODAY).save()
    assert not ConsentEntry.objects.exists()
    Purpose_ = Purpose.objects
    assert not Purpose_.exists()
    importlib.import_module("coordina.customers.migrations.0006_consent_of_before").remember(apps, None)
    kept = {e.subject_id: (e.answer, e.source, e.said_on) for e in ConsentEntry.objects.all()}
    there = {p.pk: (p.consent, p.consent_source, p.consent_on) for p in Person.objects.exclude(consent="")}
    assert kept == there
    assert Purpose.objects.get().main


def test_the_page_shows_it_where_nobody_can_miss_it(world: World) -> None:
    client = world.client(world.boss)
    person = world.create(Person, name="Ana Roble", email="ana@roble.example", no_email=True, no_contact_reason="Carta")
    page = client.get(f"/people/{person.pk}/").content.decode()
    assert 'class="callout bad"' in page
    assert "Carta" in page
    assert 'class="btn" href="mailto:' not in page
    assert f"/people/{person.pk}/do/allow-person/" in page
    lead = world.create(Lead, name="Eva Haya", no_contact=True)
    assert 'class="callout bad"' in client.get(f"/leads/{lead.pk}/").content.decode()


SENDERS = {
    "activity/news.py": "digests for people who work here",
    "activity/safety.py": "what happened to the way in of somebody who works here",
    "activity/views/outgoing.py": "a test to oneself",
    "webforms/receiving.py": "the question to whoever has just sent a form whether it was them",
    "web/accounts/links.py": "links of invitations and resets, for people who work here",
}
"""Modules that send mail to people who work here, or answer what somebody asked for a moment ago."""


def sends(source: str) -> bool:
    """Whether a module hands mails to the outgoing mail."""
    tree = ast.parse(source)
    names = {
        f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    through = any(isinstance(n, ast.Attribute) and n.attr == "send" for n in ast.walk(tree))
    return "coordina.activity.mail.send" in names or ("coordina.activity.mail" in names and through)


def asks(source: str) -> bool:
    """Whether a module asks if somebody may be written to."""
    return "may_contact(" in source or "reader_of(" in source


def test_whatever_sends_to_customers_asks_first() -> None:
    """A module that sends stands in the list above, or asks `may_contact` or `reader_of`, which asks it for orders."""
    package = Path(__file__).resolve().parents[2] / "src" / "coordina"
    sources = {p.relative_to(package).as_posix(): p.read_text(encoding="utf-8") for p in package.rglob("*.py")}
    sending = {path for path, source in sources.items() if sends(source)}
    assert {path for path in sending if not asks(sources[path])} == set(SENDERS)


def test_notes_are_not_consent(world: World) -> None:
    """A note on a person says nothing about consent: only answers do."""
    person = world.create(Person, name="Ana")
    with change_set(by=world.boss, at=timezone.now(), via="web"):
        Note(subject_type=person._meta.label, subject_id=person.pk, text="le parece bien", owner=world.boss).save()
    assert not may_contact(person, Channel.EMAIL, main_purpose_of(world)).allowed


def main_purpose_of(world: World) -> Purpose:
    with change_set(by=None, at=timezone.now(), via="system"):
        return main_purpose()
