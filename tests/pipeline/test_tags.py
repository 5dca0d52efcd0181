"""Opportunities carry tags: typed, imported in many, filtered, undone."""

from coordina.core.types import type_of
from coordina.pipeline.models import Opportunity
from coordina.records.models import Tag, TagLink
from tests.pipeline.ground import AT, Ground


def test_tags_are_put_on_changed_and_found(ground: Ground) -> None:
    deal = ground.new(tags="Verano, feria ,VERANO")
    assert deal.tags == ["feria", "Verano"] or sorted(t.casefold() for t in deal.tags) == ["feria", "verano"]
    ground.edit(deal, tags="feria")
    assert deal.tags == ["feria"]
    ground.edit(deal, next_step="Llamar")
    assert deal.tags == ["feria"]
    ground.edit(deal, tags="")
    assert deal.tags == []
    assert Tag.objects.count() == 2


def test_many_rows_carry_tags_at_once(ground: Ground) -> None:
    from coordina.ledger.change_sets import change_set

    writer = type_of(Opportunity).writer
    with change_set(by=ground.director, at=AT, via="import"):
        rows = [writer.clean({"name": f"Nave {n}", "tags": ["feria"] if n % 2 else []}) for n in range(60)]
        made = writer.create(rows, by=ground.director, at=AT)
    assert TagLink.objects.count() == 30
    assert made[1].tags == ["feria"]
    assert made[0].tags == []
