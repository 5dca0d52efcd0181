"""`python -m coordina seed --rows N`: fill an empty database for measuring."""

import time
from datetime import timedelta
from random import Random
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone

from coordina.accounts.models import Organization
from coordina.activity.alerts.jobs import ask_again
from coordina.config.seed.added import DRAFTS, Added
from coordina.config.seed.crop import DAYS, Crop
from coordina.config.seed.house import build
from coordina.config.seed.straight import settle_ids, sowing
from coordina.core.derived import REBUILDS
from coordina.ledger.models.jobs import Job, JobState
from coordina.pipeline.paces import measure
from coordina.records.duplicates.pairs import look
from coordina.records.models import MatchDue

SOWN = ("search",)
"""Derived tables that are sown with their records; all others are made of them afterwards."""


class Command(BaseCommand):
    help = "Fill an empty database with many opportunities, for measuring."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rows", type=int, required=True, help="opportunities")
        parser.add_argument("--people", type=int, help="people; a tenth of the rows unless said")
        parser.add_argument(
            "--custom-fields", type=int, default=0, choices=range(len(DRAFTS) + 1), help="fields of their own"
        )
        parser.add_argument("--password", required=True, help="of director@, manager@ and representative@bench.example")
        parser.add_argument(
            "--without-twins",
            action="store_true",
            help="look for no duplicates: with half a million people that takes long",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if Organization.objects.exists():
            raise CommandError("There is a company in this database already.")
        began, now, done = time.monotonic(), timezone.now(), 0
        draw = Random(7)  # noqa: S311 (the same rows each time; nothing here is secret)
        first, rows = now - timedelta(days=DAYS), options["rows"]
        house = build(draw, first, options["password"])
        added = Added(options["custom_fields"], house.coordinators[0], first)
        people = max(40, options["people"] if options["people"] is not None else rows // 10)
        crop = Crop(draw, house, rows, people, added, now)

        def say(text: str) -> None:
            if options["verbosity"] > 1:
                print(f"{time.monotonic() - began:6.0f} s  {text}", flush=True)

        def progress(size: int) -> None:
            nonlocal done
            done += size
            if done % 20_000 < size:
                say(f"{done} rows")

        with sowing():
            crop.sow_companies(progress)
            crop.sow_people(progress)
            crop.sow_opportunities(progress)
        settle_ids(*(sower.model for sower in crop.sowers))
        measure(now.date())
        for name, (rebuild, _compare) in REBUILDS.items():
            if name not in SOWN:
                rebuild()
                say(f"{name} rebuilt")
        Job.objects.filter(task=ask_again.module_path, state=JobState.READY).delete()  # everything has just been asked
        if options["without_twins"]:
            MatchDue.objects.all().delete()
        while looked := look():
            say(f"twins of {looked} looked for")
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        print(f"{options['rows']} opportunities in {time.monotonic() - began:.1f} s")
