"""What came from a lead, in the timeline of what it became; and what went there, in the lead's own."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordina.core.records import Record
from coordina.core.sight import veiled
from coordina.core.timeline import TIMELINE, Look, Moment, Source
from coordina.core.types import type_of
from coordina.customers.models import Company, Interaction, Person
from coordina.customers.timeline import ICONS, said
from coordina.leads.models import Handover, Lead
from coordina.pipeline.models import Opportunity
from coordina.records.models import Attachment, Note
from coordina.records.sources import who

BECAME: Mapping[type[Record], str] = {Company: "company", Person: "person", Opportunity: "opportunity"}
MOST = 200
"""Notes and files of its leads that one record looks through."""


def leads_of(record: Record) -> Any:
    """The leads that became a record; of a lead, itself."""
    if isinstance(record, Lead):
        return Lead.objects.filter(pk=record.pk)
    return Lead.objects.filter(**{BECAME[type(record)]: record.pk})


def read_handed(look: Look) -> Sequence[Moment]:
    """Notes and files of a lead that hang elsewhere by now, and an opportunity's conversations from before it was one.

    Each as far as the reader may see the record on which it hangs, or the interaction itself.
    """
    keys = list(leads_of(look.record).order_by("-pk").values_list("pk", flat=True)[:MOST])
    if not keys:
        return ()
    found = [*_hung(look, keys), *(_talks(look, keys) if isinstance(look.record, Opportunity) else ())]
    found.sort(key=lambda m: (m.at, m.mark), reverse=True)
    after = _mark(look.after)
    return [m for m in found if after is None or (m.at, m.mark) < after][: look.limit]


def _mark(text: str) -> tuple[dt.datetime, str] | None:
    """Time and text of a mark; None where it is none of ours."""
    head, _dash, _tail = text.partition("-")
    if not head.isdigit() or len(head) > 17:
        return None
    return dt.datetime.fromtimestamp(int(head) / 1_000_000, dt.UTC), text


def _marked(at: dt.datetime, kind: int, pk: int) -> str:
    return f"{int(at.timestamp() * 1_000_000)}-{kind}-{pk}"


def _hung(look: Look, keys: Sequence[int]) -> list[Moment]:
    rows = Handover.objects.filter(lead__in=keys).order_by("-pk").values_list("what", "object_id")[:MOST]
    here = {"subject_type": look.record._meta.label, "subject_id": look.record.pk}
    found: list[Moment] = []
    kinds: tuple[tuple[Any, Any], ...] = ((Note, _note), (Attachment, _file))
    for model, draw in kinds:
        wanted = [pk for label, pk in rows if label == model._meta.label]
        if wanted and look.user.may(model.view_permission()):
            seen = model.objects.visible_to(look.user).filter(pk__in=wanted).exclude(Q(**here))
            found += [draw(each, look) for each in seen.select_related("owner")]
    return found


def _note(note: Note, look: Look) -> Moment:
    return Moment(
        source="lead", mark=_marked(note.created_at, 0, note.pk), at=note.created_at,
        title=format_html(_("{who} wrote a note"), who=who(note.owner.name)), body=note.text, icon="note",
    )  # fmt: skip


def _file(kept: Attachment, look: Look) -> Moment:
    url = reverse("records:file", args=(kept.pk,))
    link = format_html('<a class="strong" href="{}" download>{}</a>', url, kept.name)
    return Moment(
        source="lead", mark=_marked(kept.created_at, 1, kept.pk), at=kept.created_at,
        title=format_html(_("{who} added {file}"), who=who(kept.owner.name), file=link), icon="paperclip",
        facts=(look.formats.file_size(kept.size),),
    )  # fmt: skip


def _talks(look: Look, keys: Sequence[int]) -> list[Moment]:
    rows = Interaction.objects.visible_to(look.user).filter(subject_type=Lead._meta.label, subject_id__in=keys)
    newest = rows.select_related("owner", "person").order_by("-happened_at", "-pk")[:MOST]
    found = [veiled(each, type_of(Interaction), look.user) for each in newest]
    bodies = {each.pk: "\n".join(dict.fromkeys(t for t in (each.summary, each.body) if t)) for each in found}
    return [
        Moment(
            source="lead", mark=_marked(each.happened_at, 2, each.pk), at=each.happened_at, title=said(each),
            icon=ICONS.get(each.kind, "message"), body=bodies[each.pk],
        )
        for each in found
    ]  # fmt: skip


TIMELINE.add(
    "lead",
    Source(
        gettext_lazy("From the lead"),
        read_handed,
        lambda model: issubclass(model, (Lead, Company, Person, Opportunity)),
        order=35,
    ),
)
