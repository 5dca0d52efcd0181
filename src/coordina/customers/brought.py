"""The views of companies, contacts and interactions that a company begins with."""

from django.utils.translation import gettext_lazy as _

from coordina.records.saved_views import Brought

COMPANY_VIEWS = (
    Brought(_("Customers"), {"q": "relation = customer", "sort": "name"}),
    Brought(_("My companies"), {"q": "owner = me", "sort": "-changed_at"}, first_for=("representative",)),
    Brought(_("By relation"), {"layout": "board", "by": "relation"}),
    Brought(_("Nobody looks after"), {"q": "owner is empty", "sort": "-changed_at"}),
    Brought(
        _("Customers by industry"),
        {"q": "relation = customer", "layout": "chart", "by": "industry", "of": "count"},
        pinned=False,
    ),
)

PERSON_VIEWS = (
    Brought(_("My contacts"), {"q": "owner = me", "sort": "name"}, first_for=("representative",)),
    Brought(_("At customers"), {"q": "company.relation = customer", "sort": "name"}),
    Brought(_("Nothing to reach them by"), {"q": "email is empty and phone is empty and mobile is empty"}),
)

INTERACTION_VIEWS = (
    Brought(_("Calendar"), {"layout": "calendar", "on": "happened_at"}),
    Brought(_("Meetings and visits"), {"q": "kind in (meeting, visit)", "sort": "-happened_at"}),
    Brought(_("Mine this week"), {"q": "owner = me and happened_at in this_week", "sort": "-happened_at"}),
    Brought(
        _("Contacts by person"),
        {"q": "happened_at in this_month", "layout": "chart", "by": "owner", "split": "kind", "of": "count"},
    ),
)
