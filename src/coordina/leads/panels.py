"""What leads show on their own page and on the pages of what they became."""

from django.utils.translation import gettext_lazy as _

from coordina.core.panels import PANELS, Panel
from coordina.customers.contact_panels import consent_on, show_on
from coordina.leads.models import Lead
from coordina.leads.views import panels
from coordina.records.models import Attachment
from coordina.records.panels import files_panel, timeline_panel

SEE = Lead.view_permission()

for _name, _panel in {
    "lead-path": Panel("lead.head", _("Stage"), SEE, "pipeline/path.html", panels.path, order=10),
    "lead-reach": Panel("lead.acts", _("Reach"), SEE, "customers/reach.html", panels.reach, order=10),
    "lead-convert": Panel("lead.acts", _("Convert"), SEE, "leads/acts.html", panels.acts, order=50),
    "lead-log": Panel("lead.main", _("Log"), SEE, "customers/composer.html", panels.composer, order=10),
    "lead-timeline": Panel(
        "lead.main", _("Activity"), SEE, "records/timeline.html", timeline_panel, order=20, lazy=True
    ),
    "lead-became": Panel("lead.side", _("What it became"), SEE, "leads/became.html", panels.became, order=5),
    "lead-next": Panel("lead.side", _("Next step"), SEE, "pipeline/next.html", panels.next_step, order=10),
    "lead-files": Panel("lead.side", _("Files"), Attachment.view_permission(), "records/files.html", files_panel, 80),
    "company-leads": Panel("company.side", _("Comes from"), SEE, "leads/origin.html", panels.origin, order=40),
    "person-leads": Panel("person.side", _("Comes from"), SEE, "leads/origin.html", panels.origin, order=40),
    "opportunity-leads": Panel("opportunity.side", _("Comes from"), SEE, "leads/origin.html", panels.origin, order=40),
}.items():
    PANELS.add(_name, _panel)

show_on("lead", Lead)
consent_on("lead", Lead)
