"""The first steps of a new company: what helps at the beginning, and whether it is done."""

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from coordina.accounts.models import User
from coordina.core.actions import standard
from coordina.core.types import TYPES


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do first.

    Attributes:
        url: Where it is done; empty where the role may not.
        done: Whether it is.
    """

    title: str
    text: str
    verb: str
    url: str
    icon: str
    done: bool


def first_steps(user: User) -> dict[str, Any]:
    """What the start page shows: the path, and the steps with their buttons."""
    data = any(_some(user, name) for name in ("company", "opportunity"))
    others = user.may(User.view_permission()) and User.objects.visible_to(user).count() > 1
    steps = [
        Step(
            _("Bring your data"),
            _(
                "Companies, people, products and opportunities from files of other programs and spreadsheets. "
                "You see every row before it is written, and the whole import can be undone."
            ),
            _("Import a file"),
            _address("web:import_start") if user.may("records.add_importrun") else "",
            "file-import",
            data,
        ),
        Step(
            _("Or begin with one customer"),
            _("Create a company and its first opportunity, and see how the pipeline looks."),
            _("Create a company"),
            _new(user, "company"),
            "building-store",
            data,
        ),
        Step(
            _("Let your team in"),
            _("Create users, put them into teams and give them access. Each sees what their role allows."),
            _("Create a user"),
            _new(user, "user"),
            "users",
            others,
        ),
        Step(
            _("Look at the settings"),
            _("Stages of the pipeline, reasons, industries and roles have sensible values already."),
            _("Open the settings"),
            _address("web:settings"),
            "settings",
            False,
        ),
    ]  # fmt: skip
    path = way_of_start(company=True, data=data, team=others)
    return {"steps": [step for step in steps if step.url], "path": path, "finished": data and others}


def way_of_start(*, company: bool = False, data: bool = False, team: bool = False) -> list[dict[str, Any]]:
    """The path of the first steps: what is done, and what comes now."""
    stations = [
        (_("Your company"), _("name, currency, you"), company),
        (_("Your data"), _("bring or try"), data),
        (_("Your team"), _("let them in"), team),
    ]
    now = next((i for i, (_name, _note, done) in enumerate(stations) if not done), None)
    return [
        {"name": name, "note": note, "state": "done" if done else "now" if i == now else ""}
        for i, (name, note, done) in enumerate(stations)
    ]


def _some(user: User, name: str) -> bool:
    known = TYPES.get(name)
    return known is not None and bool(known.model.objects.visible_to(user)[:1])


def _new(user: User, name: str) -> str:
    """Where a record of a type is made; empty where the person may not."""
    known = TYPES.get(name)
    made = standard(known.model, "create") if known is not None else None
    return reverse("web:new", args=(known.url,)) if known and made and user.may(made.permission) else ""


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:  # the part of the program that brings it is not installed
        return ""
