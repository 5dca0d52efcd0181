"""The settings pages of fields, as who looks after them uses them."""

from typing import Any

import pytest
from django.utils import timezone

from coordina.core.types import TYPES, Kind
from coordina.customers.models import Company
from coordina.ledger.change_sets import change_set
from coordina.records.models import CustomField, FieldIndex
from tests.fields.conftest import Define, settle
from tests.world import World

pytestmark = pytest.mark.django_db
HOME = "/settings/fields/company/"


def page(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_a_field_is_added_changed_and_archived(world: World) -> None:
    client = world.client(world.boss)
    assert client.get("/settings/fields/").status_code == 302
    assert "Añade" in page(client.get(HOME)) or "Añadir" in page(client.get(HOME))
    sent = {
        "label": "Plan", "kind": "choice", "options": "Oro\nPlata\n", "section": "Contacto", "required": "always",
        "default": "plata", "decimals": "2", "indexed": "on",
    }  # fmt: skip
    answer = client.post(f"{HOME}new/", sent)
    assert answer.status_code == 302, page(answer)
    field = CustomField.objects.get()
    settle()
    about = TYPES["company"].fields["x_plan"]
    assert (about.kind, about.filterable, about.default, field.section) == (Kind.CHOICE, True, "plata", "@phone")
    assert world.create(Company, name="A").custom == {"x_plan": "plata"}
    listed = page(client.get(HOME))
    assert "Plan" in listed
    form = page(client.get(f"/settings/fields/{field.pk}/"))
    assert 'value="Contacto"' in form
    sent = {
        "version": field.version, "label": "Plan de pago", "section": "Pagos", "required": "", "default": "",
        "choice": ["plata", "oro"], "choice-oro": "Dorado", "choice-plata": "Plata", "gone-plata": "on",
        "more": "Bronce",
    }  # fmt: skip
    answer = client.post(f"/settings/fields/{field.pk}/", sent)
    assert answer.status_code == 302, page(answer)
    field.refresh_from_db()
    assert field.choices == [
        {"key": "plata", "label": "Plata", "gone": True},
        {"key": "oro", "label": "Dorado"},
        {"key": "bronce", "label": "Bronce"},
    ]
    new = page(client.get("/companies/new/"))
    assert "Pagos" in new
    assert "Dorado" in new
    assert ">Plata<" not in new
    edit = page(client.get(f"/companies/{Company.objects.get().pk}/edit/"))
    assert '<option value="plata" selected>Plata</option>' in edit
    client.post(f"/settings/fields/{field.pk}/do/archive/")
    settle()
    assert "x_plan" not in TYPES["company"].fields
    assert not FieldIndex.objects.exists()
    history = page(client.get(f"/companies/{Company.objects.get().pk}/history/"))
    assert "Plan de pago" in history
    client.post(f"/settings/fields/{field.pk}/do/restore/")
    assert Company.objects.get().custom == {"x_plan": "plata"}
    assert "x_plan" in TYPES["company"].fields


def test_what_is_wrong_is_said_at_its_field(world: World, define: Define) -> None:
    client = world.client(world.boss)
    define("Plan")
    for sent, where in (
        ({"label": "", "kind": "text"}, "label"),
        ({"label": "plan", "kind": "text"}, "label"),
        ({"label": "Nombre", "kind": "text"}, "label"),
        ({"label": "Otro", "kind": "choice", "options": ""}, "options"),
        ({"label": "Otro", "kind": "choice", "options": "Uno\nuno"}, "options"),
        ({"label": "Otro", "kind": "integer", "default": "doce"}, "default"),
        ({"label": "Otro", "kind": "long_text", "indexed": "on"}, "indexed"),
    ):
        answer = client.post(f"{HOME}new/", {"decimals": "2", "required": "", **sent})
        assert answer.status_code == 422, sent
        assert where in answer.context["form"].errors, sent


def test_the_order_is_kept_and_undone(world: World, define: Define) -> None:
    fields = [define(name) for name in ("Uno", "Dos", "Tres")]
    client = world.client(world.boss)
    client.post(f"{HOME}order/", {"move": f"{fields[2].pk}:up"})
    assert [f for f in TYPES["company"].fields if f.startswith("x_")] == ["x_uno", "x_tres", "x_dos"]
    order = [fields[1].pk, fields[0].pk, fields[2].pk]
    answer = client.post(f"{HOME}order/", {"order": order}, headers={"X-Requested-With": "fetch"})
    client.post(answer.json()["toast"]["undo"])
    assert [f for f in TYPES["company"].fields if f.startswith("x_")] == ["x_uno", "x_tres", "x_dos"]


def test_other_data_become_a_field_from_the_record_and_the_settings(world: World) -> None:
    with change_set(by=world.boss, at=timezone.now(), via="import"):
        Company.objects.create(name="A", owner=world.boss, other_data={"N.º de puestos": "12"})
    client = world.client(world.boss)
    client.post(f"{HOME}count/")
    settle()
    assert "N.º de puestos" in page(client.get(HOME))
    detail = page(client.get(f"/companies/{Company.objects.get().pk}/"))
    assert f"{HOME}adopt/?key=N.%C2%BA%20de%20puestos" in detail
    ask = page(client.get(f"{HOME}adopt/", {"key": "N.º de puestos"}))
    assert '<option value="integer" selected>' in ask
    answer = client.post(f"{HOME}adopt/", {"key": "N.º de puestos", "label": "Puestos", "kind": "integer"})
    assert answer.status_code == 302, page(answer)
    settle()
    assert Company.objects.get().custom == {"x_puestos": 12}
    assert client.get(answer["Location"]).status_code == 200


def test_a_type_is_checked_and_changed_on_its_page(world: World, define: Define) -> None:
    field = define("Puestos")
    world.create(Company, name="A", x_puestos="12")
    client = world.client(world.boss)
    client.post(f"/settings/fields/{field.pk}/type/", {"kind": "integer"})
    settle()
    shown = page(client.get(f"/settings/fields/{field.pk}/"))
    assert "1 valor encaja" in shown
    work = client.get(f"/settings/fields/{field.pk}/").context["works"][0]["work"]
    client.post(f"/settings/fields/conversions/{work.pk}/")
    settle()
    assert TYPES["company"].fields["x_puestos"].kind is Kind.INTEGER
    undo = client.get(f"/settings/fields/{field.pk}/").context["works"][0]["undo_url"]
    client.post(undo)
    assert TYPES["company"].fields["x_puestos"].kind is Kind.TEXT


def test_others_have_no_business_there(world: World, define: Define) -> None:
    field = define("Plan")
    client = world.client(world.rep)
    for url in ("/settings/fields/", HOME, f"{HOME}new/", f"{HOME}adopt/?key=x", f"/settings/fields/{field.pk}/"):
        assert client.get(url).status_code == 403, url
    for url in (f"{HOME}order/", f"{HOME}count/", f"/settings/fields/{field.pk}/do/archive/",
                f"/settings/fields/{field.pk}/type/", f"/settings/fields/{field.pk}/replace/"):  # fmt: skip
        assert client.post(url).status_code == 403, url
    field.refresh_from_db()
    assert not field.archived
