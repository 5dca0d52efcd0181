"""Take the second factors of a user away, from the command line of the server: for whoever lost telephone and codes."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from coordina.accounts.factors.actions import reset_factors
from coordina.accounts.models import User
from coordina.core.refusals import Refusal
from coordina.ledger.change_sets import change_set


class Command(BaseCommand):
    help = "Take app, passkeys and recovery codes of a user away. Their sessions end; the password stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="what they sign in with")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["email"].strip().lower()).first()
        if user is None:
            raise CommandError(f"Nobody signs in with {options['email']}.")
        at = timezone.now()
        subject: dict[str, Any] = {"subject_type": User._meta.label, "subject_id": user.pk, "undoable": False}
        try:
            with change_set(by=None, at=at, via="command", action="accounts.reset_factors", **subject):
                reset_factors(user=user, by=None, at=at)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        print(f"{user.email} signs in with the password alone now. Where the role asks for it, they set a factor up.")
