"""Telling people: in Coordina and by mail, as each has chosen; never what they may not see.

```python
tell([owner], kind="pipeline.stalled", about=opportunity, text=_("%(name)s has not moved for 30 days") % …)
```
Checked against `visible_to` when it is told, and again whenever it is shown, counted or mailed: what somebody lost
sight of is gone from all three. In a change set, its undo takes it back.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils import timezone, translation

from coordina.accounts.company import the_company
from coordina.accounts.locales import locale_of
from coordina.accounts.models import User
from coordina.activity.kinds import KINDS, Kind
from coordina.activity.mail import letter, send_many
from coordina.activity.models import Bell, How, Mail, Notification, Preference
from coordina.activity.seeing import people_of, seen_of
from coordina.core.records import Record
from coordina.core.refusals import Text
from coordina.ledger.change_sets import cause

LONGEST = 600
ALSO_MOST = 500
"""Further records that a summary remembers."""


@dataclass(frozen=True, slots=True)
class News:
    """What there is to tell, whoever is told.

    Attributes:
        kind: Name in `KINDS`.
        about: Label and id of the record; none for news of the system.
        key: What makes it the same news, per person.
        by_id, also, url, origin, at, change_set_id: As in `tell`.
    """

    kind: str
    at: datetime
    about: tuple[str, int] | None = None
    by_id: int | None = None
    key: str = ""
    url: str = ""
    also: Sequence[int] = ()
    origin: str = ""
    change_set_id: int | None = None

    def to(self, user: User, way: str, said: str) -> Notification:
        """The notification of one person, not yet kept."""
        return Notification(
            person_id=user.pk,
            kind=self.kind,
            subject_type=self.about[0] if self.about else "",
            subject_id=self.about[1] if self.about else None,
            also=list(self.also)[:ALSO_MOST],
            by_id=self.by_id,
            text=said[:LONGEST],
            url=self.url,
            origin=self.origin,
            key=(self.key or self._usual_key(said))[:200],
            how=way,
            at=self.at,
            change_set_id=self.change_set_id,
        )

    def _usual_key(self, said: str) -> str:
        place = f"{self.about[0]}:{self.about[1]}" if self.about else ""
        return f"{self.kind}|{place}|{said if self.change_set_id is None else self.change_set_id}"


def tell(
    people: Iterable[User | int],
    *,
    kind: str,
    text: Text | Callable[[User], str],
    about: Record | None = None,
    by: User | None = None,
    key: str = "",
    url: str = "",
    also: Sequence[int] = (),
    origin: str = "",
    at: datetime | None = None,
    change_set_id: int | None = None,
) -> list[Notification]:
    """Tell people something, each once, in the caller's transaction.

    Left out are: who did it, who has no access, who may not see the record, who switched this kind off, and who was
    told the same before.

    Args:
        people: Whom; users or their ids.
        kind: Name in `KINDS`.
        text: What is told: a text (a lazy one is said in each person's language) or a function of the person.
        about: The record it is about; None only for news of the system, where `url` says where it leads.
        by: Who did it: is not told.
        key: What makes it the same news, per person; by default kind, record and change set (outside one, the text).
        url: Where it leads, where that is not the record.
        also: Ids of further records of the same model, for a summary of bulk work.
        origin: What it repeats, such as `activity.Comment:7`; see `forget`.
        at: When it happened; now by default.
        change_set_id: What caused it, where that is not the open change set.

    Returns:
        What was told, one a person.
    """
    known, by_id = KINDS[kind], by.pk if by is not None else None
    news = News(
        kind,
        at or timezone.now(),
        about=(about._meta.label, about.pk) if about is not None else None,
        by_id=by_id,
        key=key,
        url=url,
        also=also,
        origin=origin,
        change_set_id=change_set_id if change_set_id is not None else cause(),
    )
    ids = {p if isinstance(p, int) else p.pk for p in people} - {by_id}
    ways = chosen_by(ids, kind)
    listeners = [user for user in people_of(ids) if ways[user.pk] != How.OFF and _may_know(user, known, about)]
    return keep([news.to(user, ways[user.pk], _said(text, user)) for user in listeners], listeners)


def keep(told: Sequence[Notification], listeners: Iterable[User]) -> list[Notification]:
    """Store what is new, ring, and put the mails aside.

    Args:
        told: One or many of each person; who may know has been asked before.
        listeners: The people.

    Returns:
        What had not been told before.
    """
    if not told:
        return []
    people = {user.pk: user for user in listeners}
    pairs = {(n.person_id, n.key) for n in told}
    known = Notification.objects.filter(person_id__in=people, key__in={n.key for n in told})
    before = set(known.values_list("person_id", "key")) & pairs
    new = [n for n in told if (n.person_id, n.key) not in before]
    Notification.objects.bulk_create(new, ignore_conflicts=True)  # another process may have told it meanwhile
    rows = Notification.objects.filter(person_id__in=people, key__in={n.key for n in new})
    fresh = [n for n in rows.order_by("pk") if (n.person_id, n.key) not in before and (n.person_id, n.key) in pairs]
    ring({n.person_id for n in fresh})
    mailed = [each for each in fresh if each.how == How.MAIL]
    languages = languages_of([people[each.person_id] for each in mailed])
    send_many(_mail(each, people[each.person_id], languages[each.person_id]) for each in mailed)
    return fresh


def _mail(each: Notification, user: User, language: str) -> Mail | None:
    """The mail of one notification; it is written when it leaves."""
    with translation.override(language):
        subject = str(KINDS[each.kind].label)
    return letter(
        user,
        subject,
        composer="activity.news",
        data={"ids": [each.pk]},
        key=f"news:{each.pk}",
        language=language,
        change_set_id=each.change_set_id,
    )


def _may_know(user: User, kind: Kind, about: Record | None) -> bool:
    if kind.permission and not user.may(kind.permission):
        return False
    return about is None or bool(seen_of(user, about._meta.label, [about.pk]))


def _said(text: Any, user: User) -> str:
    with translation.override(language_of(user)):
        return str(text(user) if callable(text) else text)


def language_of(user: User) -> str:
    """The language in which somebody is told things, as their country writes it."""
    return languages_of([user])[user.pk]


def languages_of(people: Collection[User]) -> dict[int, str]:
    """The language in which each is told things, as their country writes it, by id; the company is asked once."""
    ours = the_company() if people else None
    return {user.pk: locale_of(user, ours) for user in people}


def chosen_by(ids: Iterable[int], kind: str) -> dict[int, str]:
    """How people want to hear of a kind."""
    usual = KINDS[kind].usual.value
    wanted = set(ids)
    chosen = Preference.objects.filter(person_id__in=wanted, kind=kind).values_list("person_id", "how")
    return dict.fromkeys(wanted, usual) | dict(chosen)


def ring(ids: Iterable[int]) -> None:
    """Let the pages of these people count again."""
    wanted = set(ids)
    if not wanted:
        return
    Bell.objects.bulk_create([Bell(person_id=pk, version=0) for pk in sorted(wanted)], ignore_conflicts=True)
    Bell.objects.filter(person_id__in=wanted).update(version=F("version") + 1)


def forget(origin: str) -> None:
    """Take back what repeats something that is gone."""
    rows = Notification.objects.filter(origin=origin, withdrawn=False)
    people = set(rows.values_list("person_id", flat=True))
    Notification.objects.filter(origin=origin, withdrawn=False).update(withdrawn=True)
    ring(people)


def reword(origin: str, text: Callable[[User], str]) -> None:
    """Let what repeats something say what that says now."""
    rows = list(Notification.objects.filter(origin=origin, withdrawn=False))
    people = {user.pk: user for user in people_of(n.person_id for n in rows)}
    for each in rows:
        if each.person_id in people:
            said = _said(text, people[each.person_id])[:LONGEST]
            Notification.objects.filter(pk=each.pk).update(text=said)
    ring(people)
