"""``serve``: migrate what is new, then keep web processes and a job worker running until told to stop."""

import argparse
import fcntl
import http.client
import os
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from coordina.config import env
from coordina.config.cli import CommandFailed
from coordina.config.database import Migrated, is_postgres
from coordina.config.restore import HOLD, LIST, refuse_elsewhere, refuse_unfinished
from coordina.config.supervisor import Supervisor

SIGN_INS = "demo.txt"


def command(arguments: list[str]) -> None:
    """Serve a company's data until stopped. Raises CommandFailed when it cannot begin."""
    parser = argparse.ArgumentParser(prog="./run serve", description="Serve Coordina.")
    parser.add_argument("--data", help="folder of the company's database and files (./data)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="(%(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="web processes (%(default)s)")
    parser.add_argument("--demo", action="store_true", help="fill an empty database with the demo company")
    options = parser.parse_args(arguments)
    if options.data:
        os.environ["COORDINA_DATA"] = options.data
    folder = env.data_dir()
    os.environ["COORDINA_DATA"] = str(folder)
    here = f"http://{f'[{options.host}]' if ':' in options.host else options.host}:{options.port}"
    if options.host in {"127.0.0.1", "localhost", "::1"}:
        os.environ.setdefault("BASE_URL", here)
    elif not env.text("BASE_URL"):
        raise CommandFailed(
            "Others are to reach this server: say under which address, BASE_URL=https://crm.example.com"
        )
    _check_port(options.host, options.port)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    env.secret_key(folder)
    with (folder / "in-use.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            raise CommandFailed(f"{folder} is being restored: wait until that is done.") from None
        refuse_unfinished(folder)
        refuse_elsewhere(folder)
        _prepare(folder, demo=options.demo)
        web = ["web", "--host", options.host, "--port", str(options.port), "--workers", str(options.workers)]
        Supervisor(
            {"web": web, "worker": ["worker"]},
            answers=lambda: _answers(options.host, options.port),
            greet=lambda: _greet(here, folder, demo=options.demo),
        ).run()


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as fault:
            raise CommandFailed(
                f"Port {port} on {host} cannot be used ({fault.strerror}): choose another one with --port."
            ) from None


def _django(*arguments: str) -> str:
    """Run a command of Django in a process of its own; give what it printed. Raises CommandFailed when it failed."""
    program = [sys.executable, "-m", "coordina", *arguments]
    done = subprocess.run(program, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise CommandFailed(f"{arguments[0]} failed: see above.")
    return done.stdout


def _prepare(folder: Path, *, demo: bool) -> None:
    """Bring the database to today's form, and fill it with the demo company when that was asked for."""
    migrated = Migrated(folder)
    sign_ins = folder / SIGN_INS
    if not migrated.is_current():
        sign_ins.unlink(missing_ok=True)
        _django("migrate", "--noinput", "-v0")
        migrated.record()
    if (folder / LIST).exists():
        print(_django("erase_again").rstrip() or "", end="", flush=True)
    if (folder / HOLD).exists():
        _django("hold_outgoing")
    if demo and not sign_ins.exists():
        print("Preparing the demo company …", flush=True)
        sign_ins.write_text(_django("demo", "--if-empty"))


def _answers(host: str, port: int) -> bool:
    link = http.client.HTTPConnection(host, port, timeout=10)
    try:
        link.request("HEAD", "/")
        link.getresponse()  # any answer is an answer
    except (OSError, http.client.HTTPException):
        return False
    finally:
        link.close()
    return True


def _greet(here: str, folder: Path, *, demo: bool) -> None:
    """Say where Coordina is, and who can be played in the demo company."""
    kind = "PostgreSQL" if is_postgres(env.database(folder)) else "SQLite"
    print(f"Coordina is at {here} ({kind}, data in {folder}). Ctrl+C stops it.", flush=True)
    sign_ins = folder / SIGN_INS
    if demo and sign_ins.exists():
        print(sign_ins.read_text().rstrip(), flush=True)
