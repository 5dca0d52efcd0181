"""``verify_ledger``: check the whole ledger against its seals."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from coordina.ledger.sealing.making import seal_all
from coordina.ledger.sealing.verifying import remember, verify


class Command(BaseCommand):
    help = (
        "Seal what is new, then compare the whole ledger with its seals; exit with 1 where something is not as it was."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--root", default="", help="a root that was kept outside: it must stand in the chain")
        parser.add_argument("--no-seal", action="store_true", help="do not seal what is new before")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["no_seal"]:
            seal_all()
        report = verify(anchor=options["root"])
        remember(report, None)
        print(f"{report.seals} seals, {report.leaves} digests, {sum(report.erased.values())} values erased for good.")
        print(f"Newest root: {report.root}")
        for found in report.findings:
            place = " ".join(str(part) for part in (found.model, found.pk or "") if part) or "the change set itself"
            where = f"change set {found.change_set}: {place}" if found.change_set else f"seal {found.seal}"
            print(f"{found.what}: {where}")
        if report.wrong:
            print(f"{report.wrong} findings.")
            sys.exit(1)
        print("Everything is as it was sealed.")
