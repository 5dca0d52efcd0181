"""What processes have used, from /proc."""

import os
from pathlib import Path

TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")


def family(*roots: int) -> set[int]:
    """Processes with all that descend from them."""
    parents = {pid: parent for pid, (parent, _used) in _all().items()}
    found = set(roots)
    grown = True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        found |= more
        grown = bool(more)
    return found


def cpu_ms(*roots: int) -> float:
    """Processor time, user and system, of processes with all that descend from them, ended ones included."""
    known = _all()
    return sum(known[pid][1] for pid in family(*roots) if pid in known) * TICK_MS


def private_mb(pids: set[int]) -> float:
    """Memory that these processes share with nobody."""
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))
    return total / 1024


def command_of(pid: int) -> str:
    """The command line of a process."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def _all() -> dict[int, tuple[int, int]]:
    """Parent and used ticks (its own, and those of children that ended) of every process."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                values = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            found[int(entry.name)] = (int(values[1]), sum(int(v) for v in values[11:15]))
    return found
