"""The command line: ``python -m coordina COMMAND``. Every command is one of Django's or of a room's."""

import os
import sys


def main() -> None:
    """Run the command named in the arguments of the process."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coordina.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
