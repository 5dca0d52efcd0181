"""Static files and templates: every icon exists, every file is small enough and readable, nothing is inline."""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

import coordina.web

WEB = Path(coordina.web.__file__).parent
ROOT = WEB.parent.parent.parent
STATIC = WEB / "static" / "coordina"
STYLES = sorted((STATIC / "css").glob("*.css"))
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
TEMPLATES = sorted(WEB.rglob("templates/**/*.html"))
ROOMS = sorted(WEB.parent.glob("*/templates/**/*.html"))
LINES = 500
BUDGET = 48 * 1024


def name(path: Path) -> str:
    return str(path.relative_to(WEB.parent))


@pytest.mark.parametrize("path", [*STYLES, *SCRIPTS], ids=name)
def test_a_file_is_short_and_its_lines_are_readable(path: Path) -> None:
    lines = path.read_text().splitlines()
    assert len(lines) <= LINES
    assert max(map(len, lines)) <= 320
    assert sum(map(len, lines)) / len(lines) < 80


def test_all_styles_and_scripts_together_are_small() -> None:
    together = b"".join(path.read_bytes() for path in [*STYLES, *SCRIPTS])
    assert len(gzip.compress(together)) < BUDGET


def test_every_style_sheet_is_linked_once() -> None:
    linked = [name for path in ROOMS for name in re.findall(r"coordina/css/([\w-]+\.css)", path.read_text())]
    assert sorted(set(linked)) == [path.name for path in STYLES]
    everywhere = re.findall(r"css/([\w-]+\.css)", (WEB / "templates/web/parts/styles.html").read_text())
    assert len(everywhere) == len(set(everywhere))


def test_every_script_is_loaded() -> None:
    loaded = "".join(path.read_text() for path in [*SCRIPTS, *TEMPLATES])
    for path in SCRIPTS:
        assert f"/{path.name}" in loaded


def test_every_imported_module_exists() -> None:
    for path in SCRIPTS:
        for target in re.findall(r'from "\./([\w-]+\.js)"|import "\./([\w-]+\.js)"', path.read_text()):
            assert (path.parent / "".join(target)).exists()


def named_icons() -> Iterator[tuple[str, str]]:
    tag = re.compile(r'{% icon "([\w-]+)"|icon="([\w-]+)"')
    for path in ROOMS:
        for found in tag.findall(path.read_text()):
            yield "".join(found), name(path)
    for path in SCRIPTS:
        for found in re.findall(r'icon\("([\w-]+)"', path.read_text()):
            yield found, name(path)


def test_every_named_icon_is_in_the_sprite() -> None:
    wanted = set(json.loads((ROOT / "assets.json").read_text())["icons"])
    assert sorted({(icon, where) for icon, where in named_icons() if icon not in wanted}) == []


def test_every_token_that_is_used_is_defined() -> None:
    styles = "".join(path.read_text() for path in STYLES)
    defined = set(re.findall(r"(--co-[\w-]+):", styles))
    assert set(re.findall(r"var\((--co-[\w-]+)", styles)) <= defined


def test_every_colour_is_a_token() -> None:
    for path in STYLES:
        if path.name == "tokens.css":
            continue
        bare = re.sub(r"url\([^)]*\)|light-dark\([^;]*\)|/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
        assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", bare)) <= ALLOWED, name(path)


ALLOWED = {"#85d49e", "#f1c063", "#dfe5e7", "#ffffff"}
"""On the toast, which is dark in both themes, and on paper."""


@pytest.mark.parametrize("path", ROOMS, ids=name)
def test_a_template_has_nothing_inline(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|javascript:", text)
    for opening in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in opening or 'type="application/json"' in opening


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def tokens() -> dict[str, tuple[str, str]]:
    text = (STATIC / "css" / "tokens.css").read_text()
    found = re.findall(r"--co-([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", text)
    return {role: (light, dark) for role, light, dark in found}


TEXT_ON = [
    *[
        (text, ground)
        for text in ("text", "text-2")
        for ground in ("canvas", "surface", "sunken", "hover", "mute-soft", "accent-soft", "raised")
    ],
    *[("text-3", ground) for ground in ("canvas", "surface")],
    *[("accent-text", ground) for ground in ("canvas", "surface", "accent-soft")],
    *[(tone, ground) for tone in ("bad", "warn", "good", "info") for ground in ("surface", f"{tone}-soft")],
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    *[(f"p{person}", f"p{person}-bg") for person in range(1, 7)],
]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_ON)
def test_text_can_be_read(text: str, ground: str, theme: int) -> None:
    roles = tokens()
    assert contrast(roles[text][theme], roles[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("mark", ["line-control", "accent", "bad-fill", "warn-fill", "good-fill", "s3", "s4", "s5"])
def test_edges_and_marks_can_be_seen(mark: str, theme: int) -> None:
    roles = tokens()
    assert contrast(roles[mark][theme], roles["surface"][theme]) >= 3


def test_the_files_of_the_shell_are_found() -> None:
    for path in ("coordina/favicon.svg", "coordina/js/app.js", "coordina/js/theme.js", "coordina/css/tokens.css"):
        assert finders.find(path)
