"""How calendars, deliveries at risk and e-mails about them present themselves."""

from django.utils.translation import gettext_lazy as _

from coordina.core.declare import declare
from coordina.core.permissions import GRANTS, LEADERS, SELLERS, Grants
from coordina.core.types import Kind, Section, f
from coordina.promises import telling as _declared_first  # its own actions come before the generated ones
from coordina.promises.models import WEEKDAYS, ClosingDay, Delay, DelayText, WorkCalendar
from coordina.promises.writers import CalendarWriter, ClosingDayWriter, DelayTextWriter, DelayWriter

_KEEPERS = {**GRANTS["setting"].add, "logistics": "all"}
KEPT = Grants(GRANTS["setting"].view, _KEEPERS, _KEEPERS, _KEEPERS)
"""Everybody sees when one delivers; operations and logistics say it."""
LONGEST_WAIT = 120

CALENDAR_TYPE = declare(
    WorkCalendar,
    name="work_calendar",
    url="work-calendars",
    icon="calendar-event",
    writer=CalendarWriter,
    fields=(
        f("name", sortable=True, searchable=True),
        f("warehouse", help=_("Empty: for every warehouse that has none of its own.")),
        f("country", kind=Kind.COUNTRY, help=_("Whose public holidays are kept.")),
        f("region", help=_("Its code or name, such as MD or Madrid. Empty: the holidays of the whole country.")),
        *(f(name) for name in WEEKDAYS),
        f("cutoff", minimum=0, maximum=24, help=_("Orders from this hour on count as of the next working day.")),
        f("handling_days", minimum=0, maximum=LONGEST_WAIT, help=_("Working days until an order leaves.")),
        f(
            "transit_days",
            minimum=0,
            maximum=LONGEST_WAIT,
            help=_("Working days on the way, where no carrier says it."),
        ),
    ),
    columns=("name", "warehouse", "country", "region", "cutoff", "handling_days", "transit_days"),
    facts=("warehouse", "country", "cutoff", "handling_days", "transit_days"),
    sections=(
        Section(_("Calendar"), ("name", "warehouse", "country", "region")),
        Section(_("Working days"), WEEKDAYS),
        Section(_("How long it takes"), ("cutoff", "handling_days", "transit_days")),
    ),
    order="name",
    grants=KEPT,
    setting=True,
    importable=False,
    match=("name",),
    extra={"new": _("New delivery calendar")},
    empty=_(
        "Delivery calendars say when you work and how long an order takes. Without one it is Monday to Friday, "
        "a day to prepare and two on the way."
    ),
)

CLOSING_TYPE = declare(
    ClosingDay,
    name="closing_day",
    url="closing-days",
    icon="calendar-off",
    writer=ClosingDayWriter,
    fields=(
        f("name", placeholder=_("Stock-taking")),
        f("first_on"),
        f("last_on", help=_("Empty: one day alone.")),
    ),
    columns=("name", "first_on", "last_on"),
    within="calendar",
    importable=False,
    extra={"part": _("Closing days"), "sorted": ("first_on",)},
)

NOBODY: dict[str, str] = {}
DELAY_TYPE = declare(
    Delay,
    name="delay",
    url="delivery-risks",
    icon="truck-delivery",
    writer=DelayWriter,
    fields=(
        f("name", sortable=True, searchable=True),
        f("order"),
        f("company", searchable=True),
        f("status"),
        f("cause"),
        f("purchase"),
        f("old_on", sortable=True),
        f("new_on", sortable=True),
        f("found_on", sortable=True),
        f("told_on"),
        f("owner"),
        f("team"),
        f("changed_at", label=_("changed"), sortable=True, editable=False, importable=False),
    ),
    columns=("name", "company", "old_on", "new_on", "cause", "purchase", "status", "owner"),
    quick=("status", "cause", "owner"),
    facts=("order", "company", "old_on", "new_on", "cause", "status"),
    sections=(
        Section(_("Delivery at risk"), ("order", "company", "old_on", "new_on", "cause", "purchase", "owner")),
        Section(_("What was done"), ("status", "found_on", "told_on")),
    ),
    order="-found_on",
    grants=Grants({**LEADERS, **SELLERS, "logistics": "all"}, NOBODY, NOBODY, NOBODY),
    importable=False,
    extra={"place": True},
    empty=_("Here you will see orders that cannot arrive on the promised day, with a new day and the cause."),
)

TEXT_TYPE = declare(
    DelayText,
    name="delay_text",
    url="delay-texts",
    icon="mail",
    writer=DelayTextWriter,
    fields=(
        f("language", sortable=True),
        f("subject", placeholder=_("Your order {order} arrives later")),
        f("body", help=_("{order}, {company}, {before} and {day} become the order, your name and the two days.")),
    ),
    columns=("language", "subject"),
    order="language",
    grants=KEPT,
    setting=True,
    importable=False,
    match=("language",),
    extra={"new": _("Write an e-mail of your own")},
    empty=_("Customers are told of a late order in our words until you write your own, one text a language."),
)
