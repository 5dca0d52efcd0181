"""What `deploy/` holds is what the documentation says, harmless, and understood by systemd."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted([*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")])
SERVICES = [path for path in UNITS if path.suffix == ".service"]


def instructions() -> list[tuple[str, str]]:
    """The instructions of the container file: word and what follows, continued lines joined."""
    text = re.sub(r"^#.*\n", "", (DEPLOY / "Containerfile").read_text(), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", " ", text).splitlines()
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines) if word]


def of(word: str) -> list[str]:
    return [rest for each, rest in instructions() if each == word]


def test_the_container_file_is_made_of_known_instructions_in_a_sound_order() -> None:
    known = {"FROM", "RUN", "COPY", "USER", "WORKDIR", "VOLUME", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK"}
    words = [word for word, _rest in instructions()]
    assert set(words) == known | {"ENTRYPOINT", "CMD"}
    assert words[0] == "FROM"
    for alone in ("FROM", "USER", "HEALTHCHECK", "ENTRYPOINT", "CMD"):
        assert words.count(alone) == 1
    assert words.index("USER") < words.index("ENTRYPOINT")


def test_the_container_is_pinned_unprivileged_and_without_secrets() -> None:
    assert re.fullmatch(r"python:3\.\d+-slim-[a-z]+", of("FROM")[0])
    assert of("USER") == ["coordina"]
    assert not of("ENV")
    assert not of("ARG")
    for run in of("RUN"):
        if "apt-get install" in run:
            assert "--no-install-recommends" in run
            assert "rm -rf /var/lib/apt/lists/*" in run
        assert "sudo" not in run
        assert "curl" not in run
    assert of("ENTRYPOINT") == ['["/opt/coordina/run"]']
    assert of("CMD")[0].startswith('["serve", "--data", "/data"')
    assert "/health/" in of("HEALTHCHECK")[0]


def test_no_data_and_nothing_made_here_gets_into_an_image() -> None:
    left_out = set((ROOT / ".dockerignore").read_text().split())
    assert {".git", ".venv", ".state", "node_modules", "data", "data-*"} <= left_out
    assert not {"src", "setup", "run", "requirements.lock"} & left_out


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_understands_each_unit(path: Path, tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("UNITS ARE NOT VERIFIED: systemd-analyze is missing (apt-get install systemd)")
    for unit in UNITS:  # as it would stand on a machine where the clone is here
        (tmp_path / unit.name).write_text(unit.read_text().replace("/opt/coordina", str(ROOT)))
    told = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / path.name)],
        capture_output=True,
        text=True,
        check=False,
        env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:", "PATH": "/usr/bin:/bin", "SYSTEMD_LOG_LEVEL": "warning"},
    )
    about = [line for line in told.stderr.splitlines() if path.name in line]
    assert not about, told.stderr
    assert told.returncode == 0, told.stderr


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_services_may_do_little(path: Path) -> None:
    said = dict(line.split("=", 1) for line in path.read_text().splitlines() if re.match(r"[A-Z]\w+=", line))
    assert said["User"] == "coordina"
    assert said["NoNewPrivileges"] == said["PrivateTmp"] == said["ProtectHome"] == "yes"
    assert said["ProtectSystem"] == "strict"
    assert said["UMask"] == "0077"
    assert said["EnvironmentFile"] == "/etc/coordina.env"
    assert "SECRET" not in "".join(said.values())


def test_both_pages_name_everything_that_lies_there() -> None:
    for page in ("docs/administration.md", "docs/es/administracion.md"):
        text = (ROOT / page).read_text()
        assert [path.name for path in sorted(DEPLOY.iterdir()) if path.name not in text] == []
