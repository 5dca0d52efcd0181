"""What somebody made of an archive does not come in: nothing outside its folders, nothing beyond measure."""

import io
import json
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings

from coordina.accounts.models import Team
from coordina.transfer import coming_in
from coordina.transfer.going_out import write_everything
from coordina.transfer.opening import Refused, opened
from tests.transfer.rows import empty, fill
from tests.world import World

from .conftest import Forge, manifest_of

pytestmark = pytest.mark.django_db(transaction=True)
TEAM = "data/accounts.Team.jsonl"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive of a small company with a file, whose database is empty again."""
    World()
    (Path(settings.MEDIA_ROOT) / "ab").mkdir(parents=True)
    (Path(settings.MEDIA_ROOT) / "ab" / ("ab" + "0" * 38)).write_bytes(b"plan")
    write_everything(tmp_path / "a.zip")
    (Path(settings.MEDIA_ROOT) / "ab" / ("ab" + "0" * 38)).unlink()
    empty()
    return tmp_path / "a.zip"


def take(path: Path, *, other_key: bool = False) -> None:
    """Read an archive as the command does."""
    with opened(path) as source:
        coming_in.check_archive(source, other_key=other_key)
        source.check(lambda done: None)
        coming_in.bring_in(source)


def refused(path: Path, match: str, *, other_key: bool = False) -> None:
    """An archive that does not come in leaves nothing behind."""
    with pytest.raises(Refused, match=match):
        take(path, other_key=other_key)
    assert coming_in.is_empty()
    assert not coming_in.holds_files()


@pytest.mark.parametrize(
    "name",
    [
        "../outside", "/etc/outside", "files/../../outside", "files/ab/../outside", "files\\ab\\outside",
        "files/ab/" + "a" * 39 + "/", "imports/../outside", "imports/.hidden", "data/accounts.Team.jsonl/x",
        "secret.key", "data/../x.jsonl", "imports/a\x00b",
    ],
)  # fmt: skip
def test_only_names_that_archives_have(archive: Path, forge: Forge, tmp_path: Path, name: str) -> None:
    refused(forge(archive, {name: b"x"}), "which no archive|damaged")
    assert not list(tmp_path.parent.rglob("outside"))


def test_a_link_is_read_as_bytes_and_never_followed(archive: Path, tmp_path: Path) -> None:
    target = tmp_path / "linked.zip"
    with zipfile.ZipFile(archive) as source, zipfile.ZipFile(target, "w") as packed:
        for name in source.namelist():
            info = zipfile.ZipInfo(name)
            info.external_attr = 0o120777 << 16
            packed.writestr(info, source.read(name))
    take(target)
    (kept,) = (path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())
    assert not kept.is_symlink() and kept.read_bytes() == b"plan" and kept.stat().st_mode & 0o777 == 0o600


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_changed_byte_is_found_before_anything_is_written(archive: Path, forge: Forge) -> None:
    with zipfile.ZipFile(archive) as packed:
        rows = packed.read(TEAM)
    refused(forge(archive, {TEAM: rows.replace(b"Norte", b"Sorte")}, honest=False), f"damaged at {TEAM}")
    refused(forge(archive, {TEAM: rows + b" "}, honest=False), f"damaged at {TEAM}")
    refused(forge(archive, {TEAM: None}, honest=False), f"damaged at {TEAM}")
    refused(forge(archive, {TEAM: None}), f"lacks {TEAM}")
    refused(forge(archive, twice=TEAM), "which no archive")


@pytest.mark.parametrize(
    ("line", "match"),
    [
        (b'{"id": 1}\n', "other columns"),
        (b"[1]\n", "no row"),
        (b"{\n", "damaged"),
        (b'{"id": 9', "cut off"),
        (b"", "other rows"),
    ],
)
def test_rows_that_are_none(archive: Path, forge: Forge, line: bytes, match: str) -> None:
    refused(forge(archive, {TEAM: line}), match)


def test_rows_that_contradict_each_other(archive: Path, forge: Forge) -> None:
    with zipfile.ZipFile(archive) as packed:
        teams = [json.loads(line) for line in packed.read(TEAM).splitlines()]
    teams[0]["parent_id"] = 4711
    lines = "".join(json.dumps(team) + "\n" for team in teams).encode()
    refused(forge(archive, {TEAM: lines}), "database refused")
    teams[0] |= {"parent_id": None, "name": teams[1]["name"]}
    refused(forge(archive, {TEAM: "".join(json.dumps(t) + "\n" for t in teams).encode()}), "database refused")
    teams[0] |= {"name": "Otra", "created_at": "yesterday"}
    refused(forge(archive, {TEAM: "".join(json.dumps(t) + "\n" for t in teams).encode()}), "cannot be read")


def test_an_archive_of_another_version(archive: Path, forge: Forge) -> None:
    said = manifest_of(archive)
    refused(forge(archive, manifest={"format": 2}), "newer Coordina")
    refused(forge(archive, manifest={"migrations": said["migrations"] | {"leads": []}}), "with tables of another form")
    refused(forge(archive, manifest={"rows": said["rows"] | {"samples.Sample": 0}}), "unknown here: samples.Sample")
    refused(forge(archive, manifest={"members": 1}), "says too little")


def test_another_key_would_forget_whom_nobody_may_write_to(tmp_path: Path, settings: Any) -> None:
    fill()
    write_everything(tmp_path / "a.zip")
    empty()
    settings.SECRET_KEY = "another " * 8
    refused(tmp_path / "a.zip", "another SECRET_KEY, by which 2 addresses")
    with opened(tmp_path / "a.zip") as source:
        coming_in.check_archive(source, other_key=True)


def test_bombs_are_not_unpacked(archive: Path, forge: Forge) -> None:
    refused(forge(archive, {TEAM: b" " * (20 << 20)}), "beyond measure")
    data = bytearray(forge(archive, {TEAM: b" " * 4096}).read_bytes())
    where = data.rfind(b"PK\x01\x02", 0, data.rfind(TEAM.encode()))
    size = struct.pack("<I", 10)
    data[where + 24 : where + 28] = size  # the directory says less than is there
    liar = archive.with_name("liar.zip")
    liar.write_bytes(bytes(data))
    refused(liar, "damaged")


def test_there_must_be_room(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("usage", (), {"free": 1000})())
    with pytest.raises(Refused, match="too little room"), opened(archive) as source:
        source.check_room(archive.parent)


@pytest.mark.parametrize("content", [b"", b"PK", b"nothing at all", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_archive(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "b.zip").write_bytes(content)
    with pytest.raises(Refused, match="no whole archive"), opened(tmp_path / "b.zip"):
        pass


def test_a_cut_archive(archive: Path) -> None:
    content = archive.read_bytes()
    for size in (10, len(content) // 2, len(content) - 5):
        archive.write_bytes(content[:size])
        with pytest.raises(Refused), opened(archive):
            pass


def test_it_comes_in_only_where_nothing_is(archive: Path) -> None:
    World()
    with pytest.raises(Refused, match="not empty \\(it holds Lumbrera\\)"), opened(archive) as source:
        coming_in.bring_in(source)
    assert Team.objects.count() == 2
    assert not coming_in.holds_files()


def test_who_writes_it_alone_may_read_it(archive: Path) -> None:
    assert archive.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(io.BytesIO(archive.read_bytes())) as packed:
        assert packed.testzip() is None
    assert apps.is_installed("coordina.transfer")
