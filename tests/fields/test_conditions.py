"""Fields that a stage requires or a type shows: asked for at every door, and only there."""

from typing import Any

import pytest

from coordina.core.refusals import Refusal
from coordina.customers.models import Company
from coordina.pipeline import actions as pipeline
from coordina.pipeline.defaults import make_default_pipeline
from coordina.pipeline.models import Opportunity, Stage
from tests.clock import madrid_day
from tests.fields.conftest import Define
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def stages(world: World) -> list[Stage]:
    world.act(make_default_pipeline)
    return list(Stage.objects.filter(kind="open").order_by("position"))


@pytest.fixture
def required(define: Define, stages: list[Stage]) -> str:
    """A field that is required from the third stage on."""
    condition = {"field": "stage", "from": stages[2].pk}
    slug: str = define("Presupuesto", "integer", noun="opportunity", required_if=condition).slug
    return slug


def test_a_new_record_is_asked_by_its_stage(world: World, stages: list[Stage], required: str) -> None:
    world.create(Opportunity, name="Temprana", stage=stages[0])
    with pytest.raises(Refusal) as refused:
        world.create(Opportunity, name="Tardía", stage=stages[2])
    assert list(refused.value.errors) == [required]
    world.create(Opportunity, name="Tardía", stage=stages[3], **{required: 5})


def test_a_move_is_refused_until_it_is_given(world: World, stages: list[Stage], required: str) -> None:
    obj = world.create(Opportunity, name="Venta", stage=stages[0])
    world.act(pipeline.move, pk=obj.pk, stage=stages[1])
    with pytest.raises(Refusal) as refused:
        world.act(pipeline.move, pk=obj.pk, stage=stages[3])
    assert list(refused.value.errors) == [required]
    world.act(pipeline.move, pk=obj.pk, stage=stages[3], **{required: 7})
    obj.refresh_from_db()
    assert (obj.stage_id, obj.custom) == (stages[3].pk, {required: 7})


def test_winning_asks_too_and_losing_does_not(world: World, stages: list[Stage], required: str) -> None:
    from coordina.pipeline.models import Reason

    obj = world.create(Opportunity, name="Venta", stage=stages[0])
    with pytest.raises(Refusal):
        world.act(pipeline.win, pk=obj.pk, closed_on=madrid_day())
    lost = world.create(Reason, name="Porque sí", kind="lost")
    world.act(pipeline.lose, pk=obj.pk, closed_on=madrid_day(), reason=lost)


def test_the_form_of_a_win_shows_what_is_missing(world: World, stages: list[Stage], required: str) -> None:
    obj = world.create(Opportunity, name="Venta", stage=stages[0])
    client = world.client(world.boss)
    url = f"/opportunities/{obj.pk}/do/win/"
    assert required not in client.get(url).content.decode()
    answer = client.post(url, {"closed_on": f"{madrid_day():%d/%m/%Y}", "version": obj.version})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'name="{required}"' in page
    done = client.post(url, {"closed_on": f"{madrid_day():%d/%m/%Y}", "version": obj.version, required: "9"})
    assert done.status_code == 302, done.content.decode()
    obj.refresh_from_db()
    assert (obj.status, obj.custom) == ("won", {required: 9})


def test_a_card_that_is_moved_asks_for_it(world: World, stages: list[Stage], required: str) -> None:
    obj = world.create(Opportunity, name="Venta", stage=stages[0])
    client = world.client(world.boss)
    url = f"/opportunities/{obj.pk}/move/"
    sent = {"stage": stages[2].pk, "version": obj.version}
    answer = client.post(url, sent, headers={"X-Requested-With": "fetch"})
    assert answer.status_code == 422
    form = client.get(answer.json()["form_url"]).content.decode()
    assert f'name="{required}"' in form
    plain = client.post(url, sent)
    assert plain.status_code == 302
    assert required in plain["Location"]


def test_an_edit_of_something_else_is_not_held_up(world: World, stages: list[Stage], define: Define) -> None:
    obj = world.create(Opportunity, name="Venta", stage=stages[3])
    slug = define("Canal", noun="opportunity", required_if={"field": "stage", "from": stages[1].pk}).slug
    world.edit(obj, name="Venta nueva")
    with pytest.raises(Refusal):
        world.edit(obj, stage=stages[2])
    world.edit(obj, **{slug: "Web"})
    with pytest.raises(Refusal):
        world.edit(obj, **{slug: None})


def test_another_order_of_stages_counts_at_once(world: World, stages: list[Stage], required: str) -> None:
    obj = world.create(Opportunity, name="Venta", stage=stages[0])
    order = [*(s.pk for s in stages[:2]), *(s.pk for s in stages[3:]), stages[2].pk]
    ends = list(Stage.objects.exclude(kind="open").order_by("position").values_list("pk", flat=True))
    world.act(pipeline.reorder_stages, pk=stages[0].pipeline_id, order=[*order, *ends])
    world.act(pipeline.move, pk=obj.pk, stage=stages[3])


def test_what_is_shown_for_one_type_only(world: World, define: Define) -> None:
    slug = define("Número de tienda", visible_if={"field": "relation", "values": ["customer"]}, required=True).slug
    prospect = world.create(Company, name="Prospecto", relation="prospect")
    with pytest.raises(Refusal):
        world.create(Company, name="Cliente", relation="customer")
    customer = world.create(Company, name="Cliente", relation="customer", **{slug: "T-1"})
    client = world.client(world.boss)
    assert "Número de tienda" in client.get(f"/companies/{customer.pk}/").content.decode()
    assert "Número de tienda" not in client.get(f"/companies/{prospect.pk}/").content.decode()
    form = client.get(f"/companies/{prospect.pk}/edit/").content.decode()
    assert 'data-shown-if="relation:customer"' in form
    with pytest.raises(Refusal):
        world.edit(prospect, relation="customer")


def test_an_import_refuses_rows_that_lack_it(world: World, stages: list[Stage], required: str) -> None:
    from coordina.records.importing import checking, files, steps

    text = f"Oportunidad;Etapa\nUna;{stages[0].name}\nOtra;{stages[3].name}\n"
    path, size = files.keep([text.encode()])
    run = steps.start(world.boss, "opportunity", "o.csv", path, size)
    steps.read(run, lambda rows: None)
    checking.check(run, progress=lambda rows: None)
    counts: Any = run.counts
    assert (counts.get("new"), counts.get("error")) == (1, 1)
