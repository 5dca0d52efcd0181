"""`python -m coordina seed --rows N`: fill an empty database for measuring."""

import time
from datetime import timedelta
from random import Random
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone

from coordina.accounts.models import Organization
from coordina.config.seed.crop import DAYS, Crop
from coordina.config.seed.house import build
from coordina.config.seed.straight import settle_ids, sowing
from coordina.core.derived import REBUILDS
from coordina.pipeline.paces import measure
from coordina.records.duplicates.pairs import look

SOWN = ("search",)
"""Derived tables that are sown with their records; all others are made of them afterwards."""


class Command(BaseCommand):
    help = "Fill an empty database with many opportunities, for measuring."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rows", type=int, required=True, help="opportunities")
        parser.add_argument("--password", required=True, help="of director@, manager@ and representative@bench.example")

    def handle(self, *args: Any, **options: Any) -> None:
        if Organization.objects.exists():
            raise CommandError("There is a company in this database already.")
        began, now, done = time.monotonic(), timezone.now(), 0
        draw = Random(7)  # noqa: S311 (the same rows each time; nothing here is secret)
        house = build(draw, now - timedelta(days=DAYS), options["password"])
        crop = Crop(draw, house, options["rows"], now)

        def progress(size: int) -> None:
            nonlocal done
            done += size
            if options["verbosity"] > 1 and done % 20_000 < size:
                print(f"{done} rows, {time.monotonic() - began:.0f} s", flush=True)

        with sowing():
            crop.sow_companies(progress)
            crop.sow_people(progress)
            crop.sow_opportunities(progress)
        settle_ids(*(sower.model for sower in crop.sowers))
        measure(now.date())
        for name, (rebuild, _compare) in REBUILDS.items():
            if name not in SOWN:
                rebuild()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        while look():
            progress(0)
        print(f"{options['rows']} opportunities in {time.monotonic() - began:.1f} s")
