"""Handing over what a person looks after: who takes over what, as bulk work that can be undone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from coordina.accounts.enums import Access
from coordina.accounts.models import User
from coordina.core.actions import Action, standard
from coordina.core.filters import Asker, compile_filter, parse
from coordina.core.parsing.ids import parse_id
from coordina.core.refusals import Refusal
from coordina.core.types import TYPES, RecordType
from coordina.records.bulk import steps
from coordina.records.models import BulkRun, BulkState
from coordina.records.vocabularies import vocabulary_of
from coordina.web.listpage import capital

ALL, LEAVE = "all", "leave"
"""Names of choices: who takes everything; and a noun that stays where it is."""


@dataclass(frozen=True, slots=True)
class Share:
    """Records of one type that somebody has to take over.

    Attributes:
        count: How many, as far as whoever hands over may see them.
        query: The filter that finds them.
    """

    known: RecordType
    declared: Action
    label: str
    count: int
    query: str

    @property
    def url(self) -> str:
        """The list of them."""
        return reverse("web:list", args=(self.known.url,))


def shares_of(user: User, asker: Asker) -> list[Share]:
    """What a person looks after and somebody else may take over; what is closed stays with whoever closed it.

    Args:
        user: Who looks after it now.
        asker: Whoever hands over.
    """
    reader: Any = asker.user
    found: list[Share] = []
    for known in TYPES:
        owner, declared = known.writer.owner, standard(known.model, "edit")
        if not owner or known.within or known.setting or owner not in known.sight(reader).editable or declared is None:
            continue
        rest = known.extra.get("hand_over", "")
        if not declared.bulk or rest is False or not reader.may(declared.permission):
            continue
        query = " and ".join(part for part in (f"{owner} = {user.pk}", rest) if part)
        condition = compile_filter(parse(query), vocabulary_of(known), asker)
        count = known.model.objects.visible_to(reader).filter(condition).count()
        if count:
            found.append(Share(known, declared, capital(known.plural), count, query))
    return found


def successors(user: User, reader: User) -> list[tuple[int, str]]:
    """The people who may take over: those who can sign in."""
    rows = User.objects.visible_to(reader).filter(access=Access.ACTIVE).exclude(pk=user.pk).order_by("name", "pk")
    return list(rows.values_list("pk", "name"))


def read_choice(given: Mapping[str, str], shares: list[Share], people: set[int]) -> dict[str, int]:
    """Who takes over each type, by its name.

    Raises:
        Refusal: When somebody was chosen who cannot.
    """
    chosen: dict[str, int] = {}
    for share in shares:
        text = given.get(f"to_{share.known.name}", "") or given.get(f"to_{ALL}", "")
        if not text or text == LEAVE:
            continue
        key = parse_id(text)
        if key is None or key not in people:
            raise Refusal("reference", _("Choose one from the list."), field=share.known.name)
        chosen[share.known.name] = key
    return chosen


def hand_over(user: User, by: User, shares: list[Share], chosen: Mapping[str, int]) -> list[BulkRun]:
    """Begin to give the records to those who were chosen; large ones go on as jobs."""
    return [
        steps.begin(
            by,
            share.known,
            share.declared,
            {"set": {share.known.writer.owner: chosen[share.known.name]}, "hand_over": user.pk, "go": True},
            keys=[],
            query=share.query,
        )
        for share in shares
        if share.known.name in chosen
    ]


def runs_about(user: User, by: User) -> list[dict[str, Any]]:
    """What was handed over before, newest first: which records, how many, where it stands."""
    runs = BulkRun.objects.filter(by=by, given__hand_over=user.pk).select_related("change_set").order_by("-pk")[:20]
    return [
        {
            "label": capital(TYPES[run.type].plural),
            "url": reverse("web:bulk_run", args=(run.pk,)),
            "done": int(run.counts.get("done", 0)),
            "refused": int(run.counts.get("refused", 0)),
            "state": run.change_set.get_state_display()
            if run.change_set is not None and run.state == BulkState.DONE
            else run.get_state_display(),
        }
        for run in runs
        if run.type in TYPES
    ]
