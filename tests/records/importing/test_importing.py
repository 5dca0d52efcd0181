"""From a file to records: verdicts, writes, references, what is left out, and the way back."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coordina.accounts.models import Team, User
from coordina.catalog.models import Product
from coordina.customers.models import Company, Industry, Person
from coordina.ledger.change_sets import change_set
from coordina.ledger.history import history_of
from coordina.pipeline.importing import in_order, pipeline_of
from coordina.pipeline.models import Opportunity, OpportunityLine, Pipeline, Stage, StageEntry
from coordina.records.importing import references, running, steps
from coordina.records.models import ExternalId, ImportProblem, Note
from tests.world import World

from .conftest import Read, check, execute, take_back

pytestmark = pytest.mark.django_db


def problems(run: Any) -> list[tuple[int, str]]:
    rows = ImportProblem.objects.filter(run=run).order_by("number")
    return [(p.number, " ".join(f"{label}: {text}".strip(": ") for label, text in p.reasons)) for p in rows]


def test_verdicts_come_before_any_write_and_tell_what_will_happen(world: World, read: Read) -> None:
    world.create(Company, name="Alfa", employees=3)
    run = check(read("company,sector,employees\nAlfa,Health,9\nBravo,Health,2\nCharlie,Food,many\n"))
    assert run.counts == {"update": 1, "new": 1, "error": 1, "made": {"industry": 1}}
    assert run.samples["made"] == {"industry": ["Health"]}
    assert problems(run)[0][0] == 4
    assert "many" in problems(run)[0][1]
    assert Company.objects.count() == 1
    assert not Industry.objects.exists()
    execute(run)
    assert (run.counts["new"], run.counts["update"], run.counts["error"]) == (1, 1, 1)
    assert {c.name: c.employees for c in Company.objects.all()} == {"Alfa": 9, "Bravo": 2}
    assert [i.name for i in Industry.objects.all()] == ["Health"]


def test_undo_brings_overwritten_values_back(world: World, read: Read) -> None:
    alfa = world.create(Company, name="Alfa", employees=3, city="Lugo")
    run = execute(read("company,employees,nickname\nAlfa,9,Al\nBravo,2,\n"))
    alfa.refresh_from_db()
    assert (alfa.employees, alfa.city, alfa.other_data) == (9, "Lugo", {"nickname": "Al"})
    take_back(run, world.boss)
    again = Company.objects.get()
    assert (again.employees, again.city, again.other_data) == (3, "Lugo", {})
    assert run.state == "undone"
    assert history_of(again)[0].change_set.undo_of_id == run.change_set.pk


def test_what_others_changed_is_kept_listed_and_removed_by_force(world: World, read: Read) -> None:
    run = execute(read("company\nAlfa\nBravo\nCharlie\nDelta\n"))
    a, b, _c, _d = Company.objects.order_by("name")
    world.edit(a, city="Vigo")
    world.create(Opportunity, name="Nave", company=b, **_stage(world))
    take_back(run, world.boss)
    assert run.state == "partly"
    kept = {row["pk"]: (row["reason"], row["names"]) for row in run.result["list"]}
    assert kept == {a.pk: ("changed", ["city"]), b.pk: ("held", ["pipeline.Opportunity"])}
    assert set(Company.objects.values_list("pk", flat=True)) == {a.pk, b.pk}
    Opportunity.objects.get()
    world.delete(Opportunity.objects.get())
    take_back(run, world.boss, force=True)
    assert (run.state, Company.objects.count()) == ("undone", 0)
    execute(read("company\nAlfa\nBravo\nCharlie\nDelta\n"))
    assert Company.objects.count() == 4


def _stage(world: World) -> dict[str, Any]:
    pipeline = Pipeline.objects.first() or world.create(Pipeline, name="Ventas")
    stage = Stage.objects.filter(pipeline=pipeline).first()
    return {"stage": stage or world.create(Stage, pipeline=pipeline, name="Nueva", position=1)}


def test_columns_without_a_field_are_kept_with_the_record(world: World, read: Read) -> None:
    execute(read("company,old zone,colour\nAlfa,N-04,=1+1\nBravo,,😀 שלום\n"))
    assert {c.name: c.other_data for c in Company.objects.all()} == {
        "Alfa": {"old zone": "N-04", "colour": "=1+1"},
        "Bravo": {"colour": "😀 שלום"},
    }
    execute(read("name,shoe size\nZoe,38\n", "user"))
    assert Note.objects.get(subject_type="accounts.User").text == "shoe size: 38"
    execute(read("name,shoe size\nZoe,38\n", "user"))
    assert Note.objects.count() == 1


def test_a_bad_row_never_stops_the_others(world: World, read: Read) -> None:
    long = "x" * 10_000
    lines = [
        "company,employees,email",
        f"{long},1,",
        "=HYPERLINK(1),2,",
        "שלום עולם,3,",
        "😀 Óptica,4,hola@optica.example",
        "Two,5,a@@b.c",
        ",6,",
    ]
    run = execute(read("\n".join(lines)))
    assert set(Company.objects.values_list("name", flat=True)) == {"=HYPERLINK(1)", "שלום עולם", "😀 Óptica"}
    found = dict(problems(run))
    assert set(found) == {2, 6, 7}
    assert "200" in found[2]
    assert "two at signs" in found[6]
    assert "missing" in found[7].lower()
    assert ImportProblem.objects.get(run=run, number=2).cells[0] == long, "the error file has the whole row"


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
def test_any_encoding_is_read(world: World, read: Read, encoding: str) -> None:
    execute(read("Empresa;Ciudad\nÓptica Peña;Cáceres\n".encode(encoding)))
    assert Company.objects.get().city == "Cáceres"


def test_broken_bytes_do_not_stop_it(world: World, read: Read) -> None:
    execute(read(b"company,city\nAlfa,Lugo\n" + b"Br\xffavo,V\x00igo\n" + "Peña,Cáceres\n".encode()))
    assert Company.objects.count() == 3


def test_the_same_record_twice_in_a_file_is_one(world: World, read: Read) -> None:
    text = (
        "record id,company,city\n"
        + "7,Alfa,Lugo\n"
        + "".join(f"{n},C{n},X\n" for n in range(100, 700))
        + "7,Alfa,Vigo\n"
    )
    run = check(read(text))
    assert run.counts["update"] == 1
    execute(run)
    assert Company.objects.get(name="Alfa").city == "Vigo"
    assert Company.objects.count() == 601
    run = execute(read("company,city\nNueva,Lugo\nNueva,Vigo\n"))
    assert [c.city for c in Company.objects.filter(name="Nueva")] == ["Vigo"]
    assert (run.counts["new"], run.counts["update"]) == (1, 1)


def test_again_with_the_same_id_updates_and_the_same_stays_the_same(world: World, read: Read) -> None:
    text = "record id,company,city\n7,Alfa,Lugo\n8,Bravo,Vigo\n"
    execute(read(text))
    run = execute(read(text.replace("Vigo", "Orense")))
    assert (run.counts["new"], run.counts["update"], run.counts["same"]) == (0, 1, 1)
    assert ExternalId.objects.count() == 2


def test_only_creating_and_only_updating_leave_the_others_out_with_a_reason(world: World, read: Read) -> None:
    world.create(Company, name="Alfa")
    run = execute(read("company,city\nAlfa,Lugo\nBravo,Vigo\n"), mode="create")
    assert (run.counts["new"], [n for n, _t in problems(run)]) == (1, [2])
    run = execute(read("company,city\nAlfa,Lugo\nCharlie,Vigo\n"), mode="update")
    assert (run.counts["update"], [n for n, _t in problems(run)]) == (1, [3])
    assert set(Company.objects.values_list("name", flat=True)) == {"Alfa", "Bravo"}


def test_a_company_may_belong_to_one_that_comes_later_or_before(world: World, read: Read) -> None:
    text = "company,subsidiary of,city\nHija,Madre,Lugo\nNieta,Hija,Vigo\nMadre,,Orense\nOtra,Fuera,\n"
    run = check(read(text))
    assert run.counts == {"new": 4, "made": {"parent": 1}}
    for mode in ("upsert", "create"):
        run = execute(read(text), mode=mode)
        assert (run.counts["new"], run.counts["update"], run.counts["error"]) == (4, 0, 0)
        found = {c.name: (c.parent.name if c.parent else None, c.city) for c in Company.objects.all()}
        assert found == {
            "Hija": ("Madre", "Lugo"),
            "Nieta": ("Hija", "Vigo"),
            "Madre": (None, "Orense"),
            "Otra": ("Fuera", ""),
            "Fuera": (None, ""),
        }
        take_back(run, world.boss)
        assert not Company.objects.exists()


def test_a_parent_in_a_later_chunk_is_the_same_record(world: World, read: Read) -> None:
    rows = [f"C{n},,X" for n in range(1200)]
    text = "company,subsidiary of,city\nHija,Madre,Lugo\n" + "\n".join(rows) + "\nMadre,,Orense\nUltima,C3,\n"
    run = execute(read(text))
    assert Company.objects.count() == 1203
    assert Company.objects.get(name="Hija").parent.city == "Orense"
    assert Company.objects.get(name="Ultima").parent.name == "C3"
    assert run.counts["new"] == 1203


def test_people_without_mail_become_users_without_access_with_teams_and_regions(world: World, read: Read) -> None:
    text = "sales_agent,manager,regional_office\nZoe Uno,Max Jefe,Este\nZoe Dos,Max Jefe,Este\nMax Jefe,,Este\n"
    execute(read(text, "user"))
    zoe, chief = User.objects.get(name="Zoe Uno"), User.objects.get(name="Max Jefe")
    assert (zoe.is_active, zoe.email, zoe.team.manager, zoe.team.parent.name) == (False, None, chief, "Este")
    assert Team.objects.get(name="Este").is_region
    assert User.objects.filter(name="Max Jefe").count() == 1


def test_opportunities_keep_business_days_and_unknown_stays_unknown(world: World, read: Read) -> None:
    product = world.create(Product, name="GTX Pro", price="10")
    pipeline = _pipeline(world)
    stages = {s.name: s for s in Stage.objects.filter(pipeline=pipeline)}
    text = (
        "id,agent,product,account,stage,engaged,closed,amount\n"
        'a,Zoe,GTXPro,Alfa,Won,20/10/2016,01/03/2017,"1.054,50"\n'
        "b,Zoe,GTX Pro,,Engaging,13/11/2016,,\n"
        "c,Zoe,GTX Pro,Alfa,Prospecting,,,\n"
    )
    run = read(
        text, "opportunity", engaged=f"entered_stage:{stages['Engaging'].pk}", closed="closed_on", amount="amount"
    )
    execute(run, constants={"pipeline": str(pipeline.pk)})
    assert run.counts["error"] == 0, problems(run)
    won, engaging, early = Opportunity.objects.order_by("pk")
    assert (won.closed_on, won.cycle_days, str(won.amount)) == (date(2017, 3, 1), 132, "1054.50")
    entries = list(
        StageEntry.objects.filter(opportunity=won).order_by("position").values_list("stage__name", "entered_on")
    )
    assert entries == [("Engaging", date(2016, 10, 20)), ("Won", date(2017, 3, 1))]
    assert (engaging.entered_on, engaging.company, engaging.amount) == (date(2016, 11, 13), None, None)
    assert (early.entered_on, early.opened_on, early.closed_on) == (None, None, None)
    assert won.name == "Alfa · GTXPro"
    assert set(OpportunityLine.objects.values_list("product", flat=True)) == {product.pk}
    assert {o.owner.name for o in Opportunity.objects.all()} == {"Zoe"}


def _pipeline(world: World) -> Pipeline:
    with change_set(by=world.boss, at=timezone.now(), via="web") as journal:
        return pipeline_of("Maven", ["Won", "Engaging", "Lost", "Prospecting"], by=world.boss, at=journal.at)


def test_stages_are_ordered_as_sales_go_and_unknown_ones_are_made_in_the_chosen_pipeline(
    world: World, read: Read
) -> None:
    assert in_order(["Lost", "Won", "Negociación", "Cosa rara", "Prospecting"]) == [
        "Prospecting", "Negociación", "Cosa rara", "Won", "Lost",
    ]  # fmt: skip
    first, second = _pipeline(world), world.create(Pipeline, name="Otra")
    run = read("id,stage\na,Engaging\nb,Cerrada perdida\n", "opportunity")
    execute(run, constants={"pipeline": str(second.pk)})
    assert {(s.name, s.kind) for s in Stage.objects.filter(pipeline=second)} == {
        ("Engaging", "open"),
        ("Cerrada perdida", "lost"),
    }
    assert set(Opportunity.objects.values_list("pipeline", flat=True)) == {second.pk}
    assert Stage.objects.filter(pipeline=first).count() == 4


def test_what_one_may_not_see_is_new_and_nothing_is_hinted(world: World, read: Read) -> None:
    hidden = world.create(Opportunity, by=world.other, name="Nave", **_stage(world))
    pipeline = str(hidden.pipeline_id)
    text = "record id,name,stage\nx1,Nave,Nueva\n"
    execute(read(text, "opportunity"), constants={"pipeline": pipeline})
    assert Opportunity.objects.filter(name="Nave").count() == 2
    run = check(read(text, "opportunity", by=world.rep), constants={"pipeline": pipeline})
    assert run.counts == {"new": 1, "made": {}}
    execute(run)
    assert Opportunity.objects.filter(owner=world.rep).count() == 1


def test_who_may_not_change_a_record_gets_the_row_back(world: World, read: Read) -> None:
    world.create(Company, name="Alfa", by=world.boss)
    run = execute(read("company,city\nAlfa,Lugo\nBravo,Vigo\n", by=world.rep))
    assert problems(run) == [(2, "You cannot change the record that this row is about.")]
    assert Company.objects.get(name="Alfa").city == ""
    assert Company.objects.get(name="Bravo").owner == world.rep


def test_the_type_of_a_file_is_recognised(world: World, read: Read) -> None:
    assert read("product,series,sales_price\nA,B,1\n", "").type == "product"
    assert read("Agente,Jefe,Oficina regional\nA,B,C\n", "").type == "user"
    assert read("Nombre,Apellidos,Correo,Cargo\nAna,Pi,a@b.co,Jefa\n", "").type == "person"


def test_a_half_done_import_goes_on_behind_what_is_done(
    world: World, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "CHUNK", 500)
    run = read("company\n" + "".join(f"C{n}\n" for n in range(1300)))

    def stop(behind: int) -> None:
        if behind >= 500:
            raise KeyboardInterrupt

    run.state = "running"
    with pytest.raises(KeyboardInterrupt):
        running.execute(run, progress=stop)
    run = type(run).objects.select_related("by", "change_set").get(pk=run.pk)
    assert (run.behind, Company.objects.count()) == (500, 500)
    execute(run)
    assert (Company.objects.count(), run.counts["new"], run.state) == (1300, 1300, "done")
    take_back(run, world.boss)
    assert not Company.objects.exists()


def test_queries_do_not_grow_with_the_rows(world: World, read: Read) -> None:
    def count(rows: int, prefix: str) -> int:
        text = "company,sector,employees\n" + "".join(f"{prefix}{n},Health,{n}\n" for n in range(rows))
        run = read(text)
        with CaptureQueriesContext(connection) as captured:
            execute(check(run))
        return len(captured)

    count(1, "w")
    assert count(400, "b") <= count(100, "a") + 6


def test_decisions_are_kept_until_the_target_changes(world: World, read: Read) -> None:
    run = read("company,sector\nAlfa,technolgy\n")
    tech = world.create(Industry, name="Technology")
    steps.decide(run, [{}, {"values": {"technolgy": str(tech.pk)}}], {})
    execute(run)
    assert Company.objects.get().industry == tech
    run = read("company,sector\nBravo,technolgy\n")
    steps.decide(run, [{}, {"values": {"technolgy": "empty"}}], {})
    steps.decide(run, [{}, {"target": "city"}], {})
    assert run.columns[1]["values"] == {}


def test_among_very_many_a_name_written_otherwise_is_found_too(
    world: World, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(references, "FEW", 1)
    rios = world.create(Company, name="Talleres Ríos, S.L.")
    for other in ("Talleres Ríos, S.A.", "Ríos Talleres, S.L.", "Norte SA"):
        world.create(Company, name=other)
    run = execute(read("nombre,empresa\nAna,TALLERES RIOS SL\nEva,Talleres Rios S. L.\nLuz,Sur SA\n", "person"))
    assert run.counts["made:company"] == 1
    found = dict(Person.objects.values_list("name", "company__name"))
    assert found == {"Ana": rios.name, "Eva": rios.name, "Luz": "Sur SA"}
