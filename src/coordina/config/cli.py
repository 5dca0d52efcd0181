"""The command line: ``python -m coordina COMMAND``.

``serve``, ``backup`` and ``restore`` work without Django, so that they start at once and stand beside a broken
database; every other command is one of Django's or of a room's.
"""

import os
import sys
from importlib import import_module

from coordina.config import lifeline
from coordina.config.env import BadSetting

#: Commands of this floor, each a module with ``command(arguments)``.
OWN = {"serve": "server", "web": "web", "backup": "backup", "restore": "restore", "bench": "bench.command"}


class CommandFailed(Exception):
    """A command cannot do its work. The message is the one line that the person reads."""


def main() -> None:
    """Run the command named in the arguments of the process."""
    lifeline.hold()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coordina.config.settings")
    name, arguments = (sys.argv[1], sys.argv[2:]) if len(sys.argv) > 1 else ("help", [])
    try:
        if name in OWN:
            import_module(f"coordina.config.{OWN[name]}").command(arguments)
        else:
            from django.core.management import execute_from_command_line

            execute_from_command_line(["coordina", name, *arguments])
    except (CommandFailed, BadSetting) as fault:
        sys.exit(str(fault))
    except KeyboardInterrupt:
        sys.exit(130)
