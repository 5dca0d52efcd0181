"""Set a user's password, from the command line of the server: for administrators who lost theirs."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from coordina.accounts.actions import give_access, set_password
from coordina.accounts.models import User
from coordina.config.management.commands.create_user import role_named
from coordina.config.passwords import ask
from coordina.core.refusals import Refusal
from coordina.ledger.change_sets import change_set


class Command(BaseCommand):
    help = "Set a user's password and let them sign in, even if their access had ended. Their sessions end."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="what they sign in with")
        parser.add_argument("--role", help="give them this role too, by its stable name, such as administrator")
        parser.add_argument("--stdin", action="store_true", help="read the password from standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        role = role_named(options["role"]) if options["role"] else None
        user = User.objects.filter(email=options["email"].strip().lower()).first()
        if user is None:
            raise CommandError(f"Nobody signs in with {options['email']}. Use create_user.")
        password, at = ask(stdin=options["stdin"]), timezone.now()
        try:
            with change_set(by=None, at=at, via="command", action="accounts.set_password", undoable=False):
                if role is not None:
                    user.role = role
                    user.save()
                if user.is_active:
                    set_password(user=user, password=password, by=None, at=at)
                else:
                    give_access(user=user, email=user.email or "", password=password, by=None, at=at)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        print(f"{user.email} can sign in with the new password.")
