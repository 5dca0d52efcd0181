"""Notifications as mails: one at once, or those of a day. Written when the mail leaves, of what may be read then."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone, translation
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coordina.accounts import locales
from coordina.accounts.company import the_company
from coordina.accounts.models import User
from coordina.activity.mail import COMPOSERS, Contents, framed, link, send
from coordina.activity.models import Mail, Notification
from coordina.activity.notifications import language_of
from coordina.activity.places import place_of, titles_of
from coordina.activity.seeing import people_of
from coordina.activity.shown import readable
from coordina.ledger.queue import task
from coordina.ledger.queue.schedules import schedule

MORNING = 7
"""Hour of the day, in the person's time zone, of the daily mail."""
MOST = 60
"""Notifications that one daily mail tells."""


def compose(mail: Mail) -> Contents | None:
    """What a mail tells: what is unread still and may be read now; nothing left, no mail."""
    people = people_of([mail.person_id or 0])
    if not people:
        return None
    rows = Notification.objects.filter(pk__in=mail.data.get("ids", []), person_id=people[0].pk, read_at__isnull=True)
    told = readable(rows.order_by("-pk"), people[0])
    if not told:
        return None
    titles = titles_of(told, people[0])
    lines = [(each, titles.get((each.subject_type, each.subject_id or 0), ""), link(place_of(each))) for each in told]
    subject = _subject(told, lines[0][1])
    text = "\n\n".join("\n".join(filter(None, (title, each.text, url))) for each, title, url in lines)
    html = format_html_join(
        "",
        '<p><a href="{}"><strong>{}</strong></a><br>{}</p>',
        ((url, title or "Coordina", each.text) for each, title, url in lines),
    )
    settings_url = link("/profile/#notifications")
    foot = _("Choose in your profile what you are told by e-mail.")
    html += format_html('<p><font size="2" color="#6b6b66"><a href="{}">{}</a></font></p>', settings_url, foot)
    return Contents(subject, f"{text}\n\n--\n{foot} {settings_url}\n", framed(html))


def _subject(told: list[Notification], title: str) -> str:
    if len(told) == 1:
        return f"{title}: {told[0].text}"[:150] if title else told[0].text[:150]
    return ngettext("%(count)s piece of news", "%(count)s pieces of news", len(told)) % {"count": len(told)}


COMPOSERS.add("activity.news", compose)


@task(label=gettext_lazy("Gathering the daily mails"))
def gather() -> int:
    """Put aside the daily mail of everybody whose morning it is. Gives how many."""
    waiting = Notification.objects.filter(how="digest", mailed_at__isnull=True, withdrawn=False)
    count = 0
    for user in people_of(waiting.order_by().values_list("person_id", flat=True).distinct()):
        count += _gathered(user)
    return count


def _gathered(user: User) -> int:
    now = timezone.now().astimezone(zone_of(user))
    if now.hour < MORNING:
        return 0
    key = f"digest:{user.pk}:{now.date().isoformat()}"
    if Mail.objects.filter(key=key).exists():
        return 0
    mine = Notification.objects.filter(person_id=user.pk, how="digest", mailed_at__isnull=True, withdrawn=False)
    ids = list(mine.order_by("-pk").values_list("pk", flat=True))
    with translation.override(language_of(user)):
        subject = _("Your day in Coordina")
    send(
        to=user,
        subject=subject,
        composer="activity.news",
        data={"ids": ids[:MOST]},
        key=key,
        language=language_of(user),
    )
    Notification.objects.filter(pk__in=ids).update(mailed_at=now)
    return 1


def zone_of(user: User) -> ZoneInfo:
    """The time zone in which somebody's day begins."""
    return locales.zone_of(user, the_company())


KEPT = timedelta(days=180)
READ_KEPT = timedelta(days=60)
MAIL_KEPT = timedelta(days=90)


@task(label=gettext_lazy("Tidying up old notifications"))
def prune() -> int:
    """Drop read notifications after 60 days, all after 180, and mails that are over after 90. Gives how many."""
    now = timezone.now()
    old = Notification.objects.filter(at__lt=now - KEPT)
    read = Notification.objects.filter(at__lt=now - READ_KEPT, read_at__lt=now - READ_KEPT)
    over = Mail.objects.filter(state__in=("sent", "cancelled"), created_at__lt=now - MAIL_KEPT)
    return (
        sum(Notification.objects.filter(pk__in=rows.values("pk")[:5000]).delete()[0] for rows in (old, read))
        + (Mail.objects.filter(pk__in=over.values("pk")[:5000]).delete()[0])
    )


schedule("activity.digest", gather, "11 * * * *")
schedule("activity.prune", prune, "41 3 * * *")
