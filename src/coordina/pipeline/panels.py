"""What the pipeline shows on an opportunity's page."""

from django.utils.translation import gettext_lazy as _

from coordina.core.panels import PANELS, Panel
from coordina.pipeline.models import Opportunity, Stage
from coordina.pipeline.views import around, panels

SEE = Opportunity.view_permission()

for _name, _panel in {
    "opportunity-path": Panel("opportunity.head", _("Stage"), SEE, "pipeline/path.html", panels.path, order=10),
    "opportunity-next": Panel("opportunity.side", _("Next step"), SEE, "pipeline/next.html", panels.next_step, 10),
    "opportunity-people": Panel(
        "opportunity.side", _("People in the purchase"), SEE, "pipeline/people.html", panels.people, 20
    ),
    "opportunity-products": Panel(
        "opportunity.side", _("Products"), SEE, "pipeline/products.html", panels.products, 30
    ),
    "company-opportunities": Panel(
        "company.side", _("Opportunities"), SEE, "pipeline/around.html", around.opportunities, 20
    ),
    "person-opportunities": Panel(
        "person.side", _("Opportunities"), SEE, "pipeline/around.html", around.opportunities, 20
    ),
    "company-sell": Panel(
        "company.acts", _("New opportunity"), SEE, "pipeline/new_here.html", around.new_opportunity, 50
    ),
    "person-sell": Panel(
        "person.acts", _("New opportunity"), SEE, "pipeline/new_here.html", around.new_opportunity, 50
    ),
    "pipeline-stages": Panel(
        "pipeline.main", _("Stages"), Stage.view_permission(), "pipeline/stages.html", panels.stages, order=10
    ),
}.items():
    PANELS.add(_name, _panel)
