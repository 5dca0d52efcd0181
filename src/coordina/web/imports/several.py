"""The page of several files of one export: what each holds and will bring, what is asked once, and the way back."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from coordina.accounts.models import User
from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import NotFound, Text
from coordina.ledger.models.changes import State
from coordina.records.importing import together
from coordina.records.importing.exports import EXPORTS
from coordina.records.importing.options import may_make
from coordina.records.importing.plan import EMPTY, NEW
from coordina.records.importing.tables import known_named
from coordina.records.models import ImportRun, RunState
from coordina.web.imports import going
from coordina.web.imports.results import lists_of
from coordina.web.imports.showing import can_undo, frame, may_redo
from coordina.web.listpage import capital
from coordina.web.undoing import left_of

MOST_USERS = 200
"""Users that an owner may be said to be."""
STRANGERS = 40
"""Owners nobody knows that are asked about."""


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file of the export.

    Attributes:
        tone: Of its verdict: good, warn, bad, or empty where it has no place.
        counts: Label and figure of each verdict.
    """

    run: ImportRun
    program: str
    noun: str
    verdict: str
    tone: str
    rows: str
    counts: list[tuple[Text, str]]
    columns_url: str
    review_url: str
    list_url: str
    left_out: bool


@require_http_methods(["GET", "HEAD", "POST"])
def files(request: Any, pk: int) -> HttpResponse:
    """All files with their verdicts; decisions about them; what they brought."""
    run = going.find_run(request.user, pk)
    if not run.several or run.state in going.WORKING:
        return redirect("web:import_run", run.pk)
    if request.method == "POST":
        run = going.own_run(request.user, pk)
        _decide(run, request)
        going.move(run, RunState.CHECKING, RunState.CHECKED, RunState.MAPPING)
        return redirect("web:import_run", run.pk)
    return render(request, "web/imports/files.html", frame(request, run) | _values(request, run))


@require_POST
def redo(request: Any, pk: int) -> HttpResponse:
    """Bring an import back that was undone."""
    run = going.whole(going.find_run(request.user, pk))
    if not may_redo(run, request.user):
        raise NotFound
    going.bring_back(run, request.user)
    return redirect("web:import_run", run.pk)


def _decide(run: ImportRun, request: Any) -> None:
    """Take what the page sent: which files are left out, the answers, and who owners are."""
    sent = request.POST
    together.leave_out(
        run, {e.pk: f"take-{e.pk}" not in sent for e in together.files_of(run) if f"seen-{e.pk}" in sent}
    )
    answers = dict(run.options.get("answers", {}))
    for name in together.asked(run):
        said = request.POST.get(f"answer-{name}", answers.get(name, ""))
        if said == NEW or parse_id(said) is not None:
            answers[name] = said
    strangers = {}
    for place, text in enumerate(_strangers(run)):
        said = request.POST.get(f"owner-{place}")
        if said is not None and (said in ("", NEW, EMPTY) or parse_id(said) is not None):
            strangers[text] = said
    together.decide(run, answers=answers, strangers=strangers)


def _strangers(run: ImportRun) -> list[str]:
    """Owners that nobody here is, and those about whom something was decided, in a fixed order."""
    now = list(run.counts.get("strangers", {}))
    return sorted({*now, *run.options.get("strangers", {})})[:STRANGERS]


def _values(request: Any, run: ImportRun) -> dict[str, Any]:
    lines = [_line(request, each, run) for each in together.files_of(run)]
    usable = run.counts.get("new", 0) + run.counts.get("update", 0)
    state = going.undo_state(run)
    held = [[row["model"], row["pk"], row["reason"], row["names"]] for row in run.result.get("list", [])]
    written = run.state in going.WRITTEN
    return {
        "lines": lines,
        "deciding": run.state in going.OPEN and run.by_id == request.user.pk,
        "written": written,
        "questions": [] if written else _questions(request, run),
        "strangers": _owners(request, run),
        "usable": usable,
        "usable_text": request.formats.integer(usable),
        "undone": written and state == State.UNDONE,
        "partly": written and state == State.PARTLY,
        "stopped": run.state == RunState.STOPPED,
        "can_undo": written and state != State.UNDONE and can_undo(run, request.user),
        "can_redo": may_redo(run, request.user),
        "left": left_of(held, request.user) if held else [],
    }


def _line(request: Any, run: ImportRun, parent: ImportRun) -> FileLine:
    """A file as the page shows it."""
    formats, known, table = request.formats, going.known_of(run), EXPORTS.get(str(run.facts.get("export", "")))
    noun = str(known.plural) if known is not None else str(table.holds) if table is not None else ""
    left_out = bool(run.options.get("left_out"))
    ready = run.state in together.READABLE and known is not None
    verdict, tone = _verdict(run, table is not None, left_out)
    labels = (("new", _("to create")), ("update", _("updated")), ("same", _("unchanged")), ("error", _("with errors")))
    figures: list[tuple[Text, str]] = [
        (label, formats.integer(run.counts.get(name, 0))) for name, label in labels if run.counts.get(name)
    ]
    decides = ready and parent.state in going.OPEN and parent.by_id == request.user.pk
    shows = ready and parent.state == RunState.CHECKED and run.state == RunState.CHECKED
    return FileLine(
        run,
        str(table.program) if table is not None else "",
        capital(noun) if noun else "",
        verdict,
        tone,
        formats.integer(run.facts.get("row_count", 0)),
        figures if not left_out else [],
        reverse("web:import_columns", args=(run.pk,)) if decides else "",
        reverse("web:import_review", args=(run.pk,)) if shows else "",
        lists_of(parent, known, request.user).get("list_url", "") if known and run.state == RunState.DONE else "",
        left_out,
    )


def _verdict(run: ImportRun, recognised: bool, left_out: bool) -> tuple[str, str]:
    """What becomes of a file, in two words, and its tone."""
    if left_out:
        return _("Left out"), ""
    if run.state == RunState.FAILED and not run.type:
        return (_("No place yet"), "") if recognised else (_("Not recognised"), "")
    if run.state == RunState.FAILED:
        return _("Cannot be read"), "bad"
    if run.state in (RunState.DONE, RunState.UNDONE, RunState.PARTLY):
        return str(RunState(run.state).label), "good" if run.state == RunState.DONE else ""
    if run.counts.get("error"):
        return _("With errors"), "warn"
    return _("Ready"), "good"


def _questions(request: Any, run: ImportRun) -> list[dict[str, Any]]:
    """What is asked once for all files."""
    found = []
    answers = run.options.get("answers", {})
    for name, option in together.asked(run).items():
        holder = next(r for r in together.placed(run) if name in known_named(r.type).fields)
        field = known_named(holder.type).fields[name]
        far: Any = field.to
        rows = far.objects.visible_to(request.user).order_by("pk").values_list("pk", far.title_column)[:200]
        choices = [(str(key), str(title)) for key, title in rows]
        if may_make(known_named(holder.type), option, request.user):
            choices.insert(0, (NEW, _("A new one, made from the files")))
        texts = together.texts_of(run, option)
        found.append(
            {
                "name": name,
                "label": capital(field.label),
                "help": option.help,
                "value": answers.get(name, ""),
                "choices": choices,
                "texts": texts[:14],
            }
        )
    return found


def _owners(request: Any, run: ImportRun) -> list[dict[str, Any]]:
    """Owners that nobody here is, with what may be done about them."""
    texts = _strangers(run)
    if not texts:
        return []
    people = User.objects.visible_to(request.user).order_by("name").values_list("pk", "name")[:MOST_USERS]
    users = [(str(key), name) for key, name in people]
    counts, decided = run.counts.get("strangers", {}), run.options.get("strangers", {})
    ids = _ids_of_owners(run)
    found = []
    for place, text in enumerate(texts):
        usual = _("Stays with you") if text in ids else _("Create as a user without access")
        other = (NEW, _("Create as a user without access")) if text in ids else (EMPTY, _("Stays with you"))
        options = [("", usual), other, *users]
        count = request.formats.integer(counts.get(text, 0))
        found.append(
            {"name": f"owner-{place}", "text": text, "count": count, "value": decided.get(text, ""), "options": options}
        )
    return found


def _ids_of_owners(run: ImportRun) -> set[str]:
    """Texts of columns that hold ids: from these nobody is made unless it is said."""
    return {text for each in together.placed(run) for c in each.columns if c.get("by_id") for text in c["distinct"]}
