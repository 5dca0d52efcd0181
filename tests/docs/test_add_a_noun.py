"""The recipe of docs/add-a-noun.md is true: its blocks, taken out of the page, are a room that works over HTTP."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "add-a-noun.md"
USE = "import django; django.setup(); from tests.docs.noun_journey import main; main()"
_BLOCK = re.compile(r"^```(?:python|html|po)\n(?:#|\{#) (samples/\S+?)(?: #\})?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def files() -> dict[str, str]:
    """The files that the page writes, by path."""
    return dict(_BLOCK.findall(PAGE.read_text(encoding="utf-8")))


def test_every_block_of_code_says_where_it_goes() -> None:
    blocks = re.findall(r"^```(python|html|po)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(blocks) == len(files())


def test_the_room_is_translated_whole() -> None:
    """Every text of the room is in its catalogue or in Coordina's own."""
    from coordina.config import translations

    found = files()
    said = {t for body in found.values() for t in re.findall(r'(?:\b_\(|\{% translate )"([^"]+)"', body)}
    own = set(re.findall(r'^msgid "(.+)"$', found["samples/locale/es/LC_MESSAGES/django.po"], re.MULTILINE))
    ours = {str(m.id[0] if isinstance(m.id, list | tuple) else m.id) for m in translations.catalogue("es") if m.string}
    assert said - own - ours == set()
    assert own <= said


@pytest.mark.slow
def test_the_recipe_builds_a_room_that_works(tmp_path: Path) -> None:
    for path, body in files().items():
        target = tmp_path / "rooms" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(body, encoding="utf-8")
    catalogue = tmp_path / "rooms/samples/locale/es/LC_MESSAGES/django.po"
    with catalogue.open("rb") as source, catalogue.with_suffix(".mo").open("wb") as target_file:
        write_mo(target_file, read_po(source, locale="es"))
    (tmp_path / "data").mkdir()
    settings = {
        "DJANGO_SETTINGS_MODULE": "coordina.config.settings",
        "COORDINA_DATA": str(tmp_path / "data"),
        "COORDINA_ROOMS": "samples",
        "COORDINA_DEBUG": "1",  # static files need not be gathered
        "DATABASE_URL": "",
        "PYTHONPATH": os.pathsep.join([str(tmp_path / "rooms"), str(ROOT / "src"), str(ROOT)]),
    }
    done = subprocess.run(
        [sys.executable, "-c", USE],
        env={**os.environ, **settings},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-6000:]
