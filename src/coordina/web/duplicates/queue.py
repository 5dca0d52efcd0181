"""The queue of pairs that may be one."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from coordina.accounts.models import User
from coordina.core.formats import Formats
from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import Forbidden, NotFound
from coordina.core.types import RecordType
from coordina.ledger.change_sets import just_written
from coordina.ledger.doors import perform
from coordina.records.duplicates.deciding import PARTINGS
from coordina.records.duplicates.declared import MATCHINGS, Matching
from coordina.records.duplicates.pairs import COUNTED, count_open, open_pairs
from coordina.records.duplicates.scoring import SURE
from coordina.records.models import DuplicatePair
from coordina.web.access import find, reached
from coordina.web.doing import Done, tell
from coordina.web.duplicates.reasons import Said, confidence, told
from coordina.web.duplicates.shown import Side, compared_names, label_of, matching_for, sides_of
from coordina.web.listpage import capital

PAGE = 20
FILTERS = ("all", "sure", "possible")


@dataclass(frozen=True, slots=True)
class Line:
    """One field of both records; the empty ones are left out before."""

    label: str
    one: str
    other: str

    @property
    def same(self) -> bool:
        """Whether both say the same."""
        return self.one == self.other


@dataclass(frozen=True, slots=True)
class Shown:
    """A pair as the page shows it."""

    pk: int
    one: Side
    other: Side
    score: str
    words: str
    sure: bool
    reasons: list[Said]
    lines: list[Line]
    may_merge: bool
    merge_url: str


@require_safe
def queue_page(request: Any, known: RecordType | None = None) -> HttpResponse:
    """Pairs that wait for somebody, the likeliest first; only those of which the person sees both records."""
    kinds = [kind for kind in MATCHINGS if request.user.may(kind.model.view_permission())]
    if not kinds:
        raise Forbidden
    counts = {kind.name: count_open(kind, request.user) for kind in kinds}
    first = next((k for k in kinds if counts[k.name]), kinds[0])
    kind = first if known is None else matching_for(known, request.user)
    show = request.GET.get("show", "all")
    show = show if show in FILTERS else "all"
    rows, more = page_of(kind, request.user, show, request.GET.get("after", ""))
    values = {
        "known": kind.known,
        "tabs": [_tab(k, counts[k.name], k is kind, request.formats) for k in kinds],
        "show": show,
        "filters": [("all", _("All")), ("sure", _("Almost certain")), ("possible", _("Possible"))],
        "pairs": shown(kind, rows, request.user, request.formats),
        "next_url": f"?show={show}&after={more}" if more else "",
        "sure": open_pairs(kind, request.user, sure_from=SURE).order_by()[: COUNTED + 1].count(),
        "may_merge": request.user.may(kind.model.permission("change")),
    }
    return render(request, "web/duplicates/queue.html", values)


def _tab(kind: Matching, count: int, current: bool, formats: Formats) -> dict[str, Any]:
    text = f"{formats.integer(COUNTED)}+" if count > COUNTED else formats.integer(count)
    url = reverse("web:duplicates_of", args=(kind.known.url,))
    return {"label": capital(kind.known.plural), "count": text, "url": url, "current": current}


def page_of(kind: Matching, user: User, show: str, after: str) -> tuple[list[DuplicatePair], str]:
    """The pairs of a page, and the mark behind which the next one begins."""
    bounds = {"sure": {"sure_from": SURE}, "possible": {"below": SURE}}.get(show, {})
    score, _colon, pk = after.partition(":")
    behind = (float(score), int(pk)) if pk.isdigit() and score.replace(".", "", 1).isdigit() else None
    rows = list(open_pairs(kind, user, behind=behind, **bounds)[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return rows[:PAGE], f"{last.score}:{last.pk}" if last else ""


def shown(kind: Matching, rows: list[DuplicatePair], user: User, formats: Formats) -> list[Shown]:
    """Pairs with both records side by side; three queries however many there are."""
    known, names = kind.known, compared_names(kind, user)
    keys = {pk for row in rows for pk in (row.low_id, row.high_id)}
    sides = sides_of(known, keys, user, formats, names)
    may = reached(user, known.model.permission("change"), known, sorted(keys)) if keys else set()
    found = []
    for row in rows:
        one, other = sides.get(row.low_id), sides.get(row.high_id)
        if one is None or other is None:
            continue
        lines = [Line(label_of(known, n), one.cells.get(n, ""), other.cells.get(n, "")) for n in names]
        both = {row.low_id, row.high_id}
        merge = f"{reverse('web:merge', args=(known.url,))}?ids={row.low_id},{row.high_id}"
        found.append(
            Shown(
                row.pk, one, other, formats.percent(min(99, int(row.score * 100)), 0), confidence(row.score),
                row.score >= SURE, told(row.reasons, formats), [x for x in lines if x.one or x.other],
                may is None or both <= may, merge,
            )
        )  # fmt: skip
    return found


@require_POST
def tell_apart(request: Any, known: RecordType) -> HttpResponse:
    """Say that two records are not the same: they are not offered again until somebody takes that back."""
    kind = matching_for(known, request.user)
    one, other = (parse_id(request.POST.get(name, "")) for name in ("one", "other"))
    if one is None or other is None:
        raise NotFound
    at, by = timezone.now(), request.user
    first, second = find(by, known, one), find(by, known, other)
    said = perform(PARTINGS[kind.name], via="web")(record=first, other=second, by=by, at=at)
    wrote = just_written(by, at)
    undo = reverse("web:undo", args=(wrote.pk,)) if wrote is not None else ""
    names = {"one": str(first), "other": str(second)}
    tell(request, Done(said, _("“%(one)s” and “%(other)s” are not the same.") % names, undo))
    url = request.POST.get("next", "")
    safe = url.startswith("/") and not url.startswith("//")
    return redirect(url if safe else reverse("web:duplicates_of", args=(known.url,)))
