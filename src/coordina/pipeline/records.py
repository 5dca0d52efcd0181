"""How pipelines, stages, reasons and opportunities present themselves."""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from coordina.catalog.models import Product
from coordina.core.declare import declare
from coordina.core.permissions import GRANTS
from coordina.core.types import Kind, Section, f
from coordina.pipeline import actions as _first  # own actions are declared before the generated ones
from coordina.pipeline.brought import OPPORTUNITY_VIEWS
from coordina.pipeline.importing import PIPELINE_OPTION, kind_of
from coordina.pipeline.models import Opportunity, OpportunityLine, Pipeline, Reason, Stage, Stakeholder
from coordina.pipeline.part_writers import LineWriter, PipelineWriter, ReasonWriter, StageWriter, StakeholderWriter
from coordina.pipeline.stages import stages_for
from coordina.pipeline.targets import entry_targets
from coordina.pipeline.writers import OpportunityWriter
from coordina.records.tags import tags_field


def with_lines(condition: Q) -> Exists:
    """Opportunities that have a product line which meets a condition."""
    return Exists(OpportunityLine.objects.filter(condition, opportunity=OuterRef("pk")))


PIPELINE = declare(
    Pipeline,
    writer=PipelineWriter,
    url="pipelines",
    icon="route",
    fields=(f("name", sortable=True), f("position", sortable=True)),
    columns=("name", "position"),
    order="position",
    grants=GRANTS["setting"],
    setting=True,
    match=("name",),
)

STAGE = declare(
    Stage,
    writer=StageWriter,
    url="stages",
    icon="flag",
    fields=(
        f("pipeline"),
        f("name"),
        f("position", sortable=True),
        f("kind"),
        f("probability", kind=Kind.PERCENT, minimum=0, maximum=100),
        f("ageing_days"),
    ),
    columns=("pipeline", "name", "position", "kind", "probability", "ageing_days"),
    order="position",
    grants=GRANTS["setting"],
    setting=True,
    match=("name",),
    extra={"guess": {"kind": kind_of}, "among": stages_for},
)

REASON = declare(
    Reason,
    writer=ReasonWriter,
    url="reasons",
    icon="help-circle",
    fields=(f("name", sortable=True), f("kind")),
    columns=("kind", "name"),
    order="name",
    grants=GRANTS["setting"],
    setting=True,
    match=("name",),
)

OPPORTUNITY = declare(
    Opportunity,
    writer=OpportunityWriter,
    url="opportunities",
    icon="target-arrow",
    fields=(
        f("name", sortable=True, searchable=True, aliases=("oportunidad", "opportunity name", "deal name", "asunto")),
        f("reference", sortable=True, searchable=True, editable=False, aliases=("referencia",)),
        f("company", searchable=True, aliases=("empresa", "account", "account name", "cuenta", "cliente")),
        f("person", aliases=("contacto", "contact")),
        f("pipeline", required=False, aliases=("embudo", "pipeline")),
        f("stage", required=False, aliases=("etapa", "fase", "deal stage", "stage name", "stage")),
        f("status", editable=False),
        f(
            "amount",
            kind=Kind.MONEY,
            currency="currency",
            sortable=True,
            minimum=0,
            aliases=("importe", "valor", "close value", "monto"),
        ),
        f("currency", aliases=("moneda", "currency")),
        f("value", kind=Kind.MONEY, sortable=True, editable=False, worked_from=("amount",)),
        f("probability", kind=Kind.PERCENT, minimum=0, maximum=100, aliases=("probabilidad",)),
        f("opened_on", sortable=True, aliases=("fecha de apertura", "create date", "created date", "abierta")),
        f("entered_on", sortable=True, editable=False),
        f("closes_on", sortable=True, aliases=("cierre previsto", "expected close")),
        f("closed_on", sortable=True, aliases=("fecha de cierre", "close date", "cerrada")),
        f("reason", aliases=("motivo", "closed lost reason", "loss reason")),
        f("outcome_note"),
        f("source", aliases=("origen", "lead source")),
        f("competitors", aliases=("competencia", "competidores")),
        f("next_step", aliases=("próximo paso",)),
        f("next_step_on", sortable=True, aliases=("fecha del próximo paso",)),
        f("description", aliases=("descripción",)),
        tags_field(Opportunity),
        f(
            "owner",
            required=False,
            aliases=("responsable", "agente", "sales agent", "vendedor", "deal owner", "opportunity owner"),
        ),
        f("team", filterable=True),
        f(
            "product",
            virtual=True,
            label=_("product"),
            kind=Kind.REF,
            to=Product,
            path="product",
            many=with_lines,
            aliases=("producto", "product", "artículo", "line item", "product name"),
        ),
        f("company.industry", label=_("industry of the company")),
        f("company.country", label=_("country of the company"), kind=Kind.COUNTRY),
        f("company.city", label=_("city of the company")),
        f("company.relation", label=_("relation of the company")),
        f("company.owner", label=_("owner of the company")),
        f("person.job_title", label=_("job title of the contact")),
        f("cycle_days", editable=False, sortable=True, worked_from=("opened_on", "closed_on")),
        f("changed_at", label=_("changed"), sortable=True, editable=False, importable=False),
    ),
    columns=("name", "company", "stage", "amount", "probability", "closes_on", "next_step", "owner"),
    quick=("status", "stage", "owner", "team", "closes_on"),
    facts=("amount", "probability", "closes_on", "company", "owner", "source"),
    sections=(
        Section(
            _("Opportunity"),
            ("name", "company", "person", "amount", "currency", "source", "competitors", "tags", "description"),
        ),
        Section(
            _("Way to the close"),
            ("pipeline", "stage", "probability", "opened_on", "closes_on", "closed_on", "reason", "outcome_note"),
        ),
        Section(_("Who and what next"), ("owner", "next_step", "next_step_on")),
    ),
    grants=GRANTS["owned"],
    match=("reference",),
    subtitle="company",
    extra={
        "hand_over": "status = open",
        "events": {"moved": ("stage", _("moves to another stage"))},
        "fixed": ("reference", "pipeline", "stage", "entered_on"),
        "new": _("New opportunity"),
        "logs": True,
        "targets": entry_targets,
        "import_options": (PIPELINE_OPTION,),
        "title_parts": ("company", "product"),
        "sum": "value",
        "board": "stage",
        "calendar": "closes_on",
        "groups": ("source",),
        "charts": ("stage",),
        "views": OPPORTUNITY_VIEWS,
        "later": (
            *("currency", "competitors", "description", "probability", "opened_on"),
            *("closed_on", "reason", "outcome_note"),
        ),
    },
    empty=_("Here you will see what is about to be sold. Import your opportunities or create the first one."),
)

LINE = declare(
    OpportunityLine,
    writer=LineWriter,
    url="opportunity-lines",
    icon="packages",
    fields=(
        f("product"),
        f("quantity", minimum=0),
        f("unit_price", kind=Kind.MONEY, currency="opportunity__currency", minimum=0),
    ),
    within="opportunity",
    importable=False,
    extra={"panel": True},
)

STAKEHOLDER = declare(
    Stakeholder,
    writer=StakeholderWriter,
    url="stakeholders",
    icon="users",
    fields=(f("person"), f("role"), f("attitude")),
    within="opportunity",
    importable=False,
    extra={"panel": True},
)
