"""The demo company is coherent, lived-in, and its sign-ins exist nowhere else."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from itertools import pairwise
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count, F, Max, Q, Sum
from django.utils import timezone

from coordina.accounts import definitions
from coordina.accounts.demo import PASSWORD, sign_ins
from coordina.accounts.models import Credential, Organization, Role, Team, User
from coordina.accounts.signin import SignInBackend
from coordina.catalog.models import Product, Series
from coordina.config.demo.fill import fill
from coordina.config.demo.twins import HOW_MANY
from coordina.core.added import checked
from coordina.core.contact import parse_phone, parse_url
from coordina.core.derived import REBUILDS
from coordina.core.jsonvalues import loaded
from coordina.core.tax_ids import parse_tax_id
from coordina.core.types import type_of
from coordina.customers.models import Company, Interaction, Person
from coordina.leads.models import Lead
from coordina.ledger.change_sets import change_set
from coordina.ledger.history import history_of
from coordina.ledger.models import ChangeSet
from coordina.orders.enums import AHEAD
from coordina.orders.models import Order, OrderLine
from coordina.pipeline.models import Opportunity, OpportunityLine, StageEntry
from coordina.records.models import Note, TagLink
from coordina.stock.models import StockMove
from tests.clock import madrid_day
from tests.leads.ground import check

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture(scope="module", autouse=True)
def demo(django_db_setup: Any, django_db_blocker: Any) -> Iterator[None]:
    """The demo company, made once for all that look at it."""
    with django_db_blocker.unblock(), transaction.atomic():
        fill(timezone.now())
        yield
        transaction.set_rollback(True)


def test_there_are_a_few_thousand_records() -> None:
    counts = {m.__name__: m.objects.count() for m in (Company, Person, Product, Opportunity, Interaction, Series)}
    assert counts["Company"] == 350 + HOW_MANY
    assert counts["Opportunity"] == 1200
    assert counts["Product"] == 40 + 3 + 3, "a service, a bundle, and a product in three colours"
    assert counts["Series"] == 5
    assert 600 < counts["Person"] < 850
    assert 2000 < counts["Interaction"] < 3500
    assert Note.objects.count() > 100
    assert TagLink.objects.count() > 100


def test_the_firm_has_fields_of_its_own_with_values_its_forms_take() -> None:
    definitions.agree()
    for known, share in ((type_of(Company), 0.6), (type_of(Opportunity), 0.9)):
        fields = {name: field for name, field in known.fields.items() if field.json_key}
        assert fields
        rows = [row.custom for row in known.model._base_manager.all()]
        assert sum(bool(row) for row in rows) > share * len(rows)
        for row in rows:
            for name, value in row.items():
                assert checked(fields[name], loaded(fields[name], value), None) == value


def test_each_role_can_be_played_and_the_command_says_so() -> None:
    people = sign_ins()
    assert Counter(one.role for one in people) == Counter(Role.objects.values_list("name", flat=True))
    user = SignInBackend().authenticate(None, email=people[0].email, password=PASSWORD)
    assert user is not None
    assert user.name == people[0].name
    assert len(set(Credential.objects.values_list("password", flat=True))) == 1
    out = StringIO()
    call_command("demo", "--if-empty", stdout=out)
    assert PASSWORD in out.getvalue()
    assert "coordinadora@demo.example" in out.getvalue()


def test_it_is_not_made_twice_and_shows_nobody_in_another_company() -> None:
    with pytest.raises(CommandError):
        call_command("demo")
    with transaction.atomic():
        company = Organization.objects.get()
        company.is_demo = False
        with change_set(by=None, at=timezone.now(), via="system"):
            company.save()
        assert sign_ins() == []
        transaction.set_rollback(True)


def test_teams_have_managers_and_lie_in_regions() -> None:
    leaders = Role.objects.get(slug="manager")
    for team in Team.objects.filter(is_region=False, parent__isnull=False):
        assert team.manager is not None
        assert team.manager.role == leaders
        assert team.parent is not None
        assert team.parent.is_region
    assert Team.objects.filter(is_region=True).count() == 3
    assert User.objects.filter(team=None).count() == 0


def test_customers_hold_to_the_rules_of_what_is_typed() -> None:
    for company in Company.objects.all():  # those written down twice were written in haste
        assert not company.phone or parse_phone(company.phone, company.country).e164 == company.phone
        assert not company.website or parse_url(company.website)
        if company.tax_id and company.country in ("ES", "PT"):
            assert parse_tax_id(company.tax_id, company.country).checked
    assert Company.objects.exclude(phone="").exclude(website="").count() >= 350
    ids = list(Company.objects.exclude(tax_id="").values_list("tax_id", flat=True))
    assert len(ids) - len(set(ids)) == 1  # one of the twins


def test_opportunities_agree_with_their_ways() -> None:
    today = madrid_day() + timedelta(days=1)
    for opportunity in Opportunity.objects.select_related("stage"):
        way = list(StageEntry.objects.filter(opportunity=opportunity).order_by("position"))
        days = [entry.entered_on for entry in way]
        assert None not in days
        assert days == sorted(days)
        assert days[-1] <= today
        assert all(a.left_on == b.entered_on for a, b in pairwise(way))
        assert [entry.current for entry in way] == [False] * (len(way) - 1) + [True]
        assert way[-1].stage_id == opportunity.stage_id
        assert opportunity.status == opportunity.stage.kind
        assert opportunity.entered_on == days[-1]
        assert opportunity.opened_on == days[0]
        closed = opportunity.status != "open"
        assert (opportunity.closed_on is not None, opportunity.reason_id is not None) == (closed, closed)


def test_amounts_are_those_of_the_products() -> None:
    lines = OpportunityLine.objects.values("opportunity").annotate(total=Sum(F("quantity") * F("unit_price")))
    totals = {row["opportunity"]: round(row["total"], 2) for row in lines}
    assert totals == {o.pk: o.amount for o in Opportunity.objects.all()}
    assert Opportunity.objects.filter(Q(value=None) | Q(team=None)).count() == 0
    assert set(Opportunity.objects.values_list("currency", flat=True)) == {"EUR", "USD"}


def test_what_was_won_was_ordered_and_orders_agree_with_what_left() -> None:
    today = madrid_day()
    states = Counter(Order.objects.values_list("status", flat=True))
    assert sum(states.values()) > 300
    assert states["closed"] > 200
    for state in ("received", "confirmed", "reserved", "partly", "shipped", "delivered", "cancelled"):
        assert states[state], (state, states)
    past = Order.objects.exclude(was="")
    assert 100 < past.count() < sum(states.values()) - 100
    assert not Order.objects.exclude(opportunity__status="won").exclude(opportunity=None).exists()
    late = Order.objects.filter(delivered_on__gt=F("promised_on")).count()
    assert 10 < late < sum(states.values()) // 5
    assert Order.objects.filter(status__in=AHEAD, expected_on__lt=today).exists()
    label = OrderLine._meta.label
    left = StockMove.objects.filter(subject_type=label).values_list("subject_id").annotate(n=Sum("quantity"))
    shipped = OrderLine.objects.filter(order__was="", shipped__gt=0)
    assert dict(left) == dict(shipped.values_list("pk", "shipped")), "what orders say that left is what stock says"
    sums = OrderLine.objects.values_list("order").annotate(n=Sum("net"))
    assert dict(sums) == dict(Order.objects.values_list("pk", "net"))
    days = ("placed_on", "confirmed_on", "shipped_on", "delivered_on", "receipt_on", "closed_on")
    for row in Order.objects.values_list(*days):
        known = [day for day in row if day is not None]
        assert known == sorted(known)
        assert known[-1] <= today


def test_something_waits_to_be_done() -> None:
    today = madrid_day()
    still = Opportunity.objects.filter(status="open")
    assert 100 < still.count() < 300
    assert still.filter(next_step="").count() > 5
    assert still.filter(next_step_on__lt=today).count() > 5
    stalled = [o for o in still.select_related("stage") if (today - o.entered_on).days > o.stage.ageing_days]
    assert 5 < len(stalled) < still.count()


def test_the_history_looks_lived_in() -> None:
    writers = ChangeSet.objects.exclude(by=None).values("by").annotate(n=Count("pk"))
    assert len(writers) > 12
    moments = list(ChangeSet.objects.order_by("pk").values_list("at", flat=True))
    assert moments == sorted(moments)
    assert moments[-1] <= timezone.now()
    assert (moments[-1] - moments[0]).days > 350
    busy = Opportunity.objects.order_by("-version").first()
    assert busy is not None
    assert len(history_of(busy)) == busy.version
    recent = ChangeSet.objects.aggregate(last=Max("at"))["last"]
    assert timezone.now() - recent < timedelta(days=4)


def test_what_is_derived_is_as_it_should_be() -> None:
    assert {name: compare() for name, (_rebuild, compare) in REBUILDS.items()} == dict.fromkeys(REBUILDS, 0)


def test_leads_became_the_customers_they_name() -> None:
    states = Counter(Lead.objects.values_list("status", flat=True))
    assert 250 < sum(states.values()) < 400
    assert all(states[state] > 5 for state in ("new", "contacted", "qualified", "converted", "disqualified"))
    for lead in Lead.objects.select_related("company", "person", "opportunity"):
        check(lead)
        assert lead.received_at <= timezone.now()
        if lead.status == "converted":
            assert lead.company is not None
            assert lead.person is not None
            assert (lead.company_name, lead.name) == (lead.company.name, lead.person.name)
            assert lead.opportunity is None or lead.opportunity.company_id == lead.company_id
            assert lead.opportunity is None or lead.opportunity.source == lead.source
        else:
            assert (lead.company_id, lead.reason_id is not None) == (None, lead.status == "disqualified")
    assert Interaction.objects.filter(subject_type="leads.Lead").count() > 80
    fresh = Lead.objects.filter(owner=None)
    assert 0 < fresh.count() < 30
    assert all(timezone.now() - lead.received_at < timedelta(days=8) for lead in fresh)
