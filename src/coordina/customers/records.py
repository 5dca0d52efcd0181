"""How companies, people and interactions present themselves."""

from django.utils.translation import gettext_lazy as _

from coordina.core.declare import declare
from coordina.core.permissions import GRANTS
from coordina.core.types import Kind, Section, f
from coordina.customers.models import Address, Company, Industry, Interaction, Person, Position

INDUSTRY = declare(
    Industry,
    url="industries",
    icon="building-store",
    fields=(f("name", sortable=True, searchable=True),),
    columns=("name",),
    order="name",
    grants=GRANTS["setting"],
    setting=True,
    match=("name",),
)

COMPANY = declare(
    Company,
    url="companies",
    icon="building-store",
    fields=(
        f(
            "name",
            sortable=True,
            searchable=True,
            aliases=("empresa", "company", "account", "cuenta", "cliente", "razón social"),
        ),
        f("relation", aliases=("relación", "tipo", "type", "lifecycle stage")),
        f("industry", aliases=("sector", "industria", "industry")),
        f("city", sortable=True, aliases=("ciudad", "población", "billing city")),
        f("country", aliases=("país", "country", "office location", "billing country")),
        f("phone", kind=Kind.PHONE, searchable=True, aliases=("teléfono", "phone number")),
        f("email", searchable=True, aliases=("correo", "e-mail")),
        f("website", searchable=True, aliases=("web", "sitio web", "domain", "company domain name", "dominio")),
        f("tax_id", searchable=True, aliases=("nif", "cif", "vat", "rfc", "nit", "rut", "identificación fiscal")),
        f("parent", aliases=("matriz", "subsidiary of", "filial de", "parent account", "grupo")),
        f("employees", sortable=True, aliases=("empleados", "number of employees", "plantilla")),
        f(
            "annual_revenue",
            kind=Kind.MONEY,
            sortable=True,
            aliases=("facturación", "ingresos", "revenue", "annual revenue"),
        ),
        f("founded", aliases=("año de fundación", "year established", "fundada", "year started")),
        f("owner", aliases=("responsable", "propietario", "company owner", "account owner")),
        f("team", filterable=True),
        f("description", aliases=("descripción", "notas")),
        f("changed_at", label=_("changed"), sortable=True, editable=False, importable=False),
    ),
    columns=("name", "relation", "industry", "city", "country", "phone", "owner", "changed_at"),
    quick=("relation", "industry", "owner"),
    facts=("relation", "industry", "city", "country", "employees", "owner"),
    sections=(
        Section(
            _("Company"), ("name", "relation", "industry", "parent", "tax_id", "founded", "employees", "annual_revenue")
        ),
        Section(_("Contact"), ("phone", "email", "website", "city", "country")),
        Section(_("Who looks after it"), ("owner", "description")),
    ),
    match=("tax_id", "name"),
    subtitle="city",
    empty=_("Here you will see the companies you sell to. Import them or create the first one."),
)

ADDRESS = declare(
    Address,
    url="addresses",
    icon="map-pin",
    fields=(f("kind"), f("street"), f("postal_code"), f("city"), f("region"), f("country")),
    within="company",
    importable=False,
)

PERSON = declare(
    Person,
    url="people",
    icon="users",
    fields=(
        f("name", sortable=True, searchable=True, aliases=("nombre", "contacto", "full name", "contact")),
        f("company", aliases=("empresa", "company", "account name", "cuenta")),
        f("job_title", sortable=True, aliases=("cargo", "puesto", "title", "job title")),
        f("email", searchable=True, aliases=("correo", "e-mail", "email address")),
        f("phone", kind=Kind.PHONE, searchable=True, aliases=("teléfono", "phone number")),
        f("mobile", kind=Kind.PHONE, searchable=True, aliases=("móvil", "celular", "mobile phone")),
        f("city", aliases=("ciudad", "mailing city")),
        f("language", aliases=("idioma",)),
        f("profile_url", aliases=("linkedin", "perfil")),
        f("preferences", aliases=("preferencias",)),
        f("special_requests", aliases=("peticiones especiales", "special requests")),
        f("owner", aliases=("responsable", "contact owner", "propietario")),
        f("team", filterable=True),
        f("company.industry", label=_("industry of the company")),
        f("company.city", label=_("city of the company")),
        f("changed_at", label=_("changed"), sortable=True, editable=False, importable=False),
    ),
    columns=("name", "job_title", "company", "email", "phone", "owner", "changed_at"),
    quick=("company", "owner"),
    facts=("job_title", "company", "email", "phone", "owner"),
    sections=(
        Section(_("Contact"), ("name", "company", "job_title", "email", "phone", "mobile", "city", "profile_url")),
        Section(_("Personal service"), ("language", "preferences", "special_requests")),
        Section(_("Who looks after them"), ("owner",)),
    ),
    match=("email", "name"),
    subtitle="company",
    empty=_("Here you will see the people you talk to. Import them or create the first one."),
)

POSITION = declare(
    Position,
    url="positions",
    icon="id-badge-2",
    fields=(f("company"), f("job_title")),
    within="person",
    importable=False,
)

INTERACTION = declare(
    Interaction,
    url="interactions",
    icon="phone",
    fields=(
        f("summary", searchable=True),
        f("kind"),
        f("direction"),
        f("happened_at", sortable=True),
        f("minutes"),
        f("company"),
        f("person"),
        f("body", searchable=True),
        f("owner"),
        f("team", filterable=True),
    ),
    columns=("summary", "kind", "happened_at", "company", "person", "owner"),
    quick=("kind", "owner"),
    order="-happened_at",
    grants=GRANTS["owned"],
    importable=False,
)
