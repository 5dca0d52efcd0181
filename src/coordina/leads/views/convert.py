"""The page on which a lead is converted: what it may be already, and what it becomes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from coordina.core.actions import of, standard
from coordina.core.formats import Formats
from coordina.core.parsing import parse_date, parse_money
from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import Forbidden, Invalid, NotFound, Refusal
from coordina.core.sight import veiled
from coordina.core.types import type_of
from coordina.customers.models import Company, Person
from coordina.leads.conversion import convert
from coordina.leads.enums import OPEN
from coordina.leads.matching import Match, companies_like, people_like
from coordina.leads.models import Lead, LeadProduct
from coordina.leads.views.panels import changeable, home_of
from coordina.ledger.change_sets import just_written
from coordina.ledger.doors import submit
from coordina.pipeline.models import Opportunity
from coordina.pipeline.rules import OPEN as OPEN_STAGE
from coordina.pipeline.stages import Stages

NEW, OTHER, NONE = "new", "other", "none"
SURE = 4
"""Weight from which a match is chosen unless somebody says otherwise."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a lead's company or person may be.

    Attributes:
        name: `company` or `person`.
        matches: Records found, likeliest first.
        chosen: Id of one of them, `new`, `other` or `none`.
        typed: Name of a new one.
        other: Id and title of one that was looked up.
    """

    name: str
    label: str
    matches: Sequence[Match]
    chosen: str
    typed: str
    other: tuple[str, str]
    lookup_url: str
    may_add: bool
    new_label: str
    other_label: str
    none_label: str


@require_http_methods(["GET", "HEAD", "POST"])
def convert_page(request: Any, pk: int) -> HttpResponse:
    """Choose or make company, person and opportunity; sent, the lead is converted."""
    lead = Lead.objects.visible_to(request.user).filter(pk=pk).first()
    if lead is None:
        raise NotFound
    if not changeable(lead, request.user):
        raise Forbidden
    if lead.status not in OPEN:
        return HttpResponseRedirect(home_of(lead))
    if request.method != "POST":
        return render(request, "leads/convert.html", context_of(request, lead))
    try:
        return converted(request, lead)
    except (Forbidden, NotFound):
        raise
    except Refusal as refusal:
        values = context_of(request, lead, refusal.errors)
        return render(request, "leads/convert.html", values, status=refusal.status)


def converted(request: Any, lead: Lead) -> HttpResponse:
    """Convert as the form says, and go to what came of it.

    Raises:
        Refusal: By field.
    """
    at = timezone.now()
    data = read(request.POST, request.formats)
    version = parse_id(request.POST.get("version", ""))
    done = submit(of(convert), data, by=request.user, via="web", pk=lead.pk, version=version, at=at)
    wrote = just_written(request.user, at)
    undo = f"undo:{reverse('web:undo', args=(wrote.pk,))}" if wrote is not None else ""
    messages.success(request, _("Converted: %(title)s") % {"title": done.title}, extra_tags=undo)
    if done.opportunity_id is not None:
        return HttpResponseRedirect(reverse("web:detail", args=("opportunities", done.opportunity_id)))
    return HttpResponseRedirect(home_of(done))


def read(typed: Mapping[str, str], formats: Formats) -> dict[str, Any]:
    """From what was typed to what `convert` takes.

    Raises:
        Invalid: By field, where something cannot be read or is missing.
    """
    found: dict[str, Any] = {}
    wrong: dict[str, list[str]] = {}
    for name in ("company", "person"):
        chosen = typed.get(name, NONE)
        chosen = typed.get(f"{name}_other", "") if chosen == OTHER else chosen
        if chosen == NEW:
            found[f"{name}_name"] = typed.get(f"{name}_name", "").strip()
            if not found[f"{name}_name"]:
                wrong[f"{name}_name"] = [_("Write a name.")]
        elif parse_id(chosen) is not None:
            found[name] = parse_id(chosen)
        elif typed.get(name) == OTHER:
            wrong[name] = [_("Choose one from the list.")]
    if typed.get("sale"):
        found |= _sale(typed, formats, wrong)
    if wrong:
        raise Invalid(wrong)
    return found


def _sale(typed: Mapping[str, str], formats: Formats, wrong: dict[str, list[str]]) -> dict[str, Any]:
    found: dict[str, Any] = {"opportunity_name": typed.get("opportunity_name", "").strip()}
    if not found["opportunity_name"]:
        wrong["opportunity_name"] = [_("Write a name.")]
    stage = parse_id(typed.get("stage", ""))
    known = Stages().by_id.get(stage or 0)
    if known is not None:
        found |= {"stage": known.pk, "pipeline": known.pipeline_id}
    found["currency"] = typed.get("currency", "").strip().upper()[:3]
    for name, parse in (
        ("amount", lambda text: parse_money(text, formats.locale, 2)[0]),
        ("closes_on", lambda text: parse_date(text, formats.locale, formats.today)),
    ):
        text = typed.get(name, "").strip()
        if text:
            try:
                found[name] = parse(text)  # type: ignore[no-untyped-call]  # two small functions
            except Refusal as refusal:
                wrong[name] = [str(refusal)]
    return found


def context_of(request: Any, lead: Lead, errors: Mapping[str, Sequence[str]] | None = None) -> dict[str, Any]:
    """Everything the page shows."""
    user, formats, typed = request.user, request.formats, request.POST
    lead = veiled(lead, type_of(Lead), user)
    closed = type_of(Opportunity).sight(user).closed
    may_sell = _may_make(Opportunity, user)
    cents = 2 if lead.amount is not None and lead.amount % 1 else 0
    amount = formats.decimal(lead.amount, cents) if lead.amount is not None else ""
    subject = lead.company_name or lead.name or lead.title
    first = LeadProduct.objects.filter(lead=lead).order_by("pk").values_list("product__name", flat=True).first()
    return {
        "lead": lead,
        "home": home_of(lead),
        "choices": [_company(lead, user, typed), _person(lead, user, typed)],
        "may_sell": may_sell,
        "sale": {
            "wanted": bool(typed.get("sale")) if typed else may_sell,
            "name": typed.get("opportunity_name", f"{first} — {subject}"[:200] if first else subject),
            "amount": typed.get("amount", amount),
            "currency": typed.get("currency", lead.currency or request.organization.currency),
            "closes_on": typed.get("closes_on", ""),
            "example": request.formats.figures(request.formats.today),
            "asks": {name: name not in closed for name in ("stage", "amount", "currency", "closes_on")},
            "pipelines": _pipelines(typed.get("stage", "")),
        },
        "errors": {n: " ".join(map(str, texts)) for n, texts in (errors or {}).items()},
        "general": [text for n, texts in (errors or {}).items() if n in ("", "nothing") for text in texts],
    }


def _may_make(model: Any, user: Any) -> bool:
    made = standard(model, "create")
    return made is not None and made.open_to(user)


def _pipelines(chosen: str) -> list[tuple[str, list[tuple[int, str, bool]]]]:
    """The open stages by pipeline, with which one is chosen."""
    found: dict[str, list[tuple[int, str, bool]]] = {}
    for stage in Stages().all:
        if stage.kind == OPEN_STAGE:
            found.setdefault(stage.pipeline.name, []).append((stage.pk, stage.name, str(stage.pk) == chosen))
    return list(found.items())


def _company(lead: Lead, user: Any, typed: Mapping[str, str]) -> Choice:
    words = (pgettext("company", "A new one"), pgettext("company", "Another one"), pgettext("company", "None"))
    return _choice(Company, _("Company"), companies_like(lead, user), lead.company_name, words, user, typed)


def _person(lead: Lead, user: Any, typed: Mapping[str, str]) -> Choice:
    words = (pgettext("contact", "A new one"), pgettext("contact", "Another one"), pgettext("contact", "None"))
    return _choice(Person, _("Contact"), people_like(lead, user), lead.name, words, user, typed)


def _choice(
    model: type[Company | Person],
    label: str,
    matches: Sequence[Match],
    called: str,
    words: tuple[str, str, str],
    user: Any,
    typed: Mapping[str, str],
) -> Choice:
    """What a lead may be: usually the likeliest match, else a new one under the name that the lead knows."""
    name = type_of(model).name
    may = _may_make(model, user)
    usual = str(matches[0].pk) if matches and matches[0].weight >= SURE else NEW if called and may else NONE
    return Choice(
        name,
        label,
        matches,
        typed.get(name, usual),
        typed.get(f"{name}_name", called),
        _other(model, typed.get(f"{name}_other", ""), user),
        reverse("web:lookup", args=(type_of(model).url,)),
        may,
        *words,
    )


def _other(model: Any, key: str, user: Any) -> tuple[str, str]:
    """Id and title of a record that was looked up, as far as the person sees it."""
    found = model.objects.visible_to(user).filter(pk=parse_id(key) or 0).values_list("pk", "name").first()
    return (str(found[0]), str(found[1])) if found else ("", "")
