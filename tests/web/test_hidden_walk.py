"""A canary in every field that a role can be hidden, and the whole site walked by somebody of that role.

The records are theirs: they see and change them, and read everywhere what a director may read of them. Only the fields
are hidden, all at once. A new field of any record type joins by itself, and so does a new address.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import ndiff
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone

from coordina.accounts import definitions
from coordina.accounts.actions import set_fields
from coordina.accounts.closing import checked, closable, closable_types, ways_of
from coordina.accounts.models import Role, User
from coordina.activity.following import follow
from coordina.activity.hearing import tell_due
from coordina.catalog.models import Product
from coordina.core.actions import of, standard
from coordina.core.actors import Shut
from coordina.core.permissions import defaults_for
from coordina.core.refusals import Refusal
from coordina.core.types import TYPES, Field, Kind, RecordType
from coordina.customers.models import Address, Company, Interaction, Person, Position
from coordina.leads.defaults import make_default_funnel
from coordina.leads.models import Lead, LeadProduct
from coordina.ledger import queue
from coordina.ledger.change_sets import change_set
from coordina.ledger.doors import submit
from coordina.ledger.models import ChangeSet
from coordina.orders.models import Order
from coordina.pipeline.defaults import make_default_pipeline
from coordina.pipeline.models import Opportunity, OpportunityLine, Stakeholder
from coordina.records.fields.actions import add_field
from coordina.records.view_writers import save_view
from coordina.shipping.models import Shipment
from coordina.stock.models import PurchaseLine, PurchaseOrder, Supplier, Warehouse
from coordina.stock.purchasing import send_purchase
from tests.clock import madrid_day

from .conftest import World, sound
from .test_abuse_doors import addresses, answer_of

pytestmark = pytest.mark.django_db
DAY = dt.date(1987, 1, 1)
"""From here on days are canaries: nothing else on a page is of the last century."""
YEARS = r"\b19[89]\d-\d\d-\d\d|\b\d\d?/\d\d?/19[89]\d\b(?!/)|[^\W\d_]\.? 19[89]\d\b"
"""A canary's year beside a month, in figures or in words: a bare number may be an id."""
UNKNOWN = "zzzz"
"""A name that no field has."""
UNLIKE = (
    "opened_on",
    "tax_id",
    "postal_code",
    "founded",
    "closed_on",
    "outcome_note",
    "language",
    "consent_on",
    "consent_source",
)
"""Fields that take no invented value, or none of an open record."""


@dataclass
class Secrets:
    """What is hidden.

    Attributes:
        signs: What gives a field away on a page, by type and name: an expression.
        ids: Of the records, for the addresses.
        before: Signs of what fields held before they were changed.
    """

    signs: dict[tuple[str, str], str] = field(default_factory=dict)
    ids: dict[str, list[int]] = field(default_factory=dict)
    given: dict[str, dict[str, Any]] = field(default_factory=dict)


def hideable(known: RecordType) -> dict[str, Field]:
    """The fields of a type that a role can be hidden."""
    return {n: f for n, f in closable(known).items() if Shut.HIDDEN in ways_of(known, f)}


def canary(number: int, known: RecordType, about: Field, turn: int) -> tuple[Any, str]:
    """A value for a field that nothing else holds, and the expression that finds it on pages; none for some kinds."""
    mark = f"Zq{number}{'ab'[turn]}x"
    match about.kind:
        case Kind.TEXT | Kind.LONG_TEXT:
            return mark, mark
        case Kind.EMAIL:
            return f"{mark.lower()}@secreto.es", mark.lower()
        case Kind.URL:
            return f"https://{mark.lower()}.es", mark.lower()
        case Kind.PHONE:
            return f"+3491{number:03d}{turn}777", f"91{number:03d}{turn}777"
        case Kind.MONEY | Kind.DECIMAL:
            return Decimal(700000 + number * 10 + turn), f"70{number * 10 + turn:04d}"
        case Kind.INTEGER:
            return 700000 + number * 10 + turn, f"70{number * 10 + turn:04d}"
        case Kind.DATE:
            day = DAY + dt.timedelta(days=number * 2 + turn)
            return day, YEARS
    return None, ""


def values_for(known: RecordType, secrets: Secrets, turn: int = 0) -> dict[str, Any]:
    """A canary for every field of a type that a role can be hidden and a person can write."""
    found: dict[str, Any] = {}
    for number, (name, about) in enumerate(hideable(known).items(), 10 * (1 + list(TYPES).index(known))):
        if not about.editable or name in UNLIKE or (about.virtual and about.kind is Kind.REF):
            continue
        value, sign = canary(number, known, about, turn)
        if value is not None and sign:
            if about.minimum is not None and about.maximum is not None and not about.minimum <= 700000 <= about.maximum:
                continue
            found[name] = value
            key = (known.name, name)
            secrets.signs[key] = f"{secrets.signs[key]}|{sign}" if key in secrets.signs else sign
    secrets.given[known.name] = found
    return found


def sent(world: World, order: Order) -> int:
    """A shipment that is being packed, by those who may."""
    data = {"order": order.pk}
    return int(submit(standard(Shipment, "create"), data, by=world.director, via="web").pk)


def bought(world: World, product: int) -> int:
    """A purchase order of which something is still to come, by those who may order."""
    house = submit(standard(Warehouse, "create"), {"name": "Central"}, by=world.director, via="web")
    seller = submit(standard(Supplier, "create"), {"name": "Proveedor visible"}, by=world.director, via="web")
    head = {"supplier": seller.pk, "warehouse": house.pk}
    order = submit(standard(PurchaseOrder, "create"), head, by=world.director, via="web")
    line = {"purchase": order.pk, "product": product, "quantity": "5"}
    submit(standard(PurchaseLine, "create"), line, by=world.director, via="web")
    due = {"expected_on": madrid_day()}
    submit(of(send_purchase), due, by=world.director, via="web", pk=order.pk)
    return int(order.pk)


@pytest.fixture
def secrets(world: World) -> Secrets:
    """Records of Ana with a canary in each field, changed once; a view, news, and twins that tell of it."""
    made = Secrets()
    submit(of(make_default_pipeline), {}, by=world.director, via="web")
    submit(of(make_default_funnel), {}, by=world.director, via="web")
    for noun in ("company", "opportunity", "lead"):
        submit(
            of(add_field), {"noun": noun, "label": f"Margen de {noun}", "kind": "text"}, by=world.director, via="web"
        )
    definitions.agree()
    ana = User.objects.for_request().get(pk=world.ana.pk)
    rows: dict[str, Any] = {}

    def make(model: Any, **values: Any) -> Any:
        known = next(t for t in TYPES if t.model is model)
        data = values_for(known, made) | values
        data = {n: v for n, v in data.items() if n in known.editable or n == known.within}
        try:
            row = submit(standard(model, "create"), data, by=ana, via="web")
        except Refusal as refusal:
            raise AssertionError((known.name, refusal.errors)) from None
        made.ids[known.name] = [row.pk]
        rows[known.name] = row
        return row

    company = make(Company, name="Visible Uno")
    person = make(Person, name="Persona Visible", company=company.pk)
    product = submit(standard(Product, "create"), {"name": "Producto"}, by=world.director, via="web")
    sale = make(Opportunity, name="Venta visible", company=company.pk, person=person.pk)
    make(OpportunityLine, opportunity=sale.pk, product=product.pk, quantity="1")
    make(Stakeholder, opportunity=sale.pk, person=person.pk)
    make(Address, company=company.pk, street="Calle Mayor")
    other = submit(standard(Company, "create"), {"name": "Visible Dos"}, by=ana, via="web")
    make(Position, person=person.pk, company=other.pk)
    make(Interaction, summary="Llamada visible", kind="call", company=company.pk, person=person.pk)
    lead = make(Lead, name="Lead visible", company_name="Empresa visible")
    make(LeadProduct, lead=lead.pk, product=product.pk)
    made.ids["purchase_order"] = [bought(world, product.pk)]
    ordered = world.make(Order, company=made.ids["company"][0])
    made.ids |= {"order": [ordered.pk], "shipment": [sent(world, ordered)]}
    for known in (TYPES[n] for n in ("company", "person", "opportunity", "lead", "interaction")):
        changed = {n: v for n, v in values_for(known, made, 1).items() if n in known.editable}
        submit(standard(known.model, "edit"), changed, by=world.director, via="web", pk=rows[known.name].pk)
    for name in ("Doble Uno", "Doble Dos"):
        twin = {"email": made.given["company"]["email"], "phone": made.given["company"]["phone"], "name": name}
        submit(standard(Company, "create"), twin, by=ana, via="web")
    follow(ana, sale)
    submit(standard(Opportunity, "edit"), {"amount": "707070"}, by=world.director, via="web", pk=sale.pk)
    made.signs["opportunity", "amount"] += "|707070|707.070"
    state = {"q": "amount > 5", "cols": "name,amount,next_step", "sort": "-amount"}
    view = {"name": "Compartida", "type": "opportunity", "state": state, "audience": "everyone"}
    submit(of(save_view), view, by=world.director, via="web")
    tell_due.call()
    queue.run_until_idle()
    made.ids["change"] = list(ChangeSet.objects.values_list("pk", flat=True))
    made.ids |= {name: made.ids.get(name, [1]) for name in ("note", "attachment", "comment", "run", "job")}
    return made


def hide(world: World, slug: str = "representative") -> None:
    """Hide from a role everything that it can be hidden."""
    role = Role.objects.get(slug=slug)
    closed: dict[str, dict[str, str]] = {}
    for known in closable_types():
        for name in hideable(known):
            try:
                checked({known.name: {name: Shut.HIDDEN}}, role.reach)
            except Refusal:
                continue
            closed.setdefault(known.name, {})[name] = Shut.HIDDEN
    submit(of(set_fields), {"fields": closed}, by=world.director, via="web", pk=role.pk)


def asked(known: RecordType, secrets: Secrets) -> Iterator[str]:
    """Addresses that name fields of a type, one by one and all together."""
    base = f"/{known.url}/"
    names = list(known.fields)
    pk = secrets.ids[known.name][0]
    if known.within:
        return
    cols = ",".join(names)
    yield f"{base}?cols={cols}"
    yield f"{base}export/?cols={cols}"
    yield f"{base}export/?cols={cols}&format=xlsx"
    yield f"{base}{pk}/card/"
    for layout in ("board", "calendar", "chart"):
        yield f"{base}?layout={layout}&cols={cols}"
    for name in hideable(known):
        yield f"{base}?sort=-{name}"
        yield f"{base}?q={name} is not empty"
        yield f"{base}?group={name}"
        yield f"{base}?layout=board&by={name}"
        yield f"{base}?layout=chart&by={name}&of=sum:{name}"
        yield f"{base}?layout=calendar&on={name}"
        yield f"{base}?add={name}"
        yield f"{base}{pk}/edit/{name}/?on=record"
        yield f"{base}{pk}/put/{name}/"
    for value in secrets.given.get(known.name, {}).values():
        if isinstance(value, str):
            yield f"/search/?q={quote(value)}"
            yield f"/search/palette/?q={quote(value)}"
            yield f"{base}lookup/?q={quote(value)}"
            yield f"{base}?q={known.title} ~ {quote(value)}"


def told(page: str, secrets: Secrets) -> list[tuple[str, str]]:
    """The fields that a page gives away."""
    plain = re.sub(r"(?<=\d)[.\s\u00a0\u202f](?=\d)", "", page)
    return [key for key, sign in secrets.signs.items() if re.search(sign, plain)]


def without_question(page: str, url: str) -> str:
    """A page without what merely repeats the words that were asked for: rows and answers only."""
    if "?q=" not in url:
        return page
    rows = re.findall(r'<tr data-row=.*?</tr>|<a class="option" role="option".*?</a>|"label":.*?}', page, re.S)
    found = re.search(r'class="answers".*', page, re.S)
    return " ".join(rows) + (found[0] if found else "")


def test_the_canaries_sing_where_they_may(world: World, secrets: Secrets) -> None:
    """The walk is worth something only if who may see the fields reads all of them."""
    client, seen = world.client(world.ana), set()
    for noun, keys in secrets.ids.items():
        known = next((t for t in TYPES if t.name == noun), None)
        if known is not None and not known.within and noun in secrets.given:
            for url in (f"/{known.url}/{keys[0]}/edit/", f"/{known.url}/{keys[0]}/history/"):
                seen |= set(told(client.get(url).content.decode(), secrets))
    whole = {key for key in secrets.signs if not TYPES[key[0]].within}
    assert whole - seen == set()
    assert len(whole) > 40


def reader(world: World, slug: str) -> User:
    """Somebody of a role who sees the records with the canaries: whose they are, who leads them, or who only looks."""
    if slug in ("representative", "manager"):
        return world.ana if slug == "representative" else world.manager
    with change_set(by=None, at=timezone.now(), via="system"):
        role = Role.objects.create(name=slug, slug=slug, reach=defaults_for(slug))
        made: User = User.objects.create(name="Sol Mira", email="sol@example.com", role=role, access="active")
    return made


ROLES = ("representative", "manager", "service")


@pytest.mark.parametrize("slug", ROLES)
def test_a_hidden_field_is_nowhere(world: World, secrets: Secrets, slug: str) -> None:
    person = reader(world, slug)
    assert person.role is not None
    assert Company.objects.visible_to(User.objects.for_request().get(pk=person.pk)).exists()
    hide(world, slug)
    client = world.client(person)
    pages = 0
    for name, url in addresses(secrets.ids):
        for headers in ({}, {"HX-Request": "true", "Accept": "application/json"}):
            answer = client.get(url, headers=headers)
            pages += 1
            assert sound(name, answer), (name, url)
            assert told(answer_of(answer), secrets) == [], (name, url, headers)
    assert pages > 300


@pytest.mark.parametrize("slug", ROLES[:2])
def test_a_hidden_field_answers_to_no_name(world: World, secrets: Secrets, slug: str) -> None:
    person = reader(world, slug)
    hide(world, slug)
    client = world.client(person)
    for noun in secrets.given:
        for url in asked(TYPES[noun], secrets):
            answer = client.get(url)
            assert answer.status_code < 500, url
            assert told(without_question(answer_of(answer), url), secrets) == [], url


def shape(client: Client, url: str, name: str) -> tuple[int, str]:
    """An answer as it would be for a name, and without what differs from one request to the next."""
    answer = client.get(url)
    text = answer_of(answer).replace(UNKNOWN, name)
    return answer.status_code, re.sub(r"[\w-]{22,}|\d+(\.\d+)?", "#", text)


def unlike(one: str, other: str) -> list[str]:
    """Lines of two pages that differ."""
    return [line for line in ndiff(one.splitlines(), other.splitlines()) if line[:1] in "+-"][:6]


def test_hidden_and_unknown_are_one(world: World, secrets: Secrets) -> None:
    """What an address says of a hidden field it says of one that never was, to the letter."""
    hide(world)
    client = world.client(world.ana)
    for noun in ("company", "person", "opportunity", "lead", "interaction"):
        known = TYPES[noun]
        base, pk = f"/{known.url}/", secrets.ids[noun][0]
        for name in list(hideable(known))[:6]:
            title = known.title
            for ask in ("?sort={}", "?group={}", "?layout=chart&by={}", f"?cols={title},{{}}", "?add={}"):
                hidden, never = (shape(client, base + ask.format(n), name) for n in (name, UNKNOWN))
                assert hidden == never, (noun, name, ask, unlike(hidden[1], never[1]))
            filtered = client.get(f"{base}?q={name} is not empty")
            assert filtered.status_code == 400, (noun, name)
            assert f"No hay ningún campo «{name}»" in filtered.content.decode(), (noun, name)
            for ask in ("edit/{}/", "put/{}/"):
                hidden, never = (shape(client, f"{base}{pk}/{ask.format(n)}", name) for n in (name, UNKNOWN))
                assert hidden == never, (noun, name, ask, unlike(hidden[1], never[1]))
