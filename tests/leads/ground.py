"""People, a pipeline and a funnel, and what they do with leads."""

from typing import Any

from django.utils import timezone

from coordina.accounts.models import Role, User
from coordina.core.permissions import defaults_for
from coordina.leads.conversion import convert
from coordina.leads.models import Lead, LeadEntry, LeadReason, LeadStage
from coordina.ledger.change_sets import change_set
from coordina.ledger.models import ChangeSet
from coordina.ledger.undo import UndoReport, undo
from coordina.pipeline.defaults import make_default_pipeline
from tests.world import World


class Leads(World):
    """A company with a manager of the north besides those of `World`."""

    def __init__(self) -> None:
        super().__init__()
        with change_set(by=None, at=timezone.now(), via="system"):
            role = Role.objects.create(name="manager", slug="manager", reach=defaults_for("manager"))
            self.manager: User = User.objects.create(
                name="Mara Norte", email="mara@example.com", team=self.north, role=role, access="active"
            )
        self.act(make_default_pipeline)

    def lead(self, by: User | None = None, **values: Any) -> Lead:
        """A lead written down by hand."""
        made: Lead = self.create(Lead, by, **({"name": "Berta Boxer", "company_name": "Granja Alta SL"} | values))
        return made

    def now(self, lead: Lead) -> Lead:
        """The lead as it is stored."""
        return Lead.objects.select_related("stage", "company", "person", "opportunity").get(pk=lead.pk)

    def stage(self, kind: str) -> LeadStage:
        """The first stage with a meaning."""
        return LeadStage.objects.filter(kind=kind).order_by("position")[0]

    def reason(self) -> LeadReason:
        """Some reason for disqualifying."""
        return LeadReason.objects.order_by("pk")[0]

    def converted(self, lead: Lead, by: User | None = None, **given: Any) -> Lead:
        """The lead, converted."""
        what = {"company_name": lead.company_name, "person_name": lead.name} | given
        return self.now(self.act(convert, by, lead.pk, **{n: v for n, v in what.items() if v not in (None, "")}))

    def undo_last(self, action: str = "", by: User | None = None) -> UndoReport:
        """Take the last change set back, or the last of an action."""
        rows = ChangeSet.objects.filter(action=action) if action else ChangeSet.objects.all()
        return undo(rows.order_by("-pk")[0], by=by or self.boss, at=timezone.now())


def check(lead: Lead) -> None:
    """What must hold of every lead at all times."""
    lead = Lead.objects.select_related("stage").get(pk=lead.pk)
    entries = list(LeadEntry.objects.filter(lead=lead).order_by("position"))
    assert lead.status == lead.stage.kind
    assert [e.position for e in entries] == list(range(1, len(entries) + 1))
    assert [e.current for e in entries] == [False] * (len(entries) - 1) + [True]
    assert entries[-1].stage_id == lead.stage_id
    assert entries[-1].entered_on == lead.entered_on
    assert [e.left_on for e in entries] == [*(e.entered_on for e in entries[1:]), None]
    assert lead.title
    if lead.status in ("new", "contacted", "qualified"):
        assert lead.closed_on is None
        assert lead.reason_id is None
