"""The list of erasures beside the database: what a restore brings back is erased again by it.

`erasures.jsonl` in the data folder has a line for each erased record: the label of its model, its id, and a mark of the
company, so that the list of one company never erases people of another. It is no part of a backup and no restore
replaces it.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from django.conf import settings

from coordina.accounts.models import Organization

NAME = "erasures.jsonl"


def path() -> Path:
    """Where the list is."""
    return Path(settings.DATA_DIR) / NAME


def mark() -> str:
    """What tells this company from any other that ever was: the moment it was founded."""
    born = Organization.objects.order_by("pk").values_list("created_at", flat=True).first()
    return hashlib.sha256(born.isoformat().encode()).hexdigest()[:32] if born is not None else ""


def remember(ids: Mapping[str, Iterable[int]]) -> None:
    """Add records to the list; it is on disk when this comes back."""
    known = set(listed())
    ours = mark()
    new = [(label, pk) for label, keys in sorted(ids.items()) for pk in sorted(keys) if (label, pk) not in known]
    if not new:
        return
    with path().open("a", encoding="utf-8") as file:
        for label, pk in new:
            file.write(json.dumps({"company": ours, "type": label, "id": pk}) + "\n")
        file.flush()
        os.fsync(file.fileno())
    path().chmod(0o600)


def listed() -> list[tuple[str, int]]:
    """The records of this company that were erased."""
    if not path().exists():
        return []
    ours = mark()
    found = []
    for line in path().read_text(encoding="utf-8").splitlines():
        try:
            said = json.loads(line)
        except ValueError:
            continue  # cut off by a crash: the job that wrote it writes it again
        if said.get("company") == ours:
            found.append((str(said["type"]), int(said["id"])))
    return found
