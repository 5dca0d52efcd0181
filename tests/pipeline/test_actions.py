"""What people do with opportunities, and that all of it can be taken back."""

from datetime import date
from decimal import Decimal

import pytest

from coordina.accounts.models import Rate
from coordina.core.actions import standard
from coordina.core.refusals import Conflict, Forbidden, Invalid, NotFound, Refusal
from coordina.ledger.change_sets import change_set
from coordina.ledger.doors import submit
from coordina.ledger.models import ChangeSet
from coordina.ledger.undo import undo
from coordina.pipeline.actions import (
    complete_next_step,
    lose,
    move,
    reopen,
    reorder_stages,
    set_next_step,
    take_amount_from_lines,
    win,
)
from coordina.pipeline.models import Opportunity, OpportunityLine, Pipeline, Stage, StageEntry
from coordina.records.models import Note
from tests.pipeline.ground import AT, TODAY, Ground, check, way

D = date


def refused(ground: Ground, fn: object, obj: Opportunity, **data: object) -> dict[str, list[str]]:
    with pytest.raises(Refusal) as caught:
        ground.do(fn, obj, **data)
    return caught.value.errors


def test_a_person_creates_one_today(ground: Ground) -> None:
    obj = ground.new(by=ground.seller)
    obj = Opportunity.objects.get(pk=obj.pk)
    assert (obj.reference, obj.status, obj.probability, obj.currency) == ("OPP-000001", "open", 10, "EUR")
    assert (obj.opened_on, obj.entered_on, obj.value) == (TODAY, TODAY, Decimal("1000.00"))
    assert (obj.owner_id, obj.team_id) == (ground.seller.pk, ground.seller.team_id)
    assert way(obj) == [("Calificación", TODAY, None, True)]
    assert ground.new().reference == "OPP-000002"
    check(obj)


def test_an_undone_reference_is_never_used_again(ground: Ground) -> None:
    ground.new()
    ground.undo_last()
    assert not Opportunity.objects.exists()
    assert not StageEntry.objects.exists()
    assert ground.new().reference == "OPP-000002"


def test_move_closes_the_stay_before(ground: Ground) -> None:
    obj = ground.new(opened_on="2026-11-01")
    obj = ground.do(move, obj, stage=ground.stages[2].pk, entered_on="2026-11-10", version=1)
    assert (obj.probability, obj.entered_on, obj.version) == (50, D(2026, 11, 10), 2)
    assert way(obj) == [
        ("Calificación", D(2026, 11, 1), D(2026, 11, 10), False),
        ("Propuesta", D(2026, 11, 10), None, True),
    ]
    assert "entered_on" in refused(ground, move, obj, stage=ground.stages[3].pk, entered_on="2026-11-09")
    assert "entered_on" in refused(ground, move, obj, stage=ground.stages[3].pk, entered_on="2026-11-21")
    assert "stage" in refused(ground, move, obj, stage=ground.won.pk)
    ground.do(move, obj, stage=ground.stages[2].pk)
    assert Opportunity.objects.get().version == 2
    ground.undo_last()
    check(obj)
    assert way(obj) == [("Calificación", D(2026, 11, 1), None, True)]
    ground.undo_last()
    check(obj)
    assert Opportunity.objects.get().stage_id == ground.stages[2].pk


def test_a_stage_of_another_pipeline_is_refused(ground: Ground) -> None:
    with change_set(by=None, at=AT, via="system"):
        there = Pipeline.objects.create(name="Otro", position=2)
        stage = Stage.objects.create(pipeline=there, name="Uno")
    obj = ground.new()
    assert "stage" in refused(ground, move, obj, stage=stage.pk)
    with pytest.raises(Refusal):
        ground.new(stage=stage.pk, pipeline=ground.pipeline.pk)
    moved = ground.edit(obj, pipeline=there.pk)
    assert (moved.stage_id, moved.pipeline_id) == (stage.pk, there.pk)
    check(obj)


def test_win_and_what_it_refuses(ground: Ground) -> None:
    obj = ground.new(opened_on="2026-11-01")
    assert "closed_on" in refused(ground, win, obj, closed_on="2026-11-21")
    assert "closed_on" in refused(ground, win, obj, closed_on="2026-10-31")
    assert "closed_on" in refused(ground, win, obj)
    assert "reason" in refused(ground, win, obj, closed_on="2026-11-20", reason=ground.price.pk)
    obj = ground.do(win, obj, closed_on="2026-11-18", amount="900.50", reason=ground.good.pk, outcome_note="Bien")
    assert (obj.status, obj.probability, obj.cycle_days, obj.value) == ("won", 100, 17, Decimal("900.50"))
    check(obj)
    assert refused(ground, move, obj, stage=ground.stages[0].pk)
    assert refused(ground, win, obj, closed_on="2026-11-18")
    with pytest.raises(Refusal):
        ground.edit(obj, stage=ground.stages[1].pk)
    with pytest.raises(Refusal):
        ground.edit(obj, probability=40)
    with pytest.raises(Refusal):
        ground.edit(obj, closed_on=None)
    ground.edit(obj, closed_on="2026-11-19")
    assert Opportunity.objects.get().cycle_days == 18
    check(obj)


def test_lose_needs_a_reason_and_keeps_the_amount(ground: Ground) -> None:
    obj = ground.new()
    assert "reason" in refused(ground, lose, obj, closed_on="2026-11-20")
    obj = ground.do(lose, obj, closed_on="2026-11-20", reason=ground.price.pk)
    assert (obj.status, obj.probability, obj.value, obj.reason_id) == ("lost", 0, Decimal("1000.00"), ground.price.pk)
    check(obj)


def test_reopen_goes_on_where_it_was(ground: Ground) -> None:
    obj = ground.new()
    ground.do(move, obj, stage=ground.stages[3].pk)
    ground.do(lose, obj, closed_on="2026-11-20", reason=ground.price.pk)
    obj = ground.do(reopen, obj, note="Llamaron otra vez")
    obj = Opportunity.objects.get()
    assert (obj.status, obj.stage_id, obj.closed_on, obj.cycle_days, obj.reason_id, obj.probability) == (
        "open", ground.stages[3].pk, None, None, None, 70,
    )  # fmt: skip
    assert Note.objects.get().text == "Llamaron otra vez"
    check(obj)
    ground.undo_last()
    obj = Opportunity.objects.get()
    assert (obj.status, obj.reason_id, obj.cycle_days) == ("lost", ground.price.pk, 0)
    assert not Note.objects.exists()
    check(obj)


def test_undoing_a_win_keeps_a_later_amount(ground: Ground) -> None:
    obj = ground.new(opened_on="2026-11-01")
    ground.do(win, obj, closed_on="2026-11-18", amount="900")
    ground.edit(obj, amount="950")
    report = ground.undo_last(back=1)
    obj = Opportunity.objects.get()
    assert (obj.status, obj.amount, obj.value, obj.closed_on, obj.cycle_days) == ("open", 950, 950, None, None)
    assert [h.names for h in report.held] == [("amount", "value")]
    check(obj)


def test_an_earlier_move_cannot_be_taken_back_under_a_later_one(ground: Ground) -> None:
    obj = ground.new()
    ground.do(move, obj, stage=ground.stages[1].pk)
    ground.do(move, obj, stage=ground.stages[2].pk)
    report = ground.undo_last(back=1)
    assert report.held
    assert Opportunity.objects.get().stage_id == ground.stages[2].pk
    check(obj)
    assert len(way(obj)) == 3


def test_undoing_an_edit_of_days_works_the_cycle_out_again(ground: Ground) -> None:
    obj = ground.new(opened_on="2026-11-01")
    ground.do(win, obj, closed_on="2026-11-18")
    ground.edit(obj, opened_on="2026-11-08")
    assert Opportunity.objects.get().cycle_days == 10
    ground.edit(obj, closed_on="2026-11-19")
    ground.undo_last(back=1)
    assert Opportunity.objects.get().cycle_days == 18
    check(obj)


def test_next_steps(ground: Ground) -> None:
    obj = ground.new()
    assert refused(ground, complete_next_step, obj)
    ground.do(set_next_step, obj, next_step="Llamar", next_step_on="2026-11-25")
    obj = ground.do(complete_next_step, obj, next_step="Visita")
    assert (obj.next_step, obj.next_step_on) == ("Visita", None)
    ground.undo_last()
    assert Opportunity.objects.get().next_step == "Llamar"


def test_lines_and_the_amount_taken_from_them(ground: Ground) -> None:
    from coordina.catalog.models import Product

    with change_set(by=None, at=AT, via="system"):
        lamp = Product.objects.create(name="Aura", price=Decimal("95"), currency="EUR")
    obj = ground.new(by=ground.seller)
    assert refused(ground, take_amount_from_lines, obj)
    add = standard(OpportunityLine, "create")
    assert add is not None
    data = {"opportunity": obj.pk, "product": lamp.pk, "quantity": "2.5"}
    line = submit(add, data, by=ground.seller, via="web", at=AT)
    assert line.unit_price == 95
    with pytest.raises(Invalid):
        submit(add, data, by=ground.other, via="web", at=AT)
    obj = ground.do(take_amount_from_lines, obj)
    assert (obj.amount, obj.value) == (Decimal("237.50"), Decimal("237.50"))
    with pytest.raises(Refusal):
        submit(add, data | {"quantity": "0"}, by=ground.seller, via="web", at=AT)


def test_foreign_currency_needs_a_rate(ground: Ground) -> None:
    with pytest.raises(Refusal) as caught:
        ground.new(currency="USD")
    assert set(caught.value.errors) == {"currency"}
    with pytest.raises(Refusal):
        ground.new(currency="XYZ")
    with change_set(by=None, at=AT, via="system"):
        Rate.objects.create(currency="USD", day=D(2026, 1, 1), rate=Decimal("0.9"))
        Rate.objects.create(currency="USD", day=D(2026, 11, 10), rate=Decimal("0.8"))
    obj = ground.new(currency="usd", opened_on="2026-11-01")
    assert (obj.currency, obj.value) == ("USD", Decimal("800.00"))
    obj = ground.do(win, obj, closed_on="2026-11-05")
    assert obj.value == Decimal("900.00")


def test_who_may_close(ground: Ground) -> None:
    obj = ground.new(by=ground.seller)
    with pytest.raises(NotFound):
        ground.do(win, obj, by=ground.other, closed_on="2026-11-20")
    ground.do(win, obj, by=ground.manager, closed_on="2026-11-20")
    with change_set(by=None, at=AT, via="system"):
        role = ground.seller.role
        assert role is not None
        role.reach = {k: v for k, v in role.reach.items() if k != "pipeline.close_opportunity"}
        role.save()
    ground.seller.role = role
    ground.seller.__dict__.pop("reach", None)
    with pytest.raises(Forbidden):
        ground.do(reopen, obj, by=ground.seller)


def test_two_people_moving_one_card(ground: Ground) -> None:
    obj = ground.new()
    ground.do(move, obj, stage=ground.stages[1].pk, version=1)
    with pytest.raises(Conflict):
        ground.do(move, obj, stage=ground.stages[2].pk, version=1, by=ground.director)
    assert Opportunity.objects.get().stage_id == ground.stages[1].pk
    check(obj)


def test_stages_in_another_order(ground: Ground) -> None:
    ids = [s.pk for s in Stage.objects.order_by("-position")]
    ground.do(reorder_stages, ground.pipeline, order=ids)
    assert [s.pk for s in Stage.objects.order_by("position")] == ids
    with pytest.raises(Refusal):
        ground.do(reorder_stages, ground.pipeline, order=ids[1:])
    ground.undo_last()
    assert [s.pk for s in Stage.objects.order_by("-position")] == ids


def test_settings_in_use_stay(ground: Ground) -> None:
    ground.new()
    edit, delete = standard(Stage, "edit"), standard(Stage, "delete")
    assert edit is not None
    assert delete is not None
    first = ground.stages[0].pk
    with pytest.raises(Refusal) as caught:
        submit(edit, {"kind": "won"}, by=ground.director, via="web", pk=first, at=AT)
    assert set(caught.value.errors) == {"kind"}
    with pytest.raises(Refusal):
        submit(delete, {}, by=ground.director, via="web", pk=first, at=AT)
    with pytest.raises(Refusal):
        submit(edit, {"name": "Cierre"}, by=ground.director, via="web", pk=first, at=AT)
    submit(delete, {}, by=ground.director, via="web", pk=ground.stages[4].pk, at=AT)
    assert ChangeSet.objects.latest("pk").action == "pipeline.delete_stage"


def test_writing_down_what_is_closed_already(ground: Ground) -> None:
    obj = ground.new(stage=ground.won.pk, closed_on="2026-10-01", opened_on="2026-09-01")
    assert (obj.status, obj.cycle_days, obj.probability) == ("won", 30, 100)
    check(obj)
    for data, field in (
        ({"stage": ground.won.pk}, "closed_on"),
        ({"stage": ground.lost.pk, "closed_on": "2026-10-01"}, "reason"),
        ({"closed_on": "2026-10-01"}, "closed_on"),
    ):
        with pytest.raises(Refusal) as caught:
            ground.new(**data)
        assert set(caught.value.errors) == {field}
    ground.seller.__dict__["reach"] = {"pipeline.add_opportunity": "own", "pipeline.view_stage": "all"}
    with pytest.raises(Forbidden):
        ground.new(by=ground.seller, stage=ground.won.pk, closed_on="2026-10-01")


def test_a_new_one_in_a_later_stage_entered_it_today(ground: Ground) -> None:
    obj = ground.new(stage=ground.stages[2].pk, opened_on="2026-11-01")
    assert (obj.opened_on, obj.entered_on, obj.probability) == (D(2026, 11, 1), TODAY, 50)


def test_what_an_edit_refuses(ground: Ground) -> None:
    obj = ground.new()
    for data, field in (
        ({"stage": ground.won.pk}, "stage"),
        ({"closed_on": "2026-11-20"}, "closed_on"),
        ({"probability": 130}, "probability"),
    ):
        with pytest.raises(Refusal) as caught:
            ground.edit(obj, **data)
        assert set(caught.value.errors) == {field}
    moved = ground.edit(obj, stage=ground.stages[1].pk, name="Otra")
    assert (moved.entered_on, moved.probability, moved.name) == (TODAY, 30, "Otra")
    check(obj)
    ground.do(lose, obj, closed_on="2026-11-20", reason=ground.price.pk)
    with pytest.raises(Refusal) as caught:
        ground.edit(obj, reason=None)
    assert set(caught.value.errors) == {"reason"}
    assert ground.edit(obj, pipeline=None).status == "lost"
    with change_set(by=None, at=AT, via="system"):
        there = Pipeline.objects.create(name="Otro", position=5)
        Stage.objects.create(pipeline=there, name="Uno", position=1)
    with pytest.raises(Refusal) as caught:
        ground.edit(obj, pipeline=there.pk)
    assert set(caught.value.errors) == {"pipeline"}


def test_reopen_into_a_stage_that_is_said(ground: Ground) -> None:
    obj = ground.new(stage=ground.won.pk, closed_on="2026-10-01")
    assert "stage" in refused(ground, reopen, obj, stage=ground.lost.pk)
    assert ground.do(reopen, obj).stage_id == ground.stages[0].pk
    ground.do(win, obj, closed_on="2026-11-20")
    assert ground.do(reopen, obj, stage=ground.stages[4].pk).stage_id == ground.stages[4].pk
    check(obj)


def test_a_product_without_a_price_has_no_sum(ground: Ground) -> None:
    from coordina.catalog.models import Product

    obj = ground.new()
    with change_set(by=None, at=AT, via="system"):
        OpportunityLine.objects.create(opportunity=obj, product=Product.objects.create(name="Sin precio"))
    assert refused(ground, take_amount_from_lines, obj)


def test_people_in_a_purchase_once_each(ground: Ground) -> None:
    from coordina.customers.models import Person
    from coordina.pipeline.models import Stakeholder

    obj = ground.new()
    with change_set(by=None, at=AT, via="system"):
        person = Person.objects.create(name="Rubén", owner=ground.director)
    add, edit = standard(Stakeholder, "create"), standard(Stakeholder, "edit")
    assert add is not None
    assert edit is not None
    data = {"opportunity": obj.pk, "person": person.pk}
    made = submit(add, data, by=ground.director, via="web", at=AT)
    with pytest.raises(Refusal) as caught:
        submit(add, data, by=ground.director, via="web", at=AT)
    assert set(caught.value.errors) == {"person"}
    submit(edit, {"person": person.pk, "attitude": "for"}, by=ground.director, via="web", pk=made.pk, at=AT)


def test_unused_settings_go(ground: Ground) -> None:
    create, edit = standard(Pipeline, "create"), standard(Stage, "edit")
    assert create is not None
    assert edit is not None
    made = submit(create, {"name": "Otro"}, by=ground.director, via="web", at=AT)
    assert made.position == 2
    new_stage = standard(Stage, "create")
    assert new_stage is not None
    data = {"pipeline": made.pk, "name": "Uno"}
    stage = submit(new_stage, data, by=ground.director, via="web", at=AT)
    assert submit(new_stage, data | {"name": "Dos"}, by=ground.director, via="web", at=AT).position == 2
    submit(edit, {"kind": "won"}, by=ground.director, via="web", pk=stage.pk, at=AT)
    ground.new()
    for model, pk, goes in (
        (Pipeline, made.pk, True),
        (Pipeline, ground.pipeline.pk, False),
        (type(ground.price), ground.good.pk, True),
    ):
        delete = standard(model, "delete")
        assert delete is not None
        if goes:
            submit(delete, {}, by=ground.director, via="web", pk=pk, at=AT)
        else:
            with pytest.raises(Refusal):
                submit(delete, {}, by=ground.director, via="web", pk=pk, at=AT)
    assert not Stage.objects.filter(pipeline=made).exists()


def test_a_new_company_gets_a_pipeline_in_its_language(ground: Ground) -> None:
    from coordina.pipeline.defaults import make_default_pipeline

    assert ground.do(make_default_pipeline).pk == ground.pipeline.pk
    with change_set(by=None, at=AT, via="system"):
        Stage.objects.all().delete()
        Pipeline.objects.all().delete()
    made = ground.do(make_default_pipeline)
    stages = list(Stage.objects.filter(pipeline=made).order_by("position"))
    assert [(s.kind, s.probability) for s in stages] == [
        ("open", 10), ("open", 30), ("open", 50), ("open", 70), ("open", 90), ("won", 100), ("lost", 0),
    ]  # fmt: skip
    check(ground.new())


def test_import_targets_are_the_stages(ground: Ground) -> None:
    from coordina.pipeline.targets import entry_targets

    found = {t.name: t for t in entry_targets()}
    assert f"entered_stage:{ground.stages[1].pk}" in found
    assert "entrada en diagnóstico" in found[f"entered_stage:{ground.stages[1].pk}"].aliases
    assert len(found) == 7


def test_a_move_is_not_done_again_after_the_opportunity_went_on(ground: Ground) -> None:
    """Its stay in the stage cannot return beside a later one, so the stage does not either."""
    obj = ground.new()
    ground.do(move, obj, stage=ground.stages[2].pk)
    undone = ground.undo_last().change_set
    ground.do(win, obj, closed_on=TODAY.isoformat())
    ground.do(reopen, obj)
    obj = Opportunity.objects.get()
    here, before = obj.stage_id, way(obj)
    assert undone is not None
    report = undo(undone, by=ground.director, at=AT)
    obj = Opportunity.objects.get()
    assert report.held
    assert (obj.stage_id, way(obj)) == (here, before)
    check(obj)
