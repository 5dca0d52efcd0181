"""How users, teams, roles and the company present themselves."""

from django.utils.translation import gettext_lazy as _

from coordina.accounts import closing
from coordina.accounts.models import Organization, Rate, Role, Team, Token, User
from coordina.accounts.rates import RateWriter
from coordina.accounts.reach import differences
from coordina.accounts.writers import OrganizationWriter, RoleWriter, TeamWriter, UserWriter
from coordina.core.declare import declare
from coordina.core.permissions import GRANTS, Defaults, Grants
from coordina.core.types import Kind, f

ORGANIZATION = declare(
    Organization,
    url="organization",
    icon="building-store",
    fields=(
        f("name"),
        f("currency", kind=Kind.CURRENCY),
        f("language"),
        f("time_zone", kind=Kind.TIME_ZONE),
        f("country", kind=Kind.COUNTRY),
        f(
            "quiet_days",
            minimum=1,
            maximum=3650,
            help=_("A record in which nothing has happened for so long counts as stale on the page of data quality."),
        ),
    ),
    writer=OrganizationWriter,
    grants=GRANTS["people"],
    setting=True,
    importable=False,
)

RATE = declare(
    Rate,
    url="rates",
    icon="cash",
    fields=(f("currency", sortable=True), f("day", sortable=True), f("rate", minimum=0)),
    columns=("currency", "day", "rate"),
    order="-day",
    writer=RateWriter,
    grants=GRANTS["setting"],
    setting=True,
    match=("currency", "day"),
    empty=_("Amounts in other currencies become that of your reports by the rate of their day. Add the first one."),
)

TEAM = declare(
    Team,
    url="teams",
    icon="users-group",
    fields=(
        f("name", sortable=True, searchable=True, aliases=("equipo", "team", "grupo")),
        f("parent", aliases=("región", "oficina", "parent team", "regional office")),
        f("manager", aliases=("jefe", "responsable", "gerente")),
        f("is_region"),
    ),
    columns=("name", "parent", "manager", "is_region"),
    order="name",
    writer=TeamWriter,
    grants=GRANTS["people"],
    setting=True,
    match=("name",),
)

ROLE = declare(
    Role,
    url="roles",
    icon="shield-half",
    fields=(f("name", sortable=True), f("second_factor")),
    columns=("name", "second_factor"),
    order="name",
    writer=RoleWriter,
    extra={"lines": {"reach": differences, "fields": closing.differences}},
    grants=GRANTS["people"],
    setting=True,
    importable=False,
)

USER = declare(
    User,
    url="users",
    icon="users",
    fields=(
        f("name", sortable=True, searchable=True, aliases=("nombre", "agente", "sales agent", "vendedor", "full name")),
        f("email", searchable=True, aliases=("correo", "e-mail", "email address")),
        f("team", aliases=("equipo",)),
        f(
            "manager",
            virtual=True,
            filterable=False,
            editable=False,
            label=_("manager"),
            kind=Kind.REF,
            to=User,
            title_path="manager__name",
            aliases=("jefe", "manager", "gerente", "supervisor"),
        ),
        f(
            "region",
            virtual=True,
            filterable=False,
            editable=False,
            label=_("region"),
            kind=Kind.REF,
            to=Team,
            title_path="region__name",
            make={"is_region": True},
            aliases=("región", "oficina", "regional office", "office", "zona", "delegación"),
        ),
        f("role", aliases=("rol", "perfil")),
        f("access", editable=False),
        f("language"),
        f(
            "country",
            kind=Kind.COUNTRY,
            help=_("Whose way of writing numbers and dates they read; empty means that of the company."),
        ),
        f("time_zone", kind=Kind.TIME_ZONE, help=_("Empty means that of the company.")),
    ),
    columns=("name", "email", "team", "role", "access"),
    quick=("team", "role", "access"),
    order="name",
    writer=UserWriter,
    grants=GRANTS["people"],
    setting=True,
    match=("email", "name"),
)

_OWN: Defaults = dict.fromkeys(GRANTS["people"].view, "own") | {"administrator": "all"}
TOKEN = declare(
    Token,
    url="tokens",
    icon="key",
    fields=(
        f("name", sortable=True),
        f("owner"),
        f("writes"),
        f("types", kind=Kind.LONG_TEXT, filterable=False),
        f("hint", filterable=False),
        f("expires_on", sortable=True),
        f("used_at", virtual=True, filterable=False, editable=False, label=_("last used"), kind=Kind.DATETIME),
    ),
    columns=("name", "owner", "writes", "types", "expires_on", "used_at"),
    order="name",
    grants=Grants(_OWN, {}, {"administrator": "all"}, _OWN),
    setting=True,
    importable=False,
    empty=_("Tokens let programs act for a person. Each makes their own, in their profile."),
)
