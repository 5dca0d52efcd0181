"""Asking for a password on the command line, so that it stands in no history and no list of processes."""

import sys
from getpass import getpass

from django.core.management.base import CommandError


def ask(*, stdin: bool) -> str:
    """The password as it was typed.

    Args:
        stdin: Read one line from standard input instead of asking twice on the terminal.

    Raises:
        CommandError: When nothing or two different passwords were typed, or there is no terminal to ask on.
    """
    if stdin:
        typed = sys.stdin.readline().rstrip("\r\n")
    elif not sys.stdin.isatty():
        raise CommandError("There is no terminal to ask on. Pass the password through standard input with --stdin.")
    else:
        typed = getpass("New password: ")
        if typed != getpass("Once more: "):
            raise CommandError("The two are not the same. Nothing was changed.")
    if not typed:
        raise CommandError("The password is empty. Nothing was changed.")
    return typed
