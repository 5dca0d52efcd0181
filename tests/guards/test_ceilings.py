"""Files, functions and views stay small; names say what is inside; exceptions from the rules give their reason."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "coordina"
FILE, FUNCTION, VIEW = 500, 60, 20  # lines
VAGUE = {"utils", "helpers", "services", "common", "misc", "tools"}


def sources(*folders: Path) -> list[Path]:
    """Give the Python files of our own under folders, migrations left out."""
    found = (path for folder in folders for path in folder.rglob("*.py"))
    return sorted(path for path in found if "migrations" not in path.parts)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Give the lines of a function without its decorators and its docstring."""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if ast.get_docstring(node) is not None:
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def is_view(path: Path, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Tell whether a function answers a request: its first parameter is one, and it gives a response."""
    in_views = path.stem == "views" or "views" in path.relative_to(ROOT).parts
    answers = node.returns is not None and "Response" in ast.unparse(node.returns)
    return in_views and answers and bool(node.args.args) and node.args.args[0].arg == "request"


def named(path: Path, line: int | str = "") -> str:
    return f"{path.relative_to(ROOT)}{f':{line}' if line else ''}"


def test_files_are_at_most_500_lines() -> None:
    written = [ROOT / "run", *sources(PACKAGE, ROOT / "tests", ROOT / "setup")]
    for kind in ("html", "js", "css"):
        written += [path for path in PACKAGE.rglob(f"*.{kind}") if "vendor" not in path.parts]
    long = {named(path): count for path in written if (count := len(path.read_text().splitlines())) > FILE}
    assert not long


def test_functions_are_at_most_60_lines() -> None:
    files = sources(PACKAGE, ROOT / "setup")
    long = {
        named(path, node.lineno): f"{node.name}: {length(node)}"
        for path in files
        for node in functions(path)
        if length(node) > FUNCTION
    }
    assert not long


def test_views_are_at_most_20_lines() -> None:
    long = {
        named(path, node.lineno): f"{node.name}: {length(node)}"
        for path in sources(PACKAGE)
        for node in functions(path)
        if is_view(path, node) and length(node) > VIEW
    }
    assert not long


def test_module_names_say_what_is_inside() -> None:
    assert not [named(path) for path in PACKAGE.rglob("*") if path.stem in VAGUE]


def test_actions_import_what_their_signatures_name() -> None:
    """The doors derive forms from signatures at run time, so their types must be there at run time."""
    actions = [path for path in sources(PACKAGE) if path.stem == "actions" or path.parent.name == "actions"]
    assert not [named(path) for path in actions if "TYPE_CHECKING" in path.read_text()]


@pytest.mark.parametrize("mark", ["noqa", "type: ignore", "pragma: no cover"])
def test_exceptions_from_the_rules_give_a_reason(mark: str) -> None:
    """The reason stands on the same line behind the mark, or in a comment on the line above."""
    bare = []
    for path in sources(PACKAGE, ROOT / "setup"):
        lines = path.read_text().splitlines()
        for number, line in enumerate(lines, 1):
            if match := re.search(rf"# {mark}(?:: ?[A-Z0-9, ]+|\[[\w, -]+\])?(.*)$", line):
                above = lines[number - 2].strip() if number > 1 else ""
                if len(match[1].strip(" #()")) < 10 and not above.startswith("#"):
                    bare.append(named(path, number))
    assert not bare


def test_templates_hold_no_inline_style_script_or_handler() -> None:
    """The content security policy would refuse it; a page must not count on it."""
    inline = re.compile(r"<style|\sstyle=|<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")|\son[a-z]+=\"", re.I)
    found = [
        named(path, number)
        for path in PACKAGE.rglob("templates/**/*.html")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if inline.search(line)
    ]
    assert not found
