"""Every kind of added field through every door: form, cell, filter, sort, page, file, import, history, undo."""

import csv
import io
from typing import Any

import pytest

from coordina.core.keyset import page
from coordina.core.ordering import order_of
from coordina.core.types import TYPES
from coordina.customers.models import Company
from coordina.ledger.history import history_of
from coordina.ledger.models import ChangeSet
from tests.fields.conftest import Define, Two, found
from tests.fields.kinds import SAMPLES, Sample
from tests.world import World

pytestmark = pytest.mark.django_db
EVERY = pytest.mark.parametrize("sample", SAMPLES.values(), ids=list(SAMPLES))
HTMX = {"HX-Request": "true"}


def plain(answer: Any) -> str:
    return str(answer.content.decode()).replace("\u00a0", " ")


@EVERY
def test_forms_write_it_and_pages_show_it(world: World, define: Define, sample: Sample) -> None:
    two = Two(world, define, sample)
    for number in (0, 1):
        sent = {"name": f"Por formulario {number}", "relation": "prospect", two.name: two.typed(number)}
        assert two.client.post("/companies/new/", sent).status_code == 302
        assert Company.objects.get(name=sent["name"]).custom == {two.name: two.held(number)}
    assert [two.now(n).custom.get(two.name) for n in (0, 1, 2)] == [two.held(0), two.held(1), None]
    assert [getattr(two.now(n), two.name) for n in (0, 1, 2)] == [two.python(0), two.python(1), None]
    detail = plain(two.client.get(f"/companies/{two.rows[1].pk}/"))
    assert "Campo nuevo" in detail
    assert sample.shown in detail
    listed = plain(two.client.get(f"/companies/?cols=name,{two.name}"))
    assert sample.shown in listed
    form = plain(two.client.get(f"/companies/{two.rows[0].pk}/edit/"))
    assert f'name="{two.name}"' in form


@EVERY
def test_an_unchanged_form_changes_nothing(world: World, define: Define, sample: Sample) -> None:
    two = Two(world, define, sample)
    form = two.client.get(f"/companies/{two.rows[1].pk}/edit/").context["form"]
    sent = {name: bound.value() for name, bound in ((n, form[n]) for n in form.fields) if bound.value() is not None}
    two.client.post(f"/companies/{two.rows[1].pk}/edit/", {**sent, "version": 1})
    assert two.now(1).version == 1
    assert two.now(1).custom == {two.name: two.held(1)}


@EVERY
def test_a_cell_edits_and_clears_it(world: World, define: Define, sample: Sample) -> None:
    two = Two(world, define, sample)
    url = f"/companies/{two.rows[0].pk}/edit/{two.name}/"
    assert f'name="{two.name}"' in plain(two.client.get(url, headers=HTMX))
    answer = two.client.post(url, {"version": 1, two.name: two.typed(1)}, headers=HTMX)
    assert answer.status_code == 200, plain(answer)
    assert sample.shown in plain(answer)
    assert two.now(0).custom == {two.name: two.held(1)}
    assert two.client.post(url, {"version": 2, two.name: ""}, headers=HTMX).status_code == 200
    assert two.now(0).custom == {}


@EVERY
def test_what_is_no_such_value_is_refused_at_the_field(world: World, define: Define, sample: Sample) -> None:
    if not sample.wrong:
        return
    two = Two(world, define, sample, indexed=False)
    answer = two.client.post(
        f"/companies/{two.rows[0].pk}/edit/{two.name}/", {"version": 1, two.name: sample.wrong}, headers=HTMX
    )
    assert answer.status_code == 422
    assert 'class="error"' in plain(answer)
    assert two.now(0).custom == {two.name: two.held(0)}


@EVERY
def test_every_operator_finds_what_it_says(world: World, define: Define, sample: Sample) -> None:
    two = Two(world, define, sample)
    for template, hits in sample.filters.items():
        text = two.text(template)
        expected = {name for name, hit in zip(("Uno", "Dos", "Nada"), hits, strict=True) if hit}
        assert found(world, text) - {"Destino A", "Destino B"} == expected, text
        answer = two.client.get("/companies/", {"q": text})
        assert answer.status_code == 200, text
        assert "Campo nuevo" in plain(answer) or "campo nuevo" in plain(answer)


@EVERY
def test_lists_sort_by_it_with_the_empty_last(world: World, define: Define, sample: Sample) -> None:
    two = Two(world, define, sample)
    known = TYPES["company"]
    if not sample.sortable:
        assert two.client.get(f"/companies/?sort={two.name}").status_code == 400
        return
    rising = sorted((0, 1), key=two.held)
    for text, order in ((two.name, rising), (f"-{two.name}", rising[::-1])):
        by = order_of(text, known.known_to(world.boss), Company)
        keys, mark = [], ""
        for _step in range(3):
            step = page(Company.objects.filter(name__in=("Uno", "Dos", "Nada")), by, after=mark, size=1)
            keys += step.ids
            mark = step.next
        assert keys == [two.rows[n].pk for n in (*order, 2)], text
        assert two.client.get(f"/companies/?sort={text}").status_code == 200


@EVERY
def test_a_file_holds_it_and_an_import_reads_it_back(world: World, define: Define, sample: Sample) -> None:
    from coordina.records.importing import checking, files, running, steps

    two = Two(world, define, sample)
    answer = two.client.get(f"/companies/export/?cols=name,{two.name}&sort=name")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    table = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    assert table[0][1] == "Campo nuevo"
    row = next(r for r in table if r[0] == "Dos")
    assert row[1] == (sample.exported or str(two.held(1))) or sample.kind in ("bool", "integer")
    copies = io.StringIO()
    line = csv.writer(copies, delimiter=";")
    line.writerows([table[0], *([f"Copia {r[0]}", r[1]] for r in table[1:] if r[0] in ("Uno", "Dos"))])
    path, size = files.keep([copies.getvalue().encode()])
    run = steps.start(world.boss, "company", "copia.csv", path, size)
    steps.read(run, lambda rows: None)
    assert run.columns[1]["target"] == two.name
    checking.check(run, progress=lambda rows: None)
    assert run.counts.get("error", 0) == 0, run.samples
    running.execute(run, progress=lambda rows: None)
    for number, name in enumerate(("Uno", "Dos")):
        assert Company.objects.get(name=f"Copia {name}").custom == {two.name: two.held(number)}


@EVERY
def test_history_tells_it_and_undo_takes_it_back(world: World, define: Define, sample: Sample) -> None:
    from coordina.ledger.undo import undo

    two = Two(world, define, sample)
    obj = two.rows[0]
    url = f"/companies/{obj.pk}/edit/{two.name}/"
    two.client.post(url, {"version": 1, two.name: two.typed(1)}, headers=HTMX)
    page_of = plain(two.client.get(f"/companies/{obj.pk}/history/"))
    assert "Campo nuevo" in page_of
    assert sample.shown in page_of
    timeline = plain(two.client.get(f"/companies/{obj.pk}/"))
    assert "Campo nuevo" in timeline
    assert two.name in history_of(obj)[0].delta
    change = ChangeSet.objects.latest("pk")
    undo(change, by=world.boss, at=change.at)
    assert two.now(0).custom == {two.name: two.held(0)}
