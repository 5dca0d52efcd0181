"""What the documentation says can be checked: links, commands, variables, filters, names of buttons."""

import ast
import re
import subprocess
import sys
import unicodedata
from functools import cache
from pathlib import Path

import pytest
from django.utils import timezone

from coordina.config import cli, translations
from coordina.core.filters import Asker, compile_filter, parse
from coordina.core.types import TYPES
from coordina.records.vocabularies import vocabulary_of

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "src" / "coordina" / "config"
PROVIDER = "COORDINA_OIDC_"
"""Beginning of the variables that are about the provider: a table of their own tells them."""
PAGES = sorted([ROOT / "README.md", ROOT / "README.es.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
PAIRS = {
    "README.md": "README.es.md",
    "docs/first-hour.md": "docs/es/primera-hora.md",
    "docs/user-guide.md": "docs/es/guia.md",
    "docs/administration.md": "docs/es/administracion.md",
}
OURS = re.compile(r"COORDINA_[A-Z_]+|[A-Z]+_URL|SECRET_KEY|ALLOWED_HOSTS")


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def prose(path: Path) -> str:
    """A page without its blocks of code."""
    return re.sub(r"^ *```.*?^ *```", "", text(path), flags=re.MULTILINE | re.DOTALL)


def anchor(heading: str) -> str:
    """The anchor that a heading gets: lower case, letters with their accents, hyphens for blanks."""
    kept = re.sub(r"[^\w\- ]", "", unicodedata.normalize("NFC", heading.strip().lower()))
    return kept.replace(" ", "-")


def headings(path: Path) -> list[tuple[int, str]]:
    found = re.findall(r"^(#+) (.+)$", prose(path), re.MULTILINE)
    return [(len(marks), title) for marks, title in found]


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_links_lead_somewhere(path: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(path)):
        if re.match(r"[a-z]+:", target):
            continue
        where, _, part = target.partition("#")
        found = (path.parent / where).resolve() if where else path
        anchors = {anchor(title) for _level, title in headings(found)} if part and found.exists() else {part}
        if not found.exists() or part not in anchors:
            broken.append(target)
    assert not broken


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_lines_are_readable(path: Path) -> None:
    """Prose is wrapped; tables, links and code may be as long as they are."""
    long = [line for line in prose(path).splitlines() if len(line) > 140 and "|" not in line and "](" not in line]
    assert not long


@pytest.mark.parametrize(("english", "spanish"), PAIRS.items())
def test_both_languages_have_the_same_sections(english: str, spanish: str) -> None:
    levels = [[level for level, _title in headings(ROOT / name)] for name in (english, spanish)]
    assert levels[0] == levels[1]


def commands() -> dict[str, set[str]]:
    """Every `./run …` of the documentation, with the pages that name it."""
    found: dict[str, set[str]] = {}
    for path in PAGES:
        for line in re.findall(r"\./run((?: [a-z_-]+)*)", text(path)):
            if line.startswith(" -"):
                continue  # options of the demo
            found.setdefault(line.strip(), set()).add(named(path))
    return found


def run_knows() -> set[str]:
    """The commands of `./run`, from its own table."""
    tree = ast.parse(text(ROOT / "run"))
    tables = [n for n in ast.walk(tree) if isinstance(n, ast.Dict) and len(n.keys) > 5]
    return {str(key.value) for table in tables for key in table.keys if isinstance(key, ast.Constant)}


def test_commands_exist() -> None:
    unknown = {line: pages for line, pages in commands().items() if line and line.split()[0] not in run_knows()}
    assert not unknown


def test_commands_of_manage_exist() -> None:
    from django.core.management import get_commands

    known = {*get_commands(), *cli.OWN}
    named_ = {words[1] for line in commands() if (words := line.split())[:1] == ["manage"] and len(words) > 1}
    assert named_ - known == set()
    assert "rebuild" in named_


def test_run_says_what_it_can() -> None:
    done = subprocess.run([sys.executable, str(ROOT / "run"), "help"], capture_output=True, text=True, check=True)
    said = set(re.findall(r"^\./run ([a-z]+)", done.stdout, re.MULTILINE))
    assert said == run_knows()


def variables_read() -> set[str]:
    """Environment variables that settings read."""
    found: set[str] = set()
    for name in ("settings.py", "env.py", "proxy.py", "wsgi.py", "database.py"):
        for node in ast.walk(ast.parse(text(CONFIG / name))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                found.add(str(node.args[0].value))
    return {name for name in found if OURS.fullmatch(name)}


@pytest.mark.parametrize("name", ["README.md", "README.es.md"])
def test_variables_are_those_that_are_read(name: str) -> None:
    told = set(re.findall(r"^\| `([A-Z_]+)` \|", text(ROOT / name), re.MULTILINE))
    assert told == {name for name in variables_read() if not name.startswith(PROVIDER)}


@pytest.mark.parametrize("name", ["administration.md", "es/administracion.md"])
def test_what_is_said_of_the_companys_provider_is_told_in_one_table(name: str) -> None:
    named = set(re.findall(rf"`({PROVIDER}[A-Z_]+)`", text(ROOT / "docs" / name)))
    assert named == {each for each in variables_read() if each.startswith(PROVIDER)}


def test_the_settings_themselves_name_them_too() -> None:
    doc = ast.get_docstring(ast.parse(text(CONFIG / "settings.py"))) or ""
    told = set(re.findall(r"^([A-Z_]+) +\S", doc, re.MULTILINE))
    apart = {name for name in variables_read() if name.startswith(PROVIDER)}
    assert told >= variables_read() - apart - {"COORDINA_FROM_EMAIL"}


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["docs/user-guide.md", "docs/es/guia.md"])
def test_filters_that_are_shown_can_be_read(name: str) -> None:
    from coordina.accounts.models import Role, User

    role = Role(
        name="Todo", slug="administrator", reach={"pipeline.view_opportunity": "all", "customers.view_company": "all"}
    )
    asker = Asker(user=User(pk=1, name="Ana", role=role, access="active"), now=timezone.now(), time_zone=timezone.UTC)
    block = re.findall(r"^```text\n(.*?)^```", text(ROOT / name), re.MULTILINE | re.DOTALL)[0]
    for line in block.splitlines():
        compile_filter(parse(line), vocabulary_of(TYPES["opportunity"]), asker)


def _plain(label: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"%\(\w+\)[a-z]|\{\w+\}", "", label)).strip(" :…").casefold()


def labels(language: str) -> set[str]:
    """What stands on pages, in one language."""
    found: set[str] = set()
    for message in translations.catalogue("es"):
        chosen = message.id if language == "en" else message.string
        for one in chosen if isinstance(chosen, list | tuple) else [chosen]:
            found.add(_plain(str(one)))
    return found


NOT_LABELS = {"lumbrera equipos", "reach"}
"""Words in italics that are no names of buttons or places."""


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", ["docs/first-hour.md", "docs/user-guide.md", "docs/administration.md"]),
        ("es", ["docs/es/primera-hora.md", "docs/es/guia.md", "docs/es/administracion.md"]),
    ],
)
def test_names_of_buttons_and_places_are_those_of_the_pages(language: str, names: list[str]) -> None:
    """What stands in *italics* in the guides is a text of the product, in the language of the guide."""
    known = labels(language)
    missing = set()
    for name in names:
        for label in re.findall(r"(?<![*\w])\*([^*\n]+)\*(?!\*)", prose(ROOT / name)):
            parts = [part.strip() for part in label.split("›")]
            missing |= {f"{name}: {part}" for part in parts if _plain(part) not in known | NOT_LABELS}
    assert not sorted(missing)
