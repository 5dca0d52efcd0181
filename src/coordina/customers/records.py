"""How companies, people and interactions present themselves."""

from django.utils.translation import gettext_lazy as _

from coordina.core.declare import declare
from coordina.core.permissions import GRANTS, Grants
from coordina.core.types import Draft, Kind, Section, f
from coordina.customers import actions as _declared_first
from coordina.customers.brought import COMPANY_VIEWS, INTERACTION_VIEWS, PERSON_VIEWS
from coordina.customers.consent_writers import PurposeWriter
from coordina.customers.contact_fields import FIXED, WAYS, contact_fields
from coordina.customers.contacting import STRICT
from coordina.customers.interacting import InteractionWriter
from coordina.customers.meanings import CONSENTS
from coordina.customers.models import (
    Address,
    Company,
    CustomerGroup,
    Industry,
    Interaction,
    Person,
    Position,
    Purpose,
    Suppression,
)
from coordina.customers.writers import AddressWriter, CompanyWriter, PersonWriter, PositionWriter
from coordina.records.tags import tags_field

KEEPERS = Grants(*(dict.fromkeys(("operations", "administrator"), "all") for _verb in range(4)))
"""Who looks after addresses to which nothing is sent."""
CHANGED = f("changed_at", label=_("changed"), sortable=True, editable=False, importable=False)


def only_imported(name: str, label: object, *aliases: str, length: int = 120) -> Draft:
    """A column that files have and records keep elsewhere: the writer takes it, pages do not show it."""
    return f(
        name,
        label=label,
        kind=Kind.TEXT,
        virtual=True,
        editable=False,
        filterable=False,
        max_length=length,
        aliases=aliases,
    )


INDUSTRY = declare(
    Industry,
    url="industries",
    icon="category",
    fields=(f("name", sortable=True, searchable=True, aliases=("sector", "industria", "industry", "ramo")),),
    columns=("name",),
    order="name",
    grants=GRANTS["setting"],
    setting=True,
    match=("name",),
    empty=_("Lines of business sort your customers. Add the ones you sell to."),
)

CUSTOMER_GROUP = declare(
    CustomerGroup,
    name="customer_group",
    url="customer-groups",
    icon="users-group",
    fields=(f("name", sortable=True, searchable=True, aliases=("grupo de clientes", "customer group")),),
    columns=("name",),
    order="name",
    grants=GRANTS["setting"],
    setting=True,
    match=("name",),
    empty=_("Groups gather customers who buy on the same terms, such as wholesalers. Add the first one."),
)

COMPANY = declare(
    Company,
    url="companies",
    icon="building-store",
    writer=CompanyWriter,
    fields=(
        f(
            "name",
            sortable=True,
            searchable=True,
            aliases=(
                "empresa", "company", "account", "cuenta", "cliente", "razón social", "company name", "account name",
                "organization", "organización", "organization name", "nombre de la empresa", "nombre comercial",
                "customer", "customer name", "nombre de cuenta",
            ),
        ),
        f(
            "relation",
            aliases=(
                "relación", "tipo", "type", "lifecycle stage", "account type", "company type", "tipo de cuenta",
                "tipo de cliente", "customer status", "etapa del ciclo de vida",
            ),
        ),
        f("industry", aliases=("sector", "industria", "industry", "ramo", "giro", "actividad", "vertical")),
        f(
            "customer_group",
            help=_("For price lists of their own."),
            aliases=("grupo de clientes", "customer group", "grupo de precios", "tarifa de cliente", "price group"),
        ),
        f(
            "equivalence_surcharge",
            help=_("A retailer to whom the surcharge is charged besides the tax."),
            aliases=("recargo de equivalencia", "recargo", "equivalence surcharge"),
        ),
        f(
            "tax_treatment",
            help=_("Empty: as country, postal code and tax id say."),
            aliases=("régimen fiscal", "posición fiscal", "fiscal position", "tax treatment"),
        ),
        f(
            "credit_limit",
            kind=Kind.MONEY,
            minimum=0,
            help=_("How much it may have ordered and not closed; empty for no limit."),
            aliases=("límite de crédito", "crédito", "credit limit", "creditlimit", "riesgo"),
        ),
        f(
            "parent",
            help=_("The company or group it belongs to."),
            aliases=(
                "matriz", "subsidiary of", "filial de", "parent account", "grupo", "parent company", "empresa matriz",
                "cuenta principal", "empresa principal",
            ),
        ),
        f(
            "tax_id",
            searchable=True,
            help=_("Checked by the rules of the company's country."),
            aliases=(
                "nif", "cif", "vat", "rfc", "nit", "rut", "identificación fiscal", "vat number", "tax number",
                "tax id number", "cif nif", "nif cif", "cuit", "ruc", "ein", "vat id", "número fiscal",
            ),
        ),
        f(
            "phone",
            kind=Kind.PHONE,
            searchable=True,
            placeholder="+34 910 123 456",
            aliases=("teléfono", "phone number", "tel", "telephone", "telf", "main phone", "teléfono fijo"),
        ),
        f("email", searchable=True, aliases=("correo", "e-mail", "correo electrónico", "email address", "mail")),
        f(
            "website",
            searchable=True,
            aliases=(
                "web", "sitio web", "domain", "company domain name", "dominio", "página web", "website url", "url",
            ),
        ),
        f(
            "city",
            sortable=True,
            aliases=("ciudad", "población", "billing city", "localidad", "municipio", "shipping city"),
        ),
        f(
            "country",
            kind=Kind.COUNTRY,
            aliases=(
                "país", "country", "office location", "billing country", "country region", "billing country code",
                "country code", "shipping country", "ubicación de la oficina",
            ),
        ),
        f(
            "employees",
            sortable=True,
            minimum=0,
            maximum=50_000_000,
            aliases=(
                "empleados", "number of employees", "plantilla", "no of employees", "employee count", "trabajadores",
                "número de empleados", "headcount",
            ),
        ),
        f(
            "annual_revenue",
            kind=Kind.MONEY,
            sortable=True,
            minimum=0,
            aliases=(
                "facturación", "ingresos", "revenue", "annual revenue", "facturación anual", "ingresos anuales",
                "ventas anuales", "turnover", "yearly revenue", "cifra de negocio",
            ),
        ),
        f(
            "founded",
            sortable=True,
            aliases=(
                "año de fundación", "year established", "fundada", "year started", "year founded", "founded year",
                "año de constitución", "established", "fundación",
            ),
        ),
        f(
            "owner",
            aliases=(
                "responsable", "propietario", "company owner", "account owner", "comercial", "owner name",
                "propietario de la cuenta", "gestor", "ejecutivo",
            ),
        ),
        f("team", filterable=True),
        tags_field(Company),
        f("description", aliases=("descripción", "notas", "observaciones", "about us", "comments", "comentarios")),
        only_imported(
            "street", _("street"), "billing street", "street address", "dirección", "calle", "address", "domicilio",
            "billing address", "address line 1", length=250,
        ),
        only_imported(
            "postal_code", _("postal code"), "billing zip postal code", "billing zip", "zip", "código postal", "cp",
            "postcode", "billing code", "zip code", "billing postal code", length=20,
        ),
        only_imported(
            "region", _("province or state"), "billing state province", "billing state", "state region", "provincia",
            "estado o provincia", "province", "comunidad autónoma",
        ),
        *contact_fields(Company),
        CHANGED,
    ),
    columns=("name", "relation", "industry", "city", "country", "phone", "owner", "changed_at"),
    quick=("relation", "industry", "country", "owner"),
    facts=("relation", "industry", "city", "country", "employees", "owner"),
    sections=(
        Section(
            _("Company"), ("name", "relation", "industry", "parent", "tax_id", "founded", "employees", "annual_revenue")
        ),
        Section(_("Terms"), ("customer_group", "equivalence_surcharge", "tax_treatment", "credit_limit")),
        Section(_("Contact"), ("phone", "email", "website", "city", "country")),
        WAYS,
        Section(_("Who looks after it"), ("owner", "tags", "description")),
    ),
    match=("tax_id", "name"),
    subtitle="city",
    extra={
        "fields_first": True,
        "avatar": "company",
        "logs": True,
        "no_sums": ("founded",),
        "views": COMPANY_VIEWS,
        "fixed": FIXED,
        "strict": STRICT,
    },
    empty=_("Here you will see the companies you sell to. Import them or create the first one."),
)  # fmt: skip

ADDRESS = declare(
    Address,
    url="addresses",
    icon="map-pin",
    writer=AddressWriter,
    fields=(
        f("kind"),
        f("street"),
        f("postal_code"),
        f("city"),
        f("region"),
        f("country", kind=Kind.COUNTRY),
    ),
    columns=("kind", "street", "postal_code", "city", "country"),
    within="company",
    importable=False,
)

PERSON = declare(
    Person,
    url="people",
    icon="users",
    writer=PersonWriter,
    fields=(
        f(
            "name",
            sortable=True,
            searchable=True,
            aliases=(
                "nombre", "contacto", "full name", "contact", "nombre completo", "contact name", "nombre y apellidos",
                "person", "persona", "contact full name", "nombre del contacto",
            ),
        ),
        only_imported("first_name", _("first name"), "first name", "given name", "nombre de pila", "primer nombre"),
        only_imported("last_name", _("last name"), "last name", "surname", "apellido", "apellidos", "family name"),
        f(
            "company",
            searchable=True,
            aliases=(
                "empresa", "company", "account name", "cuenta", "company name", "associated company", "organization",
                "nombre de la empresa", "organización", "account", "employer", "primary company",
            ),
        ),
        f(
            "job_title",
            sortable=True,
            aliases=("cargo", "puesto", "title", "job title", "position", "función", "cargo en la empresa"),
        ),
        f(
            "email",
            searchable=True,
            aliases=("correo", "e-mail", "email address", "correo electrónico", "mail", "work email"),
        ),
        f(
            "phone",
            kind=Kind.PHONE,
            searchable=True,
            placeholder="+34 910 123 456",
            aliases=("teléfono", "phone number", "tel", "business phone", "work phone", "teléfono fijo", "telephone"),
        ),
        f(
            "mobile",
            kind=Kind.PHONE,
            searchable=True,
            placeholder="+34 600 123 456",
            aliases=("móvil", "celular", "mobile phone", "mobile phone number", "teléfono móvil", "cell", "cell phone"),
        ),
        f("city", aliases=("ciudad", "mailing city", "población", "localidad")),
        f("language", aliases=("idioma", "preferred language", "idioma preferido", "lengua")),
        f(
            "profile_url",
            help=_("A page about them, such as a professional network."),
            aliases=("linkedin", "perfil", "linkedin url", "linkedin profile", "profile", "social profile"),
        ),
        f(
            "preferences",
            help=_("How and when they like to be reached, what matters to them."),
            aliases=("preferencias",),
        ),
        f(
            "special_requests",
            help=_("What they asked for and must not be forgotten."),
            aliases=("peticiones especiales", "special requests", "solicitudes especiales"),
        ),
        f(
            "consent",
            meanings=CONSENTS,
            aliases=("consentimiento", "opt-in", "optin", "marketing consent", "rgpd", "gdpr"),
        ),
        f("consent_source", aliases=("origen del consentimiento", "consent source", "base legal", "legal basis")),
        f("consent_on", sortable=True, aliases=("fecha del consentimiento", "consent date", "opt-in date")),
        *contact_fields(Person),
        f(
            "owner",
            aliases=("responsable", "contact owner", "propietario", "propietario del contacto", "comercial"),
        ),
        f("team", filterable=True),
        tags_field(Person),
        f("company.industry", label=_("industry of the company")),
        f("company.city", label=_("city of the company")),
        f("company.country", label=_("country of the company"), kind=Kind.COUNTRY),
        f("company.relation", label=_("relation of the company")),
        f("company.owner", label=_("owner of the company")),
        CHANGED,
    ),
    columns=("name", "job_title", "company", "email", "phone", "owner", "changed_at"),
    quick=("company", "owner"),
    facts=("job_title", "company", "email", "phone", "mobile", "owner"),
    sections=(
        Section(_("Contact"), ("name", "company", "job_title", "email", "phone", "mobile", "city", "profile_url")),
        Section(_("Personal service"), ("language", "preferences", "special_requests")),
        Section(_("Consent to be written to"), ("consent", "consent_source", "consent_on")),
        WAYS,
        Section(_("Who looks after them"), ("owner", "tags")),
    ),
    match=("email", "name"),
    subtitle="company",
    extra={"fields_first": True, "avatar": "person", "logs": True, "card": {
            "FN": "name",
            "ORG": "company",
            "TITLE": "job_title",
            "EMAIL": "email",
            "TEL": "phone",
            "CELL": "mobile",
            "City": "city",
            "URL": "profile_url",
        }, "views": PERSON_VIEWS, "fixed": FIXED, "strict": STRICT},
    empty=_("Here you will see the people you talk to. Import them or create the first one."),
)  # fmt: skip

POSITION = declare(
    Position,
    url="positions",
    icon="id-badge-2",
    writer=PositionWriter,
    fields=(f("company"), f("job_title")),
    columns=("company", "job_title"),
    within="person",
    importable=False,
)

INTERACTION = declare(
    Interaction,
    url="interactions",
    icon="phone",
    writer=InteractionWriter,
    fields=(
        f("summary", searchable=True, aliases=("asunto", "subject", "resumen", "activity")),
        f("kind", aliases=("tipo", "type", "activity type", "tipo de actividad")),
        f("direction", aliases=("sentido", "direction", "dirección")),
        f("outcome", aliases=("resultado", "outcome", "result", "call outcome")),
        f(
            "happened_at",
            required=False,
            sortable=True,
            help=_("When it happened; now where nothing is written."),
            aliases=("fecha", "date", "cuándo", "activity date", "fecha y hora", "start date"),
        ),
        f("minutes", minimum=0, maximum=10_000, aliases=("duración", "duration", "minutos", "call duration")),
        f("company", searchable=True, aliases=("empresa", "account", "cuenta", "account name")),
        f("person", searchable=True, aliases=("contacto", "contact", "contact name", "name")),
        f("body", searchable=True, aliases=("descripción", "notas", "comments", "description", "comentarios")),
        f("owner", required=False, aliases=("responsable", "assigned to", "owner", "activity owner")),
        f("team", filterable=True),
        f("company.industry", label=_("industry of the company")),
        f("company.country", label=_("country of the company"), kind=Kind.COUNTRY),
        f("company.relation", label=_("relation of the company")),
        f("person.job_title", label=_("job title of the contact")),
    ),
    columns=("summary", "kind", "happened_at", "outcome", "company", "person", "owner"),
    quick=("kind", "happened_at", "owner"),
    facts=("kind", "happened_at", "outcome", "minutes", "company", "person", "owner"),
    sections=(
        Section(_("Interaction"), ("kind", "summary", "body", "outcome")),
        Section(_("Who and when"), ("company", "person", "direction", "happened_at", "minutes", "owner")),
    ),
    order="-happened_at",
    subtitle="company",
    extra={
        "hand_over": False,
        "fixed": ("kind", "happened_at"),
        "calendar": "happened_at",
        "minor": True,
        "views": INTERACTION_VIEWS,
    },
    grants=GRANTS["owned"],
    importable=False,
    empty=_("Here you will see every call, mail, meeting and visit. Log one on the page of a company or a contact."),
)

PURPOSE = declare(
    Purpose,
    url="purposes",
    icon="shield-check",
    writer=PurposeWriter,
    fields=(
        f("name", sortable=True),
        f("text", help=_("What people are shown when they are asked; it is kept with each answer.")),
        f("main"),
        f("archived"),
        CHANGED,
    ),
    columns=("name", "main", "archived", "changed_at"),
    order="name",
    grants=GRANTS["setting"],
    setting=True,
    importable=False,
    match=("name",),
    empty=_("What people are asked to agree to: a newsletter, offers, surveys."),
)

SUPPRESSION = declare(
    Suppression,
    url="suppressions",
    icon="mail-off",
    fields=(
        f("kind"),
        f("reason", sortable=True),
        f("created_at", label=_("since"), sortable=True, editable=False, importable=False),
    ),
    columns=("kind", "reason", "created_at"),
    facts=("kind", "created_at"),
    order="-created_at",
    grants=KEEPERS,
    setting=True,
    importable=False,
    extra={"new": _("Suppress an address")},
    empty=_("Addresses and numbers to which nothing is sent, whoever they belong to. Only a fingerprint is kept."),
)
