"""`python -m coordina verify_seed`: prove that a database is as use leaves it."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from coordina.accounts import definitions
from coordina.config.seed.verify import checks


class Command(BaseCommand):
    help = "Check ledger, ways, search rows, sums and references against the records."

    def handle(self, *args: Any, **options: Any) -> None:
        definitions.agree()
        wrong = 0
        for name, count in checks():
            if found := count():
                wrong += found
                print(f"{name}: {found} wrong")
        print("Something is not as use leaves it." if wrong else "All is as use leaves it.")
        if wrong:
            sys.exit(1)
