"""Mappings on the pages of an import: offered, put to use, kept when it begins; and fields made of columns."""

from itertools import islice
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from coordina.accounts.models import User
from coordina.core.actions import of
from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import NotFound, Refusal
from coordina.core.types import Kind, RecordType
from coordina.ledger.doors import submit
from coordina.records.fields.actions import add_field
from coordina.records.fields.building import extensible
from coordina.records.fields.guessing import facts_of, kind_of, options_of
from coordina.records.importing import mapping_writers, mappings, steps
from coordina.records.importing.checking import wanted_rows
from coordina.records.importing.plan import Plan
from coordina.records.models import CustomField, ImportMapping, ImportRun
from coordina.web.imports import going
from coordina.web.imports.choosing import read_choice

OFFERED = 3
"""Mappings that a page offers."""
GUESSED_FROM = 3000
"""Rows from which the kind of a new field is guessed."""


def _deciding(request: Any, pk: int) -> tuple[ImportRun, RecordType]:
    """A run whose columns its importer decides about, with what the page sent taken in."""
    run = going.own_run(request.user, pk)
    known = going.known_of(run)
    if known is None or run.state not in going.OPEN:
        raise NotFound
    steps.decide(run, *read_choice(run, known, request.POST))
    return run, known


@require_POST
def use(request: Any, pk: int) -> HttpResponse:
    """Decide the columns as a mapping says, or as they were proposed."""
    run, _known = _deciding(request, pk)
    number = parse_id(request.POST.get("use", ""))
    if number is None:
        proposed = [{"target": c["proposed"]} for c in run.columns]
        steps.decide(run, [{"target": ""} for _c in run.columns], {"mapping": None, "fallbacks": {}})
        steps.decide(run, proposed, {})
        return redirect("web:import_columns", run.pk)
    headers = [c["header"] for c in run.columns]
    offer = next((o for o in mappings.offers(request.user, headers, run.type) if o.mapping.pk == number), None)
    if offer is None:
        raise NotFound
    steps.use_mapping(run, offer)
    messages.success(request, _("The columns are as “%(name)s” says.") % {"name": offer.mapping.name})
    return redirect("web:import_columns", run.pk)


@require_POST
def new_field(request: Any, pk: int) -> HttpResponse:
    """Make a field of a column that has none; its type is guessed from the cells."""
    run, known = _deciding(request, pk)
    place = parse_id(request.POST.get("column", ""))
    column = next((c for c in run.columns if c["column"] == place), None)
    if column is None or not may_grow(request.user, known):
        raise NotFound
    cells = (row.cells[column["column"]] for row in islice(wanted_rows(run, Plan.of(run)), GUESSED_FROM))
    facts = facts_of(text for text in cells if text.strip())
    kind = kind_of(facts)
    choices = options_of(facts) if kind in (Kind.CHOICE, Kind.CHOICES) else None
    given = {"noun": known.name, "label": column["header"].strip()[:80], "kind": kind.value, "choices": choices}
    try:
        made: CustomField = submit(of(add_field), given, by=request.user, via="web")
    except Refusal as refusal:
        messages.error(request, " ".join(text for texts in refusal.errors.values() for text in texts) or str(refusal))
        return redirect("web:import_columns", run.pk)
    steps.decide(run, [{"target": made.slug} if c is column else {} for c in run.columns], {})
    messages.success(request, _("The field “%(name)s” was made.") % {"name": made.label})
    return redirect("web:import_columns", run.pk)


def may_grow(user: User, known: RecordType) -> bool:
    """Whether a person may make fields of columns that have none."""
    return extensible(known) and user.may(CustomField.permission("add"))


def mapping_values(request: Any, run: ImportRun, known: RecordType) -> dict[str, Any]:
    """What the page of the columns says about mappings: the one in use, else those that suit the file."""
    headers = [c["header"] for c in run.columns]
    found = mappings.offers(request.user, headers, run.type)
    used = mappings.applied(run)
    return {
        "used": next((o for o in found if used is not None and o.mapping.pk == used.pk), None),
        "offers": [o for o in found if used is None or o.mapping.pk != used.pk][:OFFERED] if used is None else [],
        "may_grow": may_grow(request.user, known),
    }


def remember_values(run: ImportRun, user: User) -> dict[str, Any]:
    """What the review says about keeping the decisions: under which name, and whether there is anything to keep."""
    used = mappings.applied(run)
    return {
        "may_remember": user.may(ImportMapping.permission("add")),
        "remember_name": used.name if used is not None else run.file_name.rsplit(".", 1)[0][:80],
        "remembered": used,
        "worth": used is None and _decided(run),
    }


def _decided(run: ImportRun) -> bool:
    """Whether somebody decided anything besides what was proposed."""
    said = any(
        c["target"] != c["proposed"] or c["values"] or c.get("fixes") or c.get("forgiven") or c.get("make")
        for c in run.columns
    )
    return said or bool(run.options.get("fallbacks"))


def remember(run: ImportRun, user: User, name: str) -> None:
    """Keep what was decided about a file: in the mapping it was decided by where that may be changed."""
    content = mappings.content_of(run)
    mine = ImportMapping.objects.within(user, ImportMapping.permission("change")).filter(type=run.type)
    there = mine.filter(pk=run.options.get("mapping") or 0).first()
    if there is None:
        own = mine.filter(owner=user, name=name)
        there = next((m for m in own if m.headers == content["headers"]), None)
    if there is None:
        stem = run.file_name.rsplit(".", 1)[0]
        given = {"name": (name.strip() or stem)[:80], "type": run.type} | content
        submit(of(mapping_writers.save_mapping), given, by=user, via="web")
    elif any(getattr(there, part) != content[part] for part in content):
        submit(of(mapping_writers.renew_mapping), content, by=user, via="web", pk=there.pk)
