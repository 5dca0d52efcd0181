"""Make a user who can sign in, from the command line of the server: for whoever stands before a locked door."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from coordina.accounts.actions import give_access
from coordina.accounts.models import Organization, Role, User
from coordina.config.passwords import ask
from coordina.core.refusals import Refusal
from coordina.ledger.change_sets import change_set


class Command(BaseCommand):
    help = "Make a user who can sign in. The password is asked for, or read from standard input with --stdin."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="what they sign in with")
        parser.add_argument("--name", help="as colleagues read it; the e-mail by default")
        parser.add_argument("--role", default="representative", help="stable name or name of a role (representative)")
        parser.add_argument("--stdin", action="store_true", help="read the password from standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        if not Organization.objects.exists():
            raise CommandError("There is no company yet. Open the first-run page in a browser.")
        role = role_named(options["role"])
        email, password = options["email"], ask(stdin=options["stdin"])
        try:
            with change_set(by=None, at=timezone.now(), via="command", action="accounts.give_access"):
                user: User = User.objects.create(name=options["name"] or email, role=role)
                give_access(user=user, email=email, password=password, by=None, at=timezone.now())
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        print(f"{user.email} can sign in as {role.name}.")


def role_named(text: str) -> Role:
    """The role with this stable name or name.

    Raises:
        CommandError: Naming the roles there are.
    """
    found = Role.objects.filter(slug=text).first() if text else None
    found = found or Role.objects.filter(name__iexact=text).first()
    if found is None:
        known = ", ".join(role.slug or role.name for role in Role.objects.order_by("pk"))
        raise CommandError(f"There is no role “{text}”. There are: {known}.")
    return found
