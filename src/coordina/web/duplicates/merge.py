"""Merging two or more records: field by field, with proposals."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from coordina.accounts.models import User
from coordina.core.formats import Formats
from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import Conflict, Forbidden, NotFound, Refusal, Text
from coordina.core.types import TYPES, Kind, RecordType
from coordina.ledger.change_sets import just_written
from coordina.ledger.doors import perform
from coordina.ledger.queue import Kind as JobKind
from coordina.ledger.queue import task
from coordina.records.duplicates.deciding import MERGES
from coordina.records.duplicates.links import count_links
from coordina.records.duplicates.merging import MOST, mergeable
from coordina.records.duplicates.proposing import Candidate, Why, proposed, who_stays
from coordina.web.access import reached
from coordina.web.context import follow_job
from coordina.web.doing import Done, tell
from coordina.web.duplicates.shown import label_of, matching_for, sides_of

AT_ONCE = 500
"""Rows that refer to the records: with more, merging is a job."""
WHY: dict[Why, Text] = {
    Why.ONLY: gettext_lazy("the only one"),
    Why.FULLER: gettext_lazy("fuller"),
    Why.NEWER: gettext_lazy("newer"),
    Why.STAYS: "",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that may be kept."""

    pk: int
    of: str
    html: str
    checked: bool
    why: str


@dataclass(frozen=True, slots=True)
class Row:
    """One field of all the records."""

    name: str
    label: str
    choices: list[Choice]
    differs: bool


def asked_ids(request: Any) -> list[int]:
    """The records that are to be merged.

    Raises:
        NotFound: Fewer than two.
        Refusal: More than can be compared on one page.
    """
    texts = request.POST.getlist("id") or request.GET.get("ids", "").split(",")
    keys = list(dict.fromkeys(pk for text in texts if (pk := parse_id(text.strip())) is not None))
    if len(keys) < 2:
        raise NotFound
    if len(keys) > MOST + 1:
        raise Refusal("count", _("Choose two to %(most)d records to merge.") % {"most": MOST + 1})
    return keys


def found_all(known: RecordType, keys: list[int], user: User) -> list[Any]:
    """The records.

    Raises:
        NotFound: When one is missing or may not be seen: both alike.
        Forbidden: When one may not be changed.
    """
    rows: Any = known.model.objects
    here = {o.pk: o for o in rows.visible_to(user).filter(pk__in=keys)}
    if len(here) < len(keys):
        raise NotFound
    may = reached(user, known.model.permission("change"), known, keys)
    if may is not None and set(keys) - may:
        raise Forbidden(_("To merge records you must be allowed to change each of them."))
    return [here[pk] for pk in keys]


@require_http_methods(["GET", "HEAD", "POST"])
def merge_page(request: Any, known: RecordType) -> HttpResponse:
    """Choose what stays of each; sent, they become one."""
    matching_for(known, request.user)
    keys = asked_ids(request)
    objs = found_all(known, keys, request.user)
    stays = parse_id(request.POST.get("stays", "") or request.GET.get("stays", ""))
    late: list[str] = []
    if request.method == "POST" and stays in keys:
        late = changed_since(objs, request.POST)
        if not late:
            return merged(request, known, objs, int(stays or 0))
    values = page_values(known, objs, stays if stays in keys else None, request.user, request.formats)
    return render(request, "web/duplicates/merge.html", values | {"late": late}, status=409 if late else 200)


def changed_since(objs: list[Any], sent: Any) -> list[str]:
    """Names of records that somebody changed after the page was drawn: then it asks again."""
    return [str(o) for o in objs if parse_id(sent.get(f"version-{o.pk}", "")) not in (None, o.version)]


def merged(request: Any, known: RecordType, objs: list[Any], stays: int) -> HttpResponse:
    """Merge, at once or by a job, and go to the record that stays."""
    by = request.user
    fields = mergeable(known, by)
    take = {n: pk for n in fields if (pk := parse_id(request.POST.get(f"take-{n}", ""))) is not None}
    others = [o.pk for o in objs if o.pk != stays]
    url = reverse("web:detail", args=(known.url, stays))
    if count_links(known.model, others, AT_ONCE) > AT_ONCE:
        made = merge_many.using(by=by.pk).enqueue(known.name, stays, others, take, by.pk)
        follow_job(request, int(made.id))
        return redirect("web:job", int(made.id))
    kept, at = next(o for o in objs if o.pk == stays), timezone.now()
    try:
        done = perform(MERGES[known.name], via="web")(record=kept, others=others, take=take, by=by, at=at)
    except Conflict:
        messages.warning(request, _("Somebody changed one of them at the same moment. Look again."))
        return redirect(f"{reverse('web:merge', args=(known.url,))}?ids={','.join(str(o.pk) for o in objs)}")
    wrote = just_written(by, at)
    text = _("%(count)d records became one: “%(name)s”.") % {"count": len(objs), "name": str(done)}
    tell(request, Done(done, text, reverse("web:unmerge", args=(wrote.pk,)) if wrote else ""))
    return redirect(url)


@task(kind=JobKind.LONG, label=gettext_lazy("Merging duplicates"))
def merge_many(name: str, stays: int, others: list[int], take: dict[str, int], by_id: int) -> dict[str, Any]:
    """Merge records to which many others refer; gives where the result is. Once done it does nothing."""
    known, by = TYPES[name], User.objects.for_request().get(pk=by_id)
    rows: Any = known.model.objects
    left = list(rows.visible_to(by).filter(pk__in=others).values_list("pk", flat=True))
    record = rows.visible_to(by).filter(pk=stays).first()
    if left and record is not None:
        perform(MERGES[name], via="web")(
            record=record, others=[pk for pk in others if pk in left], take=take, by=by, at=timezone.now()
        )
    return {"result_url": reverse("web:detail", args=(known.url, stays))}


def page_values(known: RecordType, objs: list[Any], stays: int | None, user: User, formats: Formats) -> dict[str, Any]:
    """What the page of a merge shows."""
    fields = mergeable(known, user)
    links = {o.pk: count_links(known.model, [o.pk], AT_ONCE) for o in objs}
    attnames = {n: str(getattr(known.model._meta.get_field(x.path), "attname", x.path)) for n, x in fields.items()}
    given = [
        Candidate(o.pk, {n: getattr(o, attname) for n, attname in attnames.items()}, o.changed_at, links[o.pk])
        for o in objs
    ]
    kept = stays or who_stays(given)
    sides = sides_of(known, [o.pk for o in objs], user, formats, tuple(fields))
    rows = []
    for name, about in fields.items():
        pk, why = proposed(
            name, given, kept, titled=name == known.title, text=about.kind is Kind.LONG_TEXT, usual=about.default
        )
        choices = [
            Choice(
                o.pk,
                sides[o.pk].title,
                sides[o.pk].cells.get(name, ""),
                o.pk == pk,
                str(WHY[why]) if o.pk == pk else "",
            )
            for o in objs
        ]
        if any(c.html for c in choices):
            rows.append(Row(name, label_of(known, name), choices, len({c.html for c in choices}) > 1))
    return {
        "known": known,
        "objs": [
            {
                "pk": o.pk,
                "version": o.version,
                "title": sides[o.pk].title,
                "url": sides[o.pk].url,
                "stays": o.pk == kept,
                "changed": formats.date_full(formats.local(o.changed_at).date()),
                "links": formats.integer(min(links[o.pk], AT_ONCE)) + ("+" if links[o.pk] > AT_ONCE else ""),
            }
            for o in objs
        ],
        "rows": [r for r in rows if r.differs],
        "same": [r for r in rows if not r.differs],
        "back": reverse("web:duplicates_of", args=(known.url,)),
        "crumbs": [(_("Duplicates"), reverse("web:duplicates_of", args=(known.url,)))],
    }
