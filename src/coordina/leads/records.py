"""How leads, their stages, reasons and products present themselves."""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from coordina.catalog.models import Product
from coordina.core.declare import declare
from coordina.core.permissions import GRANTS
from coordina.core.types import Kind, Section, f
from coordina.customers.contact_fields import FIXED, WAYS, contact_fields
from coordina.customers.contacting import STRICT
from coordina.customers.records import only_imported
from coordina.leads import conversion as _converts  # own actions are declared before the generated ones
from coordina.leads.brought import LEAD_VIEWS
from coordina.leads.enums import Status
from coordina.leads.meanings import MEANINGS
from coordina.leads.models import Lead, LeadProduct, LeadReason, LeadStage
from coordina.leads.writers import LeadWriter, ProductWriter, ReasonWriter, StageWriter
from coordina.records.tags import tags_field


def with_products(condition: Q) -> Exists:
    """Leads that are interested in a product which meets a condition."""
    return Exists(LeadProduct.objects.filter(condition, lead=OuterRef("pk")))


STAGE = declare(
    LeadStage,
    name="lead_stage",
    writer=StageWriter,
    url="lead-stages",
    icon="route",
    fields=(f("name", sortable=True), f("kind"), f("position", sortable=True), f("ageing_days")),
    columns=("name", "kind", "position", "ageing_days"),
    order="position",
    grants=GRANTS["setting"],
    setting=True,
    importable=False,
    match=("name",),
)

REASON = declare(
    LeadReason,
    name="lead_reason",
    writer=ReasonWriter,
    url="lead-reasons",
    icon="help-circle",
    fields=(f("name", sortable=True),),
    columns=("name",),
    order="name",
    grants=GRANTS["setting"],
    setting=True,
    importable=False,
    match=("name",),
)

LEAD = declare(
    Lead,
    writer=LeadWriter,
    url="leads",
    icon="user-question",
    fields=(
        f("title", sortable=True, searchable=True, editable=False, importable=False),
        f("reference", sortable=True, searchable=True, editable=False),
        f(
            "name",
            aliases=("nombre", "full name", "lead name", "nombre completo", "nombre y apellidos", "contact name",
                     "nombre del prospecto", "contacto", "contact", "person", "lead"),
        ),
        only_imported("first_name", _("first name"), "first name", "given name", "nombre de pila", "primer nombre"),
        only_imported("last_name", _("last name"), "last name", "surname", "apellido", "apellidos", "family name"),
        f(
            "company_name",
            searchable=True,
            aliases=("empresa", "company", "company name", "organization", "organización", "account name", "cuenta",
                     "associated company", "nombre de la empresa", "razón social", "account"),
        ),
        f("job_title", aliases=("cargo", "puesto", "title", "job title", "position", "designation", "occupation")),
        f("email", searchable=True, aliases=("correo", "e-mail", "email address", "correo electrónico", "mail")),
        f(
            "phone", kind=Kind.PHONE, searchable=True, placeholder="+34 910 123 456",
            aliases=("teléfono", "phone number", "tel", "business phone", "work phone", "teléfono fijo", "telephone"),
        ),
        f(
            "mobile", kind=Kind.PHONE, searchable=True, placeholder="+34 600 123 456",
            aliases=("móvil", "celular", "mobile phone", "mobile phone number", "teléfono móvil", "cell phone"),
        ),
        f("website", searchable=True, aliases=("web", "sitio web", "website url", "página web", "url", "domain")),
        f("tax_id", searchable=True, help=_("Checked by the rules of the country."),
          aliases=("nif", "cif", "vat", "rfc", "nit", "rut", "identificación fiscal", "vat number", "cuit")),
        f("street", aliases=("dirección", "calle", "street address", "address", "domicilio")),
        f("postal_code", aliases=("código postal", "zip", "zip code", "cp", "postcode", "zip postal code")),
        f("city", sortable=True, aliases=("ciudad", "población", "localidad", "municipio", "town")),
        f("region", aliases=("provincia", "state", "state province", "state region", "estado o provincia")),
        f("country", kind=Kind.COUNTRY, aliases=("país", "country region", "country code", "ip country")),
        f("industry", aliases=("sector", "industria", "ramo", "giro", "actividad")),
        f("employees", minimum=0, maximum=50_000_000,
          aliases=("empleados", "number of employees", "no of employees", "plantilla", "company size", "tamaño")),
        f("annual_revenue", kind=Kind.MONEY, minimum=0,
          aliases=("facturación", "ingresos", "revenue", "annual revenue", "facturación anual")),
        f("source", sortable=True,
          aliases=("origen", "lead source", "fuente", "original source", "original traffic source", "procedencia",
                   "utm source", "canal", "latest source", "origen del prospecto")),
        f("campaign", aliases=("campaña", "campaign name", "utm campaign", "campaign source", "primary campaign",
                               "first conversion", "recent conversion")),
        f("tracking", help=_("What the address they came by says of where they came from."),
          aliases=("utm", "utm parameters", "parámetros utm", "utm medium", "landing page", "referrer")),
        f("amount", kind=Kind.MONEY, currency="currency", sortable=True, minimum=0,
          aliases=("valor estimado", "importe", "estimated value", "deal amount", "expected revenue", "monto")),
        f("currency", aliases=("moneda", "currency")),
        f("description", aliases=("descripción", "mensaje", "message", "comments", "comentarios", "notes", "notas",
                                  "observaciones", "consulta")),
        f("stage", required=False, aliases=("etapa", "fase", "lead stage")),
        f("status"),
        f("meant", label=_("status"), kind=Kind.CHOICE, virtual=True, editable=False, filterable=False,
          choices=Status.choices, meanings=MEANINGS,
          aliases=("estado", "lead status", "estado del prospecto", "estado de posible cliente", "situación",
                   "lifecycle stage", "lead state")),
        f("is_converted", label=_("converted"), kind=Kind.BOOL, virtual=True, editable=False, filterable=False,
          aliases=("is converted", "convertido", "isconverted", "conversion", "convertida")),
        f("ended_on", label=_("converted or disqualified on"), kind=Kind.DATE, virtual=True, editable=False,
          filterable=False, aliases=("converted date", "fecha de conversión", "closed date", "close date")),
        f("entered_on", sortable=True, editable=False),
        f("closed_on", sortable=True, editable=False),
        f("reason", editable=False),
        f("outcome_note", aliases=("disqualification notes", "notas del descarte")),
        f("received_at", sortable=True, required=False,
          help=_("When they came to us; now where nothing is written."),
          aliases=("recibido", "created date", "create date", "created time", "fecha de creación", "created at",
                   "fecha de entrada", "received", "fecha", "fecha de alta", "lead date")),
        f("first_touch_at", sortable=True,
          aliases=("primer contacto", "first touch", "first contacted", "first activity", "first outreach date")),
        f("touch_minutes", editable=False, sortable=True, worked_from=("first_touch_at",)),
        f("next_step", aliases=("próximo paso", "next action", "next step")),
        f("next_step_on", sortable=True, aliases=("fecha del próximo paso", "next step date", "next activity date")),
        f("company", editable=False),
        f("person", editable=False),
        f("opportunity", editable=False),
        *(
            only_imported(f"became_{name}", label, *aliases)
            for name, label, aliases in (
                ("company", _("id of the company it became"), ("converted account id", "converted account")),
                ("person", _("id of the contact it became"), ("converted contact id", "converted contact")),
                ("opportunity", _("id of the opportunity it became"),
                 ("converted opportunity id", "converted opportunity", "converted deal")),
            )
        ),
        f("owner", required=False,
          aliases=("responsable", "lead owner", "propietario", "owner name", "contact owner", "comercial", "agente",
                   "propietario de posible cliente")),
        f("team", filterable=True),
        tags_field(Lead),
        f("product", virtual=True, label=_("product of interest"), kind=Kind.REF, to=Product, path="product",
          many=with_products, editable=False, importable=False),
        *contact_fields(Lead),
        f("changed_at", label=_("changed"), sortable=True, editable=False, importable=False),
    ),
    columns=("title", "company_name", "stage", "source", "received_at", "next_step", "amount", "owner"),
    quick=("status", "source", "owner", "received_at"),
    facts=("company_name", "email", "phone", "source", "amount", "received_at", "owner"),
    sections=(
        Section(_("Who"), ("name", "job_title", "email", "phone", "mobile")),
        Section(
            _("Company"),
            ("company_name", "website", "tax_id", "industry", "employees", "annual_revenue", "street", "postal_code",
             "city", "region", "country"),
        ),
        Section(_("Where it came from"), ("source", "campaign", "tracking", "received_at", "first_touch_at")),
        Section(
            _("What they want"),
            ("description", "amount", "currency", "next_step", "next_step_on", "reason", "outcome_note"),
        ),
        WAYS,
        Section(_("Who looks after it"), ("owner", "team", "stage", "tags")),
    ),
    grants=GRANTS["owned"],
    match=("email", "reference"),
    subtitle="company_name",
    extra={
        "hand_over": "status in (new, contacted, qualified)",
        "events": {"moved": ("stage", _("moves to another stage"))},
        "new": _("New lead"),
        "logs": True,
        "id_aliases": ("lead id", "prospect id", "lead number", "id de prospecto", "id de posible cliente"),
        "fixed": ("name", "company_name", "reference", "stage", "entered_on", "received_at", *FIXED),
        "strict": STRICT,
        "later": (
            *("tax_id", "annual_revenue", "street", "postal_code", "region", "tracking", "first_touch_at"),
            *("outcome_note", "currency", "stage"),
        ),
        "avatar": "person",
        "views": LEAD_VIEWS,
    },
    empty=_("Here you will see who might become a customer. Import your list or write down the first one."),
)  # fmt: skip

PRODUCT = declare(
    LeadProduct,
    name="lead_product",
    writer=ProductWriter,
    url="lead-products",
    icon="packages",
    fields=(f("product"), f("quantity", minimum=0)),
    columns=("product", "quantity"),
    within="lead",
    importable=False,
    extra={"part": _("Products of interest")},
)
