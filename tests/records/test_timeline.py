"""The timeline: everything that happened to a record, merged, folded, paged, and only what one may see."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from django.utils.html import strip_tags

from coordina.catalog.models import Product
from coordina.core.formats import Formats, formats_of
from coordina.core.timeline import Moment
from coordina.customers.actions import log_interaction
from coordina.customers.models import Address, Company, Interaction, Person
from coordina.ledger.change_sets import change_set
from coordina.ledger.models import ChangeSet
from coordina.ledger.undo import undo
from coordina.records.actions import add_note, attach_file
from coordina.records.files import keep
from coordina.records.models import Note
from coordina.records.narrowing import Wanted
from coordina.records.timeline import Feed, day_label, feed_of
from tests.world import World


@pytest.fixture(autouse=True)
def _in_english() -> Any:
    with translation.override("en"):
        yield


def formats() -> Formats:
    return formats_of("en", "Europe/Madrid", "EUR", timezone.now())


def feed(world: World, record: Any, by: Any = None, **options: Any) -> Feed:
    return feed_of(record, by or world.boss, formats(), **options)


def moments(found: Feed) -> list[Moment]:
    return [e.moment for day in found.days for group in day.groups for e in group.entries]


def texts(found: Feed) -> list[str]:
    return [text for m in moments(found) for text in ([strip_tags(line) for line in m.lines] or [strip_tags(m.title)])]


def on(record: Any) -> dict[str, Any]:
    return {"subject_type": record._meta.label, "subject_id": record.pk}


def test_everything_stands_in_one_feed_newest_first(world: World) -> None:
    company = world.create(Company, name="Una", by=world.rep)
    world.act(add_note, by=world.rep, text="Paga tarde", **on(company))
    world.act(attach_file, by=world.rep, name="plano.pdf", ticket=keep([b"x"]), **on(company))
    person = world.create(Person, name="Ada Nenúfar", company=company)
    world.act(log_interaction, by=world.rep, kind="call", text="Quiere precio", person=person.pk, **on(company))
    world.edit(company, city="Lugo")
    assert texts(feed(world, company)) == [
        "Inés set City to Lugo",
        "Bruno called Ada Nenúfar",
        "Bruno added plano.pdf",
        "Bruno wrote a note",
        "Bruno created this record",
    ]
    assert texts(feed(world, company, only="notes")) == ["Bruno wrote a note"]
    sources = ["interactions", "comments", "notes", "files", "reminders", "changes"]
    assert [c.name for c in feed(world, company).chips if c.name in ("", *sources)] == ["", *sources]
    assert texts(feed(world, person))[0] == "Bruno called Ada Nenúfar"


def test_changes_read_as_sentences_in_the_reader_s_own_writing(world: World) -> None:
    product = world.create(Product, name="Aura", price="1200")
    world.edit(product, price="1500.5")
    world.edit(product, active=False)
    world.edit(product, description="Largo y tendido")
    world.edit(product, code="A-1")
    world.edit(product, code="")
    assert texts(feed(world, product)) == [
        "Inés cleared Code, which was A-1",
        "Inés set Code to A-1",
        "Inés changed Description",
        "Inés changed On sale from Yes to No",
        "Inés changed Price from €1,200 to €1,500.50",
        "Inés created this record",
    ]


def test_references_are_called_by_name_as_far_as_one_sees_them(world: World) -> None:
    company = world.create(Company, name="Una")
    world.edit(company, owner=world.rep)
    assert texts(feed(world, company))[0] == "Inés changed Owner from Inés Alondra to Bruno Encina"


def test_parts_of_a_record_stand_in_its_timeline(world: World) -> None:
    company = world.create(Company, name="Una", city="Lugo", country="ES")
    address = world.create(Address, company=company, street="Mayor 1")
    world.edit(address, street="Mayor 2")
    assert texts(feed(world, company))[:2] == [
        "Inés changed Street from Mayor 1 to Mayor 2",
        "Inés added address: Mayor 1",
    ]


def test_many_changes_in_a_row_fold(world: World) -> None:
    company = world.create(Company, name="Una")
    for city in ("Lugo", "Vigo", "Orense"):
        world.edit(company, city=city)
    world.act(add_note, text="Entre medias", **on(company))
    world.edit(company, city="Lugo")
    [day] = feed(world, company).days
    assert [g.changes for g in day.groups] == [0, 0, 4]
    assert day.label == "Today"


def test_what_was_undone_says_so(world: World) -> None:
    company = world.create(Company, name="Una")
    world.edit(company, city="Lugo")
    undo(ChangeSet.objects.latest("pk"), by=world.boss, at=timezone.now())
    first = moments(feed(world, company))[0]
    assert (strip_tags(first.lines[0]), first.facts) == ("Inés cleared City, which was Lugo", ("by undoing",))


def test_one_sees_the_interactions_one_may_see(world: World) -> None:
    company = world.create(Company, name="Una")
    world.act(log_interaction, by=world.other, kind="call", text="Secreta", **on(company))
    assert "Teo called" in texts(feed(world, company))
    assert "Teo called" not in texts(feed(world, company, by=world.rep))
    assert [m.source for m in moments(feed(world, company, by=world.service))] == ["changes"]


def test_pages_hold_everything_once(world: World) -> None:
    company = world.create(Company, name="Una", by=world.rep)
    now = timezone.now()
    with change_set(by=world.rep, at=now, via="import"):
        Interaction.objects.bulk_create(
            [
                Interaction(
                    summary=f"I{i}", company=company, owner=world.rep, happened_at=now - dt.timedelta(hours=i // 9)
                )
                for i in range(70)
            ]
        )
        for i in range(12):
            Note(subject_type="customers.Company", subject_id=company.pk, text=f"N{i}", owner=world.rep).save()
    for city in ("Lugo", "Vigo"):
        world.edit(company, city=city)
    seen: list[str] = []
    after, pages = "", 0
    while pages < 20:
        page = feed(world, company, after=after, size=10)
        seen += [f"{m.source}{m.mark}" for m in moments(page)]
        after, pages = page.next, pages + 1
        if not after:
            break
    assert len(seen) == len(set(seen)) == 70 + 12 + 3
    assert pages == 9


@pytest.mark.parametrize("after", ["x", "notes:abc~changes:--", "interactions:99999999999999999-1", "notes:1'"])
def test_a_mark_nobody_gave_does_no_harm(world: World, after: str) -> None:
    company = world.create(Company, name="Una")
    assert moments(feed(world, company, after=after)) is not None


def test_a_page_costs_the_same_for_few_and_many(world: World) -> None:
    def queries(company: Company) -> int:
        with CaptureQueriesContext(connection) as caught:
            feed(world, company)
        return len(caught)

    few, many = world.create(Company, name="Una"), world.create(Company, name="Dos")
    person = world.create(Person, name="Ada")
    for company, count in ((few, 1), (many, 3)):
        for _i in range(count):
            world.act(add_note, text="x", **on(company))
            world.act(log_interaction, kind="call", text="x", person=person.pk, **on(company))
            world.create(Address, company=company, street="Mayor 1")
            world.edit(company, owner=world.rep)
            world.edit(company, owner=world.boss)
    queries(few)
    assert queries(few) == queries(many) <= 14  # two a source
    assert Note.objects.count() == 4


def test_a_day_is_called_by_its_weekday_and_date() -> None:
    now = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
    for language, today, other, old in (
        ("es", "Hoy", "Miércoles 18 de noviembre", "Viernes 3 de enero de 2025"),
        ("en", "Today", "Wednesday, November 18", "Friday, January 3, 2025"),
    ):
        with translation.override(language):
            written = formats_of(language, "Europe/Madrid", "EUR", now)
            days = [dt.date(2026, 11, 20), dt.date(2026, 11, 18), dt.date(2025, 1, 3)]
            assert [day_label(day, written) for day in days] == [today, other, old]


def test_words_people_and_days_narrow_the_feed(world: World) -> None:
    company = world.create(Company, name="Una", by=world.rep)
    world.act(add_note, by=world.rep, text="Paga tarde, según Ramón", **on(company))
    world.act(add_note, by=world.boss, text="Quiere otra oferta", **on(company))
    world.edit(company, city="Lugo")
    client = world.client(world.rep)

    def page(query: str) -> str:
        return str(client.get(f"/timeline/companies/{company.pk}/?{query}").content.decode())

    assert "Paga tarde" in page("words=RAMON+paga")
    assert "otra oferta" not in page("words=RAMON+paga")
    assert "Lugo" in page("words=lugo")
    assert "Lugo" not in page("words=lugo&only=notes")
    assert "otra oferta" in page(f"person={world.boss.pk}")
    assert "Paga tarde" not in page(f"person={world.boss.pk}")
    assert "Paga tarde" not in page("until=2020-01-01")
    assert "Paga tarde" in page("since=2020-01-01&person=x&until=mal")
    assert "words=RAMON" in page("words=RAMON").replace("&amp;", "&"), "chips keep what is looked for"


def test_a_search_goes_through_the_whole_feed_in_pages(world: World) -> None:
    company = world.create(Company, name="Una", by=world.rep)
    for n in range(90):
        world.act(add_note, by=world.rep, text=f"nota {'par' if n % 2 else 'non'} {n:02}", **on(company))
    found, after = [], ""
    for _n in range(4):
        got = feed(world, company, by=world.rep, only="notes", after=after, narrow=Wanted("par"))
        found += [m.body for m in moments(got)]
        after = got.next
        if not after:
            break
    assert found == [f"nota par {n:02}" for n in range(89, 0, -2)]
