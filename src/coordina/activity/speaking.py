"""Comments: whom a text mentions, and who is told of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from coordina.accounts.enums import Access
from coordina.accounts.models import User
from coordina.activity.following import followers_of, let_follow
from coordina.activity.kinds import COMMENT, MENTION
from coordina.activity.mentions import Found, Named, find
from coordina.activity.models import Comment
from coordina.activity.notifications import reword, tell
from coordina.activity.seeing import people_of, sees
from coordina.core.records import Record
from coordina.core.refusals import Refusal

EXCERPT = 280
"""Letters of a comment that a notification repeats."""


@dataclass(frozen=True, slots=True)
class Addressed:
    """Whom a comment speaks to.

    Attributes:
        ids: People who are mentioned and see the record.
        unreached: Names of people who are mentioned and do not see it, or cannot sign in: nobody tells them.
    """

    ids: list[int]
    unreached: list[str]


def everybody(by: User) -> list[Named]:
    """The people somebody may mention, by name."""
    rows = User.objects.visible_to(by).filter(access=Access.ACTIVE).order_by("name", "pk")
    return [Named(pk, name, email or "") for pk, name, email in rows.values_list("pk", "name", "email")]


def addressed(text: str, record: Record, by: User) -> Addressed:
    """Whom a text mentions, divided by whether they see the record.

    Raises:
        Refusal: At `text`, when a name means several people.
    """
    if "@" not in text:
        return Addressed([], [])
    found = find(text, everybody(by))
    if found.doubtful:
        message = _("Several people are called %(name)s. Write the e-mail address behind the @.")
        raise Refusal("doubtful", message % {"name": found.doubtful[0]}, field="text")
    people = {user.pk: user for user in people_of(found.ids)}
    reached = [pk for pk in found.ids if pk in people and sees(people[pk], record)]
    return Addressed(reached, [people[pk].name for pk in found.ids if pk in people and pk not in reached])


def spread(comment: Comment, record: Record, by: User, *, new: Collection[int]) -> None:
    """Tell those who are newly mentioned, and the followers; all of them follow the record from now on.

    Args:
        new: Whom to tell of their mention: all of a new comment, the added ones of a changed one.
    """
    origin = origin_of(comment)
    let_follow({by.pk, *comment.mentions}, record)
    tell(
        new, kind=MENTION, about=record, by=by, origin=origin, key=f"mention:{comment.pk}", at=comment.changed_at,
        text=lambda user: _("%(who)s mentions you: %(text)s") % _values(comment, by),
    )  # fmt: skip
    others = followers_of(record) - set(comment.mentions)
    tell(
        others, kind=COMMENT, about=record, by=by, origin=origin, key=f"comment:{comment.pk}", at=comment.changed_at,
        text=lambda user: _("%(who)s comments: %(text)s") % _values(comment, by),
    )  # fmt: skip


def repeat(comment: Comment, by: User) -> None:
    """Let notifications of a comment say what it says now."""

    def said(user: User) -> str:
        if user.pk in comment.mentions:
            return _("%(who)s mentions you: %(text)s") % _values(comment, by)
        return _("%(who)s comments: %(text)s") % _values(comment, by)

    reword(origin_of(comment), said)


def origin_of(comment: Comment) -> str:
    """By what notifications know the comment they repeat."""
    return f"{comment._meta.label}:{comment.pk}"


def _values(comment: Comment, by: User) -> dict[str, str]:
    text = " ".join(comment.text.split())
    return {"who": by.name, "text": text if len(text) <= EXCERPT else f"{text[:EXCERPT]}…"}


def drawn(text: str, found: Found | None) -> SafeString:
    """A comment's text as escaped HTML, with mentions set apart."""
    if found is None or not found.spans:
        return SafeString(escape(text))
    parts, last = [], 0
    for start, end, _who in found.spans:
        parts += [escape(text[last:start]), format_html('<b class="mention">{}</b>', text[start:end])]
        last = end
    return SafeString("".join([*parts, escape(text[last:])]))


def names_of(comments: Sequence[Comment]) -> dict[int, Named]:
    """The people whom comments mention, by id: names stand in the texts already."""
    ids = {pk for comment in comments for pk in comment.mentions}
    rows = User.objects.filter(pk__in=ids).values_list("pk", "name", "email") if ids else []
    return {pk: Named(pk, name, email or "") for pk, name, email in rows}
