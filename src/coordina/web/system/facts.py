"""What the installation uses and how each part is, for the page of the system: state and what to do, no secret."""

import json
import platform
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordina import __version__
from coordina.accounts.quarantine import held
from coordina.activity.mail import configured
from coordina.activity.outgoing import trouble
from coordina.core.database import version_and_size
from coordina.core.formats import Formats
from coordina.core.storing.areas import the_store
from coordina.core.storing.stores import Trouble
from coordina.ledger.models.jobs import LIVE, Job, JobState
from coordina.ledger.queue import broker
from coordina.ledger.queue.pulse import seen_lately
from coordina.records.files import how_many
from coordina.web.system.addresses import database_shown, shown
from coordina.web.system.readiness import PATIENCE, broker_waiting, cache_answers, missing

OLD_BACKUP = timedelta(days=7)
SLOW = timedelta(minutes=10)
"""How long a job may wait for its turn before that is worth a look."""
LEAST_FREE = 2 * 1024**3
LEAST_SHARE = 0.1
"""Free room on the disk, in bytes and as a part of it, below which somebody should look."""
MOST = 1000
BACKUPS = "last-backup.json"
"""Written beside the database by `./run backup`."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the page.

    Attributes:
        good: Whether it is in order; None where there is nothing to judge.
        advice: What to do where it is not.
    """

    label: str
    value: str
    good: bool | None = None
    advice: str = ""
    url: str = ""


def facts(formats: Formats) -> list[tuple[str, list[Fact]]]:
    """All lines, in groups."""
    now = timezone.now()
    groups: tuple[tuple[str, tuple[Callable[[Formats, datetime], Iterator[Fact]], ...]], ...] = (
        (_("Program"), (_program, _workers, _jobs)),
        (_("Data"), (_database, _files, _disk, _backup)),
        (_("Services"), (_cache, _broker, _mail)),
    )
    return [(title, [fact for ask in asked for fact in ask(formats, now)]) for title, asked in groups]


def _program(formats: Formats, now: datetime) -> Iterator[Fact]:
    versions = f"Coordina {__version__} · Python {platform.python_version()} · Django {django.get_version()}"
    yield Fact(_("Version"), versions)
    parts = urlsplit(settings.BASE_URL)
    safe = parts.scheme == "https" or parts.hostname in ("localhost", "127.0.0.1", "::1")
    yield Fact(
        _("Address"),
        shown(settings.BASE_URL),
        safe,
        _("Put a proxy with a certificate in front and set BASE_URL to the https address."),
    )
    count = len(missing())
    text = ngettext("%(count)s is missing", "%(count)s are missing", count) % {"count": count}
    advice = _("Start Coordina again with serve, or run ./run manage migrate.")
    yield Fact(_("Migrations"), text if count else _("All applied"), not count, advice)


def _workers(formats: Formats, now: datetime) -> Iterator[Fact]:
    found = seen_lately()
    names = ", ".join(f"{pulse.name.rpartition(':')[0]} ({pulse.threads})" for pulse in found[:10])
    advice = _("Nothing happens in the background: start a worker with ./run manage worker, or Coordina with serve.")
    yield Fact(_("Workers"), names or _("None seen lately"), bool(found), advice)


def _jobs(formats: Formats, now: datetime) -> Iterator[Fact]:
    live = Job.objects.filter(state__in=LIVE, run_at__lte=now)
    count = live[:MOST].count()
    oldest = live.filter(state=JobState.READY).order_by("run_at").values_list("run_at", flat=True).first()
    text = _("Nothing waits") if not count else formats.integer(count) + ("+" if count == MOST else "")
    if oldest is not None:
        text += " · " + _("the oldest since %(when)s") % {"when": formats.relative(oldest, now)}
    slow = oldest is not None and now - oldest > SLOW
    advice = _("Start more workers, or see what the running ones are doing.")
    yield Fact(_("Jobs in the queue"), text, not slow, advice)
    failed = Job.objects.filter(state=JobState.DEAD)[:MOST].count()
    advice = _("They stand below, with what can be done.")
    yield Fact(_("Failed jobs"), formats.integer(failed) if failed else _("None failed"), not failed, advice)


def _database(formats: Formats, now: datetime) -> Iterator[Fact]:
    kind, size = version_and_size()
    place = database_shown(connection.settings_dict)
    yield Fact(_("Database"), f"{kind} · {formats.file_size(size)} · {place}", True)


def _files(formats: Formats, now: datetime) -> Iterator[Fact]:
    count = how_many()
    text = ngettext("%(count)s file", "%(count)s files", count) % {"count": formats.integer(count)}
    trouble = the_store().trouble(PATIENCE)
    if trouble is None:
        yield Fact(_("Files"), f"{text} · {the_store()}", None if settings.FILES is None else True)
        return
    said = f" ({trouble.code})" if trouble.code else ""
    yield Fact(_("Files"), f"{text} · {the_store()}{said}", False, _advice(trouble.trouble))


def _advice(trouble: Trouble) -> str:
    """What to do about a bucket that does not work."""
    texts = {
        Trouble.SILENT: _("The bucket does not answer: see whether its service runs and COORDINA_FILES is right."),
        Trouble.REFUSED: _("The bucket refuses the keys: see AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and its rights."),
        Trouble.NO_BUCKET: _("There is no such bucket: make it, or write its name in COORDINA_FILES."),
        Trouble.FAILED: _("The bucket answers with a fault: see the log of its service and COORDINA_FILES."),
    }
    return texts[trouble]


def _disk(formats: Formats, now: datetime) -> Iterator[Fact]:
    try:
        room = shutil.disk_usage(settings.DATA_DIR)
    except OSError:
        return
    little = room.free < LEAST_FREE or room.free < room.total * LEAST_SHARE
    text = _("%(free)s of %(total)s free") % {
        "free": formats.file_size(room.free),
        "total": formats.file_size(room.total),
    }
    yield Fact(_("Disk"), text, not little, _("Make room: without it nothing can be written."))


def last_backup() -> dict[str, Any] | None:
    """When the last backup was made (`made_at`, ISO) and how large it is (`bytes`); None where nobody knows of one."""
    try:
        found: dict[str, Any] = json.loads((Path(settings.DATA_DIR) / BACKUPS).read_text())
        datetime.fromisoformat(found["made_at"])
        return found
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _backup(formats: Formats, now: datetime) -> Iterator[Fact]:
    found = last_backup()
    advice = _("Let ./run backup run every night, and keep the archives on another machine.")
    if found is None:
        yield Fact(_("Last backup"), _("None known"), False, advice)
        return
    at = datetime.fromisoformat(found["made_at"])
    text = f"{formats.exact(at)} · {formats.file_size(int(found.get('bytes', 0)))}"
    yield Fact(_("Last backup"), text, now - at < OLD_BACKUP, advice)


def _cache(formats: Formats, now: datetime) -> Iterator[Fact]:
    if not settings.REDIS_URL:
        yield Fact(_("Cache"), _("None; one machine needs none"))
        return
    advice = _("It does not answer: see whether Redis runs and REDIS_URL is right.")
    yield Fact(_("Cache"), shown(settings.REDIS_URL), cache_answers(), advice)


def _broker(formats: Formats, now: datetime) -> Iterator[Fact]:
    if not broker.in_use():
        yield Fact(_("Broker"), _("None; workers read the queue table"))
        return
    place, waiting = shown(settings.BROKER_URL), broker_waiting()
    lost = [since for pulse in seen_lately() if (since := pulse.broker_away_since) is not None]
    away = " · " + _("away since %(when)s") % {"when": formats.exact(min(lost))} if lost else ""
    if waiting is None:
        advice = _("Jobs go on, a second later each: workers look for them. See whether it runs and BROKER_URL fits.")
        yield Fact(_("Broker"), f"{place} · " + _("does not answer") + away, False, advice)
        return
    text = ngettext("%(count)s message waits", "%(count)s messages wait", waiting) % {"count": formats.integer(waiting)}
    count = len(lost)
    left = ngettext("%(count)s worker does not reach it", "%(count)s workers do not reach it", count) % {"count": count}
    advice = _("Their jobs go on, a second later each. See whether BROKER_URL is the same on all machines.")
    value = f"{place} · " + _("in use") + f" · {text}" + (f" · {left}{away}" if lost else "")
    yield Fact(_("Broker"), value, not lost, advice)


def _mail(formats: Formats, now: datetime) -> Iterator[Fact]:
    if held():
        advice = _("A backup was restored: look through what waits and let messages leave again.")
        yield Fact(_("Messages"), _("Nothing leaves"), False, advice, "web:system_held")
    if not configured():
        advice = _("E-mails are kept and not sent: set EMAIL_URL.")
        yield Fact(_("E-mail"), _("No mail server"), False, advice, "activity:outgoing")
        return
    advice = _("E-mails cannot be delivered: see Outgoing mail.")
    yield Fact(_("E-mail"), shown(settings.EMAIL_URL), trouble() is None, advice, "activity:outgoing")
