"""What a record's page says about duplicates: open pairs, and what was merged into it; and its timeline."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordina.accounts.models import User
from coordina.core.panels import PANELS, Panel
from coordina.core.records import Record
from coordina.core.timeline import TIMELINE, Look, Moment, Source
from coordina.ledger.models import Change, ChangeSet
from coordina.records.duplicates.declared import Matching, matching_of
from coordina.records.duplicates.pairs import pairs_with
from coordina.records.models import Merged
from coordina.records.panels import current_formats, may_hang
from coordina.records.sources import behind, who

SHOWN = 4
"""Records merged into one that its page names."""


def duplicates_panel(record: Record, user: User) -> Mapping[str, Any]:
    """Open pairs of a record of which the reader sees the other one too, and what was merged into it."""
    kind = matching_of(record._meta.label)
    assert kind is not None
    rows = pairs_with(kind, record.pk, user)
    keys = {row.pk: row.high_id if row.low_id == record.pk else row.low_id for row in rows}
    titles: dict[int, str] = {}
    if rows:
        seen: QuerySet[Any] = kind.model.objects.visible_to(user).filter(pk__in=keys.values())
        titles = dict(seen.values_list("pk", kind.model.title_column))
    formats = current_formats()
    return {
        "known": kind.known,
        "pairs": [
            {"pk": pk, "title": titles[pk], "score": formats.percent(min(99, int(100 * row.score)), 0)}
            for row in rows
            if (pk := keys[row.pk]) in titles
        ],
        "merged": list(Merged.of(record).order_by("-pk")[:SHOWN]),
        "may_change": bool(rows) and may_hang(user, record, kind.model.permission("change")),
    }


def add_panel(kind: Matching) -> None:
    """Put the panel on the pages of a record type."""
    PANELS.add(
        f"records.duplicates.{kind.name}",
        Panel(
            f"{kind.name}.side",
            gettext_lazy("Possible duplicates"),
            kind.model.view_permission(),
            "records/duplicates.html",
            duplicates_panel,
            order=5,
        ),
    )


def read_merges(look: Look) -> Sequence[Moment]:
    """What was merged into a record."""
    rows = list(behind(Merged.of(look.record), look))
    made = Change.objects.filter(model=Merged._meta.label, kind="c", object_id__in=[row.pk for row in rows])
    by = {change.object_id: change.change_set for change in made.select_related("change_set__by")} if rows else {}
    return [_moment(row, by.get(row.pk)) for row in rows]


def _moment(row: Merged, change: ChangeSet | None) -> Moment:
    name = change.by.name if change is not None and change.by is not None else "Coordina"
    title = format_html(
        _("{who} merged “{name}” into this record"),
        who=who(name),
        name=format_html('<b class="strong">{}</b>', row.name),
    )
    return Moment(source="merges", mark=str(row.pk), at=row.created_at, title=title, icon="arrow-merge")


def _compared(model: type[Any]) -> bool:
    return matching_of(model._meta.label) is not None


TIMELINE.add("merges", Source(gettext_lazy("Merges"), read_merges, _compared, order=80))
