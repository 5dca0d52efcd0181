"""Files of other programs name units by symbol and taxes by percentage."""

import pytest
from django.utils import timezone

from coordina.catalog.called import classes_called, units_called
from coordina.catalog.defaults import usual_units
from coordina.catalog.models import Product, TaxClass, TaxRegime, Unit
from coordina.catalog.tax_defaults import usual_taxes
from coordina.core.types import type_of
from coordina.ledger.change_sets import change_set
from coordina.records.importing.references import Resolver
from tests.world import World


@pytest.fixture
def spain(world: World) -> World:
    with change_set(by=world.boss, at=timezone.now(), via="web"):
        usual_taxes("es", "ES")
        usual_units("es")
    return world


@pytest.mark.parametrize(
    ("text", "name"),
    [("21", "General"), ("21 %", "General"), ("IVA 21%", "General"), ("10,00", "Reducido"), ("4.0", "Superreducido")],
)
def test_a_percentage_names_the_class_that_bears_it(spain: World, text: str, name: str) -> None:
    assert TaxClass.objects.get(pk=classes_called([text])[text]).name == name


def test_what_names_nothing_is_left(spain: World) -> None:
    assert classes_called(["5", "mucho", "", "210", "21 y pico"]) == {}
    assert units_called(["galón", ""]) == {}
    spain.edit(TaxRegime.objects.get(ours=True), ours="false")
    assert classes_called(["21"]) == {}


def test_imports_find_units_and_classes_by_name_symbol_and_percentage(spain: World) -> None:
    known = type_of(Product)
    units = Resolver(known.fields["unit"], spain.boss, {}, make=False).find(["kg", "Ud.", "Hora", "galón"])
    found = {text: Unit.objects.get(pk=pk).name if pk else None for text, pk in units.items()}
    assert found == {"kg": "Kilogramo", "Ud.": "Unidad", "Hora": "Hora", "galón": None}
    classes = Resolver(known.fields["tax_class"], spain.boss, {}, make=False).find(["General", "10 %", "17"])
    named = {text: TaxClass.objects.get(pk=pk).name if pk else None for text, pk in classes.items()}
    assert named == {"General": "General", "10 %": "Reducido", "17": None}
