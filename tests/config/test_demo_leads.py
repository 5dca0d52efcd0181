"""The leads of the demo are coherent with its customers and opportunities."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from coordina.config.demo.fill import fill
from coordina.customers.models import Interaction
from coordina.leads.models import Lead
from tests.leads.ground import check

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture(scope="module", autouse=True)
def demo(django_db_setup: Any, django_db_blocker: Any) -> Iterator[None]:
    """The demo company, made once for all that look at it."""
    with django_db_blocker.unblock(), transaction.atomic():
        fill(timezone.now())
        yield
        transaction.set_rollback(True)


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
