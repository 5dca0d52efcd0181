"""Rebuild what is derived from records, or say whether it is as it should be."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from coordina.core.derived import REBUILDS


class Command(BaseCommand):
    """Every derived table, or `--check` to compare only."""

    help = "Rebuild the search index and rollups; --check only compares."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = 0
        for name, (rebuild, compare) in REBUILDS.items():
            if options["check"]:
                found = compare()
                wrong += found
                self.stdout.write(f"{name}: {found} differences")
            else:
                self.stdout.write(f"{name}: {rebuild()} rows")
        if wrong:
            sys.exit(1)
