"""Products are known by their code: rows update the one of their code, references find it, nothing is guessed."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from coordina.accounts.models import User
from coordina.catalog.models import Product
from coordina.ledger.change_sets import change_set
from coordina.ledger.undo import undo
from coordina.records.importing import codes
from coordina.records.importing.codes import Codes, code_key
from coordina.records.models import ExternalId, ImportProblem, ImportRun
from coordina.stock.models import StockCount, Supplier, SupplierProduct, Warehouse
from tests.world import World

from .conftest import Read, check, execute

pytestmark = pytest.mark.django_db


def reasons(run: ImportRun) -> dict[int, str]:
    return {p.number: " ".join(text for _label, text in p.reasons) for p in ImportProblem.objects.filter(run=run)}


@pytest.fixture
def lamp(world: World) -> Any:
    world.create(Warehouse, name="Central", code="C1")
    world.create(Product, name="Cable", code="CAB-2")
    return world.create(Product, name="Lamp", code="LAM-01", price=Decimal(10))


@pytest.mark.parametrize("text", ["LAM-01", "lam 01", "LAM01", " lam_01 "])
def test_a_row_updates_the_product_of_its_code_however_it_is_written(lamp: Product, read: Read, text: str) -> None:
    run = execute(check(read(f"SKU,Product,Price\n{text},Lamp of oak,12.50\nNEW-9,Lamp,3\n", "product")))
    assert (run.counts["new"], run.counts["update"]) == (1, 1)
    lamp.refresh_from_db()
    assert (lamp.name, lamp.price) == ("Lamp of oak", Decimal("12.50"))
    new = Product.objects.get(code="NEW-9")
    assert new.pk != lamp.pk, "another code is another product, although the name is the same"
    again = check(read("Product,SKU\nLamp,new9\n", "product"))
    assert again.counts["update"] == 1


def test_without_a_code_the_name_says_which_product_a_row_is_about(world: World, lamp: Product, read: Read) -> None:
    bare = world.create(Product, name="Shelf")
    run = execute(read("SKU,Product,Price\n,Lamp,7\nSH-1,Shelf,9\n", "product"))
    assert (run.counts["new"], run.counts["update"]) == (0, 2)
    lamp.refresh_from_db()
    bare.refresh_from_db()
    assert (lamp.code, lamp.price) == ("LAM-01", 7), "a row without a code is about the product of its name"
    assert (bare.code, bare.price) == ("SH-1", 9), "a product without a code gets that of the row"


def test_an_id_of_the_other_system_comes_first_then_the_code(lamp: Product, read: Read) -> None:
    execute(read("id,SKU,Product\n77,lam-01,Lamp\n78,,Lamp\n", "product"))
    assert ExternalId.objects.get(value="77").subject_id == lamp.pk
    assert ExternalId.objects.get(value="78").subject_id != lamp.pk, "another id there is another product"


def test_a_row_that_may_be_about_several_is_refused(world: World, lamp: Product, read: Read) -> None:
    twin = world.create(Product, name="Other", code="LAM 01")
    run = check(read("SKU,Product\nlam01,X\nLAM-01,Y\n", "product"))
    assert run.counts == {"error": 1, "update": 1, "made": {}}, "exactly written it is clear"
    assert "2 records" in reasons(run)[2]
    world.create(Product, name="Lamp")
    assert "2 records with “Lamp”" in reasons(check(read("Product,Price\nLamp,3\n", "product")))[2]
    assert twin.pk


def test_the_same_code_twice_in_a_file_is_one_product(world: World, read: Read) -> None:
    rows = "".join(f"P-{n},Part {n},1\n" for n in range(30))
    run = execute(read(f"SKU,Product,Price\nZ-1,Zip,1\n{rows}z1,Zip,5\n", "product"))
    assert Product.objects.get(name="Zip").price == 5
    assert (Product.objects.count(), run.counts["error"]) == (31, 0)


def test_references_are_found_by_code_then_by_name(lamp: Product, read: Read) -> None:
    text = "SKU,Product,Warehouse,Quantity\nlam 01,,C1,5\n,Lamp,Central,6\nLAM-01,a new name,central,7\n"
    run = execute(check(read(text, "stock_count")))
    assert run.counts["error"] == 0, reasons(run)
    assert set(StockCount.objects.values_list("product__name", "warehouse__name", "counted")) == {
        ("Lamp", "Central", 5), ("Lamp", "Central", 6), ("Lamp", "Central", 7),
    }  # fmt: skip


def test_one_column_may_hold_codes_or_names(lamp: Product, read: Read) -> None:
    run = execute(read("Product,Warehouse,Quantity\nLAM-01,Central,5\nlámp,C1,6\ncab2,C1,7\n", "stock_count"))
    assert [c.product.name for c in StockCount.objects.order_by("counted")] == ["Lamp", "Lamp", "Cable"], reasons(run)
    assert Product.objects.count() == 2


def test_what_contradicts_itself_or_is_not_clear_is_said_at_its_row(world: World, lamp: Product, read: Read) -> None:
    world.create(Product, name="Twice", code="T-1")
    world.create(Product, name="Twice", code="T-2")
    world.create(Product, name="Odd", code="CAB 2")
    text = "SKU,Product,Warehouse,Quantity\nLAM-01,Cable,C1,1\ncab2,,C1,2\n,Twice,C1,3\ncab2,Odd,C1,4\nT-2,Twice,C1,5\n"
    run = check(read(text, "stock_count"))
    found = reasons(run)
    assert set(found) == {2, 3, 4}
    assert "different records" in found[2]
    assert "Cable (CAB-2) · Odd (CAB 2)" in found[3]
    assert "Twice (T-1) · Twice (T-2)" in found[4]
    execute(run)
    assert {c.product.code for c in StockCount.objects.all()} == {"CAB 2", "T-2"}
    assert Product.objects.count() == 5, "nothing was made of what is not clear"


def test_a_product_that_is_not_there_is_made_with_its_code(world: World, lamp: Product, read: Read) -> None:
    text = "SKU,Product,Warehouse,Quantity\nN-1,Nail,C1,1\nn1,Nail,C1,2\nS-9,,C1,3\nX-1,Cable,C1,4\n"
    run = check(read(text, "stock_count"))
    assert run.counts["made"] == {"product__code": 2}
    assert "X-1" in reasons(run)[5], "a known name with another code is not taken for the product of that name"
    execute(run)
    assert set(Product.objects.filter(code__in=("N-1", "S-9")).values_list("name", "code")) == {
        ("Nail", "N-1"), ("S-9", "S-9"),
    }  # fmt: skip
    assert run.change_set is not None
    undo(run.change_set, by=world.boss, at=timezone.now())
    assert Product.objects.count() == 2


def test_a_person_may_say_what_an_unclear_code_means(world: World, lamp: Product, read: Read) -> None:
    odd = world.create(Product, name="Odd", code="CAB 2")
    run = read("SKU,Warehouse,Quantity\ncab2,C1,2\n", "stock_count")
    run.columns[0]["values"] = {"cab2": str(odd.pk)}
    execute(check(run))
    assert StockCount.objects.get().product == odd


def test_suppliers_are_known_by_their_number(world: World, lamp: Product, read: Read) -> None:
    vega = world.create(Supplier, name="Óptica Vega", code="V-001")
    execute(read("Vendor number,SKU,Purchase price\nv001,lam01,4.5\n", "supplier_product"))
    assert [(o.supplier, o.product, o.price) for o in SupplierProduct.objects.all()] == [(vega, lamp, Decimal("4.5"))]


def test_a_code_that_a_role_does_not_see_finds_nothing(world: World, lamp: Product, read: Read) -> None:
    role = world.boss.role
    assert role is not None
    with change_set(by=None, at=timezone.now(), via="system"):
        role.fields = {"product": {"code": "hidden"}}
        role.save()
    boss = User.objects.for_request().get(pk=world.boss.pk)
    run = check(read("Product,Warehouse,Quantity\nLAM-01,Central,5\n", "stock_count", boss))
    assert run.counts["made"] == {"product": 1}


def test_among_very_many_codes_only_the_exact_writing_counts(
    world: World, lamp: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "MOST", 1)
    found = Codes(Product, "code", world.boss).find(["LAM-01", "lam01"])
    assert found == {"LAM-01": [lamp.pk], "lam01": []}


def test_what_parts_a_code_does_not_matter_but_its_digits_do() -> None:
    assert code_key("ＡＢ－12") == code_key("ab12")
    assert len({code_key(text) for text in ("1-10", "11-0", "110", "0110", "--", "")}) == 6
