"""Figures of leads: each opens the records behind it."""

from datetime import UTC, timedelta

from django.utils import timezone

from coordina.core.filters import Asker
from coordina.insights.figures import breakdown, figure
from coordina.leads import actions
from tests.leads.ground import Leads


def test_sources_rates_touches_and_reasons(leads: Leads) -> None:
    early = timezone.now() - timedelta(hours=6)
    one = leads.lead(leads.rep, source="Web", received_at=early, first_touch_at=early + timedelta(hours=3))
    leads.lead(leads.rep, source="Web", received_at=early, first_touch_at=early + timedelta(hours=1))
    gone = leads.lead(leads.other, source="Feria", received_at=early)
    leads.lead()
    leads.converted(one, leads.rep, opportunity_name="Luz")
    leads.act(actions.disqualify, pk=gone.pk, reason=leads.reason())
    asker = Asker(user=leads.boss, now=timezone.now(), time_zone=UTC)
    assert figure("leads.received", asker).value == 4
    assert figure("leads.conversion_rate", asker).value == 25
    assert figure("leads.first_touch", asker).value == 2
    assert (figure("leads.open", asker).value, figure("leads.unowned", asker).value) == (2, 1)
    by_source = {s.label: s.value for s in breakdown("leads.received", "leads.source", asker)}
    assert by_source["Web"] == 2
    [why] = breakdown("leads.disqualified", "leads.reason", asker)
    assert (why.label, why.value) == (leads.reason().name, 1)
    client = leads.client(leads.boss)
    assert client.get(why.url).content.decode().count('href="/leads/') >= 1
    page = client.get("/dashboard/?period=all").content.decode()
    assert 'id="leads-by-source"' in page
    rep = type(leads.rep).objects.for_request().get(pk=leads.rep.pk)
    narrow = Asker(user=rep, now=timezone.now(), time_zone=UTC)
    assert figure("leads.received", narrow).value == 2
