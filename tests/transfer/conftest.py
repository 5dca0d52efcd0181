"""Archives of everything, written and forged."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

type Forge = Callable[..., Path]


def members_of(path: Path) -> dict[str, str]:
    """Digests of an archive's members, by name."""
    with zipfile.ZipFile(path) as packed:
        manifest = json.loads(packed.read("manifest.json"))
    return {name: facts["sha256"] for name, facts in manifest["members"].items()}


def manifest_of(path: Path) -> dict[str, Any]:
    """What an archive says of itself."""
    with zipfile.ZipFile(path) as packed:
        found: dict[str, Any] = json.loads(packed.read("manifest.json"))
    return found


@pytest.fixture
def forge(tmp_path: Path) -> Forge:
    """Writes an archive anew with members put in, replaced or left out, and with a manifest that fits or does not."""

    def write(
        source: Path,
        members: Mapping[str, bytes | None] | None = None,
        *,
        manifest: Mapping[str, Any] | None = None,
        honest: bool = True,
        twice: str = "",
    ) -> Path:
        target = tmp_path / "forged.zip"
        with zipfile.ZipFile(source) as packed:
            held: dict[str, Any] = {name: packed.read(name) for name in packed.namelist()}
        said = json.loads(held.pop("manifest.json"))
        for name, content in (members or {}).items():
            held[name] = content
            if honest:
                said["members"].pop(name, None)
                if content is not None:
                    said["members"][name] = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        said |= manifest or {}
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, content in held.items():
                if content is not None:
                    packed.writestr(name, content)
            if twice:
                packed.writestr(twice, b"again")
            packed.writestr("manifest.json", json.dumps(said))
        return target

    return write
