"""How web forms, their fields and their boxes present themselves."""

from django.utils.translation import gettext_lazy as _

from coordina.core.declare import declare
from coordina.core.permissions import GRANTS, LEADERS, Grants, permission
from coordina.core.types import Kind, Section, f
from coordina.webforms.askable import LeadFields
from coordina.webforms.models import FormConsent, FormField, WebForm
from coordina.webforms.writers import ConsentWriter, FieldWriter, FormWriter

_KEEPERS = {**GRANTS["setting"].add, "marketing": "all"}

FORM = declare(
    WebForm,
    name="web_form",
    writer=FormWriter,
    url="web-forms",
    icon="forms",
    fields=(
        f("name", sortable=True, searchable=True),
        f("active"),
        f("language"),
        f("title", help=_("What people read first; the name is for you alone.")),
        f("intro"),
        f("button", help=_("“Send” where you write nothing.")),
        f("thanks", help=_("What people read afterwards.")),
        f("notice", help=_("Who you are, what you do with the data, for how long, and which rights people have.")),
        f("notice_url"),
        f("double_opt_in", help=_("It becomes a lead once the link in an e-mail to them is used.")),
        f("source", help=_("“Web form” where you write nothing.")),
        f("campaign", help=_("Where the address they came by names one, that one counts.")),
        f("assignment"),
        f("lead_owner", help=_("Where one person gets them.")),
        f("lead_team", help=_("Where a team gets them.")),
        f("slug", help=_("The last part of the address. Where you write nothing, one that nobody guesses.")),
        f("sites", help=_("Such as https://www.company.com, one a line. No other site can show the form inside it.")),
        f("redirect_url", help=_("A page on one of these sites; otherwise people see your thanks.")),
        f("changed_at", label=_("changed"), sortable=True, editable=False),
    ),
    columns=("name", "active", "language", "assignment", "lead_owner", "lead_team", "source", "changed_at"),
    quick=("active", "language"),
    facts=("active", "language", "assignment", "lead_owner", "lead_team"),
    sections=(
        Section(_("Form"), ("name", "language", "active")),
        Section(_("Texts"), ("title", "intro", "button", "thanks")),
        Section(_("Privacy"), ("notice", "notice_url", "double_opt_in")),
        Section(_("Leads"), ("source", "campaign", "assignment", "lead_owner", "lead_team")),
        Section(_("Address and sites"), ("slug", "sites", "redirect_url")),
    ),
    order="name",
    grants=Grants(GRANTS["setting"].view, _KEEPERS, _KEEPERS, _KEEPERS),
    setting=True,
    importable=False,
    match=("name",),
    extra={"new": _("New web form"), "later": ("slug", "redirect_url", "campaign")},
    empty=_("A web form on your site makes a lead of everybody who fills it in. Make the first one."),
)

FIELD = declare(
    FormField,
    name="form_field",
    writer=FieldWriter,
    url="form-fields",
    icon="forms",
    fields=(
        f("field", kind=Kind.CHOICE, choices=LeadFields()),
        f("label", help=_("Where you write nothing, the lead’s own word.")),
        f("help"),
        f("required"),
        f("position", help=_("Lower stands higher.")),
    ),
    columns=("field", "label", "required", "position"),
    within="form",
    importable=False,
    extra={"part": _("Fields of the form"), "sorted": ("position",)},
)

CONSENT = declare(
    FormConsent,
    name="form_consent",
    writer=ConsentWriter,
    url="form-consents",
    icon="checkbox",
    fields=(
        f("purpose"),
        f("channel", help=_("All ways where you choose none.")),
        f("text", help=_("What people agree to, word for word. It is kept as proof. Empty: the text of the purpose.")),
        f("required", help=_("Consent has to be free: require only what the matter cannot do without.")),
        f("position", help=_("Lower stands higher.")),
    ),
    columns=("purpose", "channel", "text", "required", "position"),
    within="form",
    importable=False,
    extra={"part": _("Consent boxes"), "sorted": ("position",)},
)

SORT = permission(
    "webforms.sort_discarded",
    noun=WebForm._meta.verbose_name_plural or "",
    verb="sort",
    label=_("See what web forms put aside, and make leads of it"),
    grants={**LEADERS, "marketing": "all"},
)
