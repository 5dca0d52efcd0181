"""The set-up mends what is broken, does nothing twice, and says in one line what is missing."""

import ast
import json
import os
import subprocess
import sys
import threading
import xml.etree.ElementTree as ElementTree
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest
from setup import checks, front_end, packages, state

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkdir(state.FOLDER)


def run(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **variables}
    return subprocess.run([ROOT / "run", *words], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("path", [ROOT / "run", *sorted((ROOT / "setup").glob("*.py"))], ids=lambda path: path.name)
def test_any_python_from_3_8_can_begin(path: Path) -> None:
    ast.parse(path.read_text(), feature_version=(3, 8))


def test_help_names_every_command_without_setting_anything_up() -> None:
    done = run("help")
    assert done.returncode == 0
    assert done.stderr == ""
    for command in ("serve", "backup", "restore", "manage", "test", "check", "full", "chaos", "bench"):
        assert f"./run {command}" in done.stdout


def test_an_unknown_command_is_refused_before_anything_is_done() -> None:
    done = run("srve")
    assert done.returncode == 1
    assert done.stderr.startswith("[run] There is no command 'srve'.")


@pytest.mark.parametrize(
    ("typed", "served"),
    [
        ([], ("serve", "--demo")),
        (["--port", "8001"], ("serve", "--demo", "--port", "8001")),
        (["serve", "--port", "8001"], ("serve", "--port", "8001")),
    ],
)
def test_without_a_command_the_demo_is_served(
    typed: list[str], served: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "dont_write_bytecode", sys.dont_write_bytecode)
    loader = SourceFileLoader("run_script", str(ROOT / "run"))
    script = module_from_spec(spec_from_loader("run_script", loader))  # type: ignore[arg-type]  # a loader has a spec
    loader.exec_module(script)
    begun: list[tuple[str, ...]] = []
    monkeypatch.setattr(script, "set_up", lambda command: None)
    monkeypatch.setattr(script, "product", lambda *words: begun.append(words))
    script.main(typed)
    assert begun == [served]


def test_a_machine_without_python_gets_one_line(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    for program in ("dirname",):
        (tmp_path / "bin" / program).symlink_to(f"/usr/bin/{program}")
    script = (ROOT / "run").read_text().replace("/usr/bin/python3", "/nowhere/python3")
    (tmp_path / "run").write_text(script)
    done = subprocess.run(
        ["/bin/sh", str(tmp_path / "run")],
        env={"PATH": str(tmp_path / "bin")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == ("Python 3 is needed to begin: install it (apt-get install python3), then run this again.\n")


def test_a_python_that_is_too_old_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    old = tmp_path / "python"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    monkeypatch.setenv("COORDINA_PYTHON", str(old))
    with pytest.raises(SystemExit, match=r"COORDINA_PYTHON=.*: this is not a working Python 3\.12 or later"):
        packages._find_python()


def test_a_step_that_fails_leaves_no_stamp() -> None:
    with state.making("step", "A step", {"key": "1"}):
        pass
    assert state.read("step") == {"key": "1"}
    with pytest.raises(RuntimeError), state.making("step", "A step", {"key": "2"}):
        raise RuntimeError
    assert state.read("step") == {}


@pytest.mark.parametrize("content", ["", "{", '{"key": '])
def test_a_broken_stamp_is_no_stamp(content: str) -> None:
    Path(state.FOLDER, "step.json").write_text(content)
    assert state.read("step") == {}


def test_of_two_set_ups_at_once_one_waits(capsys: pytest.CaptureFixture[str]) -> None:
    order: list[str] = []

    def second() -> None:
        with state.lock():
            order.append("second")

    with state.lock():
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.3)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
    assert "another run is setting up: waiting for it" in capsys.readouterr().err


@pytest.fixture
def installed(tmp_path: Path) -> tuple[dict[str, object], Path]:
    """A stamp and the folder of packages it speaks of."""
    folder = tmp_path / ".venv" / "lib" / "python3.13" / "site-packages"
    folder.mkdir(parents=True)
    (folder / "django").mkdir()
    (folder / "coordina.pth").write_text(f"{tmp_path / 'src'}\n")
    return {"present": ["coordina.pth", "django"]}, folder


def test_packages_that_are_all_there_stay(installed: tuple[dict[str, object], Path]) -> None:
    assert packages._whole(installed[0])


def test_a_package_that_is_gone_is_noticed(installed: tuple[dict[str, object], Path]) -> None:
    (installed[1] / "django").rmdir()
    assert not packages._whole(installed[0])


def test_a_folder_that_was_moved_is_noticed(installed: tuple[dict[str, object], Path]) -> None:
    (installed[1] / "coordina.pth").write_text("/somewhere/else/src\n")
    assert not packages._whole(installed[0])


def test_front_end_files_are_cut_and_cleaned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    front_end._cut_icons(["check", "x"], str(tmp_path / "icons.svg"))
    symbols = ElementTree.parse(tmp_path / "icons.svg").getroot()
    assert [symbol.get("id") for symbol in symbols] == ["check", "x"]
    (tmp_path / "in.js").write_text("let a;\n//# sourceMappingURL=in.js.map\n")
    front_end._copy(str(tmp_path / "in.js"), str(tmp_path / "out.js"))
    assert (tmp_path / "out.js").read_text() == "let a;\n\n"


def test_an_icon_that_does_not_exist_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    with pytest.raises(SystemExit, match="icons that do not exist: no-such-icon"):
        front_end._cut_icons(["check", "no-such-icon"], str(tmp_path / "icons.svg"))


def test_every_listed_file_has_been_copied() -> None:
    listed = json.loads((ROOT / "assets.json").read_text())["files"]
    assert all((ROOT / front_end.OUT / name).stat().st_size for name in listed)


@pytest.mark.parametrize(
    ("given", "arguments", "variables"),
    [
        ([], ["-n", "2", "--dist", "worksteal"], {}),
        (["tests/x.py"], ["tests/x.py"], {}),
        (["-n0"], ["-n0"], {}),
        (["--database", "sqlite", "-k", "a"], ["-n", "2", "--dist", "worksteal", "-k", "a"], {"DATABASE_URL": ""}),
        (["tests/x", "--database", "postgres"], ["tests/x"], {"DATABASE_URL": checks.POSTGRES}),
    ],
)
def test_arguments_reach_pytest(
    given: list[str], arguments: list[str], variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert checks._pytest(given) == (arguments, variables)


def test_a_database_that_is_none_is_refused() -> None:
    with pytest.raises(SystemExit, match="--database is sqlite or postgres"):
        checks._pytest(["--database", "oracle"])


def test_what_a_program_said_is_kept_when_it_fails() -> None:
    assert state.quiet(sys.executable, "-c", "print('fine')") is None
    assert state.quiet(sys.executable, "-c", "import sys; print('why'); sys.exit(3)") == "why"
    assert "No such file" in str(state.quiet("/nowhere/program"))
