"""The places of the settings: which there are, in groups, for those who look after them."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coordina.accounts.actions import MANAGE_ACCESS
from coordina.accounts.models import Team, User
from coordina.activity.alerts.actions import TUNE
from coordina.activity.outgoing import MAIL
from coordina.core.refusals import Text
from coordina.core.types import TYPES, RecordType
from coordina.ledger.audit import AUDIT
from coordina.transfer.actions import TAKE
from coordina.web.system.need import SYSTEM

GROUPS: tuple[tuple[Text, tuple[str, ...]], ...] = (
    (_("Company"), ("organization", "letterhead", "rate", "custom_field")),
    (_("People"), ("user", "team", "role", "token")),
    (_("Pipeline"), ("pipeline", "stage", "reason")),
    (_("Leads"), ("lead_stage", "lead_reason", "web_form")),
    (_("Customers and products"), ("industry", "customer_group", "tag", "series", "unit")),
    (_("Prices and taxes"), ("price_list", "margin_floor", "tax_class", "tax_regime")),
    (_("Orders and shipments"), ("carrier",)),
    (_("Privacy"), ("privacy_request", "erasure", "retention_rule", "purpose", "suppression")),
    (_("Other programs"), ("webhook",)),
)
"""Record types by group; those that no group names come last."""
REST: Text = _("More")
TEXTS: dict[str, Text] = {
    "organization": _("Name, currency, language and time zone."),
    "letterhead": _("Name, address and logo on top of orders and delivery notes."),
    "custom_field": _("Fields of your own: what else you want to know of companies, contacts and deals."),
    "rate": _("What other currencies are worth in yours, day by day."),
    "user": _("Who works here, and who can sign in."),
    "team": _("Who works with whom, and who leads."),
    "role": _("What people may do, and with whose records."),
    "token": _("Which programs act for whom, and since when."),
    "pipeline": _("The ways by which you sell."),
    "stage": _("The steps of each pipeline, with probability and ageing."),
    "reason": _("Why opportunities are won and lost."),
    "lead_stage": _("The steps a lead takes before it becomes a customer."),
    "lead_reason": _("Why leads are disqualified."),
    "web_form": _("Forms for your site: whoever fills one in becomes a lead."),
    "industry": _("What your customers do."),
    "tag": _("Words that gather records of any kind."),
    "series": _("Families of products."),
    "customer_group": _("Customers who buy on the same terms."),
    "carrier": _("Who brings your goods, with their times and tracking."),
    "price_list": _("What products cost for whom, and from which quantity on."),
    "margin_floor": _("Below which margin a price needs a second look."),
    "tax_class": _("What products are for taxes: general, reduced, exempt."),
    "tax_regime": _("Territories with their tax, its rates by date, and how it is rounded."),
    "unit": _("What quantities count, and with how many decimal places."),
    "privacy_request": _("To be answered within a month: access, erasure, rectification, objection."),
    "erasure": _("Who was erased, when and why."),
    "retention_rule": _("Whom Coordina erases by itself after a time, if you switch it on."),
    "purpose": _("What people are asked to agree to, and in which words."),
    "suppression": _("To whom nothing is sent, whoever brings the address in again."),
    "webhook": _("Who is told what happens in Coordina, as it happens."),
    "import_mapping": _("What was decided about the columns of files, for the next ones."),
}
PAGES: dict[str, str] = {
    "organization": "web:company",
    "custom_field": "web:fields",
    "letterhead": "documents:letterhead",
    "team": "web:teams",
    "role": "web:roles",
}
"""Types with a page of their own instead of the list."""
RUNNING: Text = _("Operation")
BESIDE: tuple[tuple[Text, Text, str, str, str], ...] = (
    (
        _("Outgoing mail"),
        _("What is sent, waits, or could not be delivered."),
        "activity:outgoing",
        "mail-forward",
        MAIL,
    ),
    (
        _("Sign-ins"),
        _("Who came in and how, failed tries, changes of second factors."),
        "web:sign_ins",
        "fingerprint",
        MANAGE_ACCESS,
    ),
    (
        _("System"),
        _("Database, workers, mail, backups: what is in use, how it is and what to do."),
        "web:system",
        "database",
        SYSTEM,
    ),
    (_("Audit"), _("Everything that happened: who, when, and what was before."), "web:audit", "history", AUDIT),
    (
        _("All data"),
        _("Everything in one file, to keep it or to move."),
        "web:everything",
        "package-export",
        TAKE,
    ),
    (
        _("Discarded submissions"),
        _("What web forms put aside as spam, and why; a click makes a lead of it."),
        "webforms:discarded",
        "archive",
        "webforms.sort_discarded",
    ),
)
"""Places that look after no records: label, text, address, icon, permission."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the settings.

    Attributes:
        count: How many records there are; None where it does not matter.
    """

    label: str
    text: Text
    url: str
    icon: str
    current: bool = False
    count: int | None = None


def looks_after(user: User, known: RecordType) -> bool:
    """Whether a person looks after records of a settings type; reading them elsewhere is another matter.

    What nobody writes by hand, such as erasures, is there for who may read it.
    """
    verbs = ("view",) if known.extra.get("log") else ("add", "change")
    return any(user.may(known.model.permission(verb)) for verb in verbs)


def url_of(known: RecordType) -> str:
    """Where a settings type is looked after."""
    return reverse(PAGES[known.name]) if known.name in PAGES else reverse("web:list", args=(known.url,))


def places_of(user: User, path: str = "", *, counted: bool = False) -> list[tuple[Text, list[Place]]]:
    """The places a person sees, in their groups; empty groups are left out.

    Args:
        user: Whoever looks.
        path: Of the page they are on.
        counted: Whether to count the records.
    """
    left = {known.name: known for known in TYPES if known.setting and looks_after(user, known)}
    listed = "" if any(path.startswith(reverse(name)) for _label, _text, name, *_more in BESIDE) else path
    found: list[tuple[Text, list[Place]]] = []
    for title, names in GROUPS:
        here = [left.pop(name) for name in names if name in left]
        if here:
            found.append((title, [_place(known, user, listed, counted=counted) for known in here]))
    if user.may(TUNE):
        url = reverse("web:today_tune")
        text = _("What counts as urgent and as important, and what is watched.")
        found.append((_("Today"), [Place(str(_("Urgency and importance")), text, url, "focus-2", path == url)]))
    beside = [Place(str(label), text, reverse(name), icon, path.startswith(reverse(name)))
              for label, text, name, icon, permission in BESIDE if user.may(permission)]  # fmt: skip
    if left:
        found.append((REST, [_place(known, user, listed, counted=counted) for known in left.values()]))
    if beside:
        found.append((RUNNING, beside))
    return found


def _place(known: RecordType, user: User, path: str, *, counted: bool) -> Place:
    url, label = url_of(known), str(known.plural)
    lists = (url, reverse("web:list", args=(known.url,)))
    count = None
    if counted and known.name not in ("organization", "letterhead"):
        count = known.model.objects.visible_to(user).count()
    text = TEXTS.get(known.name) or known.empty
    current = any(path.startswith(start) for start in lists)
    return Place(label[:1].upper() + label[1:], text, url, known.icon, current, count)


@dataclass(frozen=True, slots=True)
class Branch:
    """A team where it stands in the tree.

    Attributes:
        depth: 0 for a team that is part of none.
        people: How many belong to it directly.
    """

    team: Team
    depth: int
    people: int

    @property
    def levels(self) -> range:
        """One step a level, for templates."""
        return range(self.depth)

    @property
    def step(self) -> int:
        """How far it is indented on a phone, where there is little room."""
        return min(self.depth, 3)

    @property
    def query(self) -> str:
        """The filter of the people of this team."""
        return f"team = {self.team.pk}"


def tree_of(teams: list[Team], people: dict[int, int]) -> list[Branch]:
    """Teams in the order of the tree, each below the one it is part of; a team whose parent is not there is a root.

    Args:
        teams: In the order in which neighbours stand.
        people: How many belong to each team, by its id.
    """
    known = {team.pk for team in teams}
    below: dict[int | None, list[Team]] = {}
    for team in teams:
        below.setdefault(team.parent_id if team.parent_id in known else None, []).append(team)
    found: list[Branch] = []
    seen: set[int] = set()

    def walk(parent: int | None, depth: int) -> None:
        for team in below.get(parent, ()):
            if team.pk not in seen:
                seen.add(team.pk)
                found.append(Branch(team, depth, people.get(team.pk, 0)))
                walk(team.pk, depth + 1)

    walk(None, 0)
    found += [Branch(team, 0, people.get(team.pk, 0)) for team in teams if team.pk not in seen]
    return found
