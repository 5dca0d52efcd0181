"""`python -m coordina demo`: fill an empty database with the demo company and say who can be played."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from coordina.accounts.demo import PASSWORD, sign_ins
from coordina.accounts.models import Organization, User
from coordina.config.demo.fill import fill


class Command(BaseCommand):
    help = "Fill an empty database with the demo company, then list its sign-ins."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing where there is a company already")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (Organization.objects.exists() or User.objects.exists()):
            fill(timezone.now())
        elif not options["if_empty"]:
            raise CommandError("There is a company in this database already.")
        if people := sign_ins():
            width = max(len(one.email) for one in people)
            lines = [f"  {one.email:<{width}}  {one.role} ({one.name})" for one in people]
            self.stdout.write("\n".join([f"Demo sign-ins, all with the password {PASSWORD}:", *lines]))
