"""What must not stand in the repository: secrets, this machine's paths, addresses of package registries."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Written in pieces, or this file would hold what it looks for.
REGISTRIES = ["pypi" + r"\.org", "pythonhosted" + r"\.org", "npmjs" + r"\.(org|com)", "debian" + r"\.org"]
MACHINE = ["/ro" + "ot/", "/wor" + "k/", r"/home/[a-z]+/", "/Use" + "rs/"]
SECRETS = [
    "-----BEGIN [A-Z ]*PRIVATE" + " KEY-----",
    r"\bAKIA[0-9A-Z]{16}\b",
    r"\bgh[pousr]_[A-Za-z0-9]{36}\b",
    r"\bxox[baprs]-[A-Za-z0-9-]{10,}",
    r"(?i)\b(password|secret|token)\s*=\s*[\"'][A-Za-z0-9+/_-]{24,}[\"']",
]


def tracked() -> list[Path]:
    """Give the text files of the repository."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("this is no git repository")
    paths = (ROOT / name for name in done.stdout.split("\0") if name)
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:1024]]


@pytest.mark.parametrize("pattern", [*REGISTRIES, *MACHINE, *SECRETS])
def test_not_in_the_repository(pattern: str) -> None:
    looked_for = re.compile(pattern)
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked()
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if looked_for.search(line)
    ]
    assert not found


def test_lock_files_pin_every_package_by_hash() -> None:
    for lock in ROOT.glob("requirements*.lock"):
        pinned = re.findall(r"(?m)^([A-Za-z0-9._-]+(?:\[[a-z,]+\])?==.*(?:\n    --hash=.*)*)", lock.read_text())
        assert pinned, lock.name
        assert all("--hash=sha256:" in block for block in pinned), lock.name


def test_the_lock_of_developers_holds_the_lock_of_the_product() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"(?m)^([A-Za-z0-9._-]+(?:\[[a-z,]+\])?==\S+)", (ROOT / name).read_text()))

    assert pins("requirements.lock") <= pins("requirements-dev.lock")


def test_every_icon_that_is_used_is_cut_into_the_sprite() -> None:
    """Names in ``{% icon "x" %}`` of templates and ``icon="x"`` of declarations are listed in assets.json."""
    listed = set(re.findall(r'"([a-z0-9-]+)"', (ROOT / "assets.json").read_text().partition('"icons"')[2]))
    used: dict[str, str] = {}
    for path in sorted((ROOT / "src" / "coordina").rglob("*")):
        if path.suffix in {".html", ".py", ".js"} and "vendor" not in path.parts:
            text = path.read_text()
            for name in re.findall(
                r"""\{% icon ['"]([a-z0-9-]+)['"]|\bicon=['"]([a-z0-9-]+)['"]|icons\.svg#([a-z0-9-]+)""", text
            ):
                used.setdefault(next(filter(None, name)), str(path.relative_to(ROOT)))
    assert {name: where for name, where in used.items() if name not in listed} == {}
