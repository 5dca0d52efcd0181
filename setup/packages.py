"""Python and its packages: an interpreter is found or fetched, ``.venv`` holds exactly what a lock file says."""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
import sys
from typing import Any, NoReturn

from setup import state

LEAST = (3, 12)
WANTED = ("3.13", "3.12", "3.14")  # in this order
VENV = ".venv"
PYTHON = os.path.abspath(os.path.join(VENV, "bin", "python"))
UV = os.path.join(".tools", "uv")
LOCKS = {False: "requirements.lock", True: "requirements-dev.lock"}  # the second holds all of the first


def become(module: str, *arguments: str, **extra: str) -> NoReturn:
    """Replace this process by a module run with the Python of ``.venv``."""
    os.execve(PYTHON, [PYTHON, "-m", module, *arguments], dict(os.environ, **extra))


def install(developer: bool) -> None:
    """Make or mend ``.venv``. What tests need is added when asked for, and then stays."""
    stamp = state.read("packages")
    developer = developer or bool(stamp.get("developer"))
    facts = {"lock": state.digest(LOCKS[developer], "setup/packages.py"), "developer": developer}
    if _whole(stamp) and all(stamp.get(name) == value for name, value in facts.items()):
        return
    with state.making("packages", "Python packages", facts):
        base = _find_python()
        if not _works(PYTHON):
            shutil.rmtree(VENV, ignore_errors=True)
        _fill(base, LOCKS[developer], rebuilt=bool(stamp) and not _whole(stamp))
        folder = _site_packages()
        with open(os.path.join(folder, "coordina.pth"), "w") as handle:
            handle.write(os.path.abspath("src") + "\n")
        facts["present"] = sorted(name for name in os.listdir(folder) if name != "__pycache__")


def lock(options: list[str]) -> None:
    """Pin every requirements file with hashes, for all systems and without the address of any index."""
    uv = find_uv()
    compile_one = [uv, "pip", "compile", "-q", "--universal", "--generate-hashes", "--no-header"]
    compile_one += ["--no-emit-index-url", "--no-emit-find-links", "--python-version", "{}.{}".format(*LEAST)]
    shared = ["-c", "requirements.lock", "-c", "requirements-uv.lock"]
    for name, bounds in (("", []), ("-uv", []), ("-node", []), ("-dev", shared)):
        target = "requirements{}.lock".format(name)
        _must(*compile_one, *options, *bounds, "requirements{}.in".format(name), "-o", target)


def _whole(stamp: dict[str, Any]) -> bool:
    """Tell whether nothing of what was installed is gone and ``.venv`` still belongs to this folder."""
    folder = _site_packages()
    if not folder or not os.path.exists(PYTHON) or not stamp.get("present"):
        return False
    if set(stamp["present"]) - set(os.listdir(folder)):
        return False
    with open(os.path.join(folder, "coordina.pth")) as handle:
        return handle.read().strip() == os.path.abspath("src")


def _site_packages() -> str:
    found = glob.glob(os.path.join(VENV, "lib", "python3.*", "site-packages"))
    return found[0] if len(found) == 1 else ""


def _fill(base: str, lock: str, rebuilt: bool) -> None:
    """Install the lock file, every hash checked, into ``.venv``, by uv, or by pip where uv cannot be had."""
    uv = find_uv()
    again = ["--reinstall"] if rebuilt else []
    if uv:
        if not os.path.exists(PYTHON):
            _must(uv, "venv", "-q", "--python", base, VENV)
        sync = ["pip", "sync", "-q", "--compile-bytecode", "--require-hashes", "--python", PYTHON]
        _must(uv, *sync, *again, lock)
        return
    if not os.path.exists(os.path.join(VENV, "bin", "pip")):
        make_venv(base, VENV)
    _must(
        PYTHON,
        "-m",
        "pip",
        "install",
        "-q",
        "--require-hashes",
        *(["--force-reinstall"] if rebuilt else []),
        "-r",
        lock,
    )


def _must(*command: str) -> None:
    fault = state.quiet(*command)
    if fault:
        state.stop("Packages could not be installed (is the package index reachable?):\n" + fault)


def make_venv(base: str, folder: str) -> None:
    """Make a virtual environment with pip; on Debian that may take the package python3-venv, which root installs."""
    fault = state.quiet(base, "-m", "venv", folder)
    if fault and apt_get("python3-venv"):
        shutil.rmtree(folder, ignore_errors=True)
        fault = state.quiet(base, "-m", "venv", folder)
    if fault:
        state.stop("{} cannot make a virtual environment: apt-get install python3-venv, or install uv.".format(base))


def apt_get(*names: str) -> bool:
    """Install Debian packages when this is root on Debian; tell whether they are there now."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    state.say("apt-get install " + " ".join(names))
    command = ["apt-get", "install", "-y", "-q", "--no-install-recommends"]
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    if state.quiet(*command, *names) is None:
        return True
    return state.quiet("apt-get", "update", "-q") is None and state.quiet(*command, *names) is None


def find_uv() -> str:
    """Give the path of uv: on PATH, else one of our own under ``.tools``, else ""."""
    own = os.path.join(UV, "bin", "uv")
    for path in (shutil.which("uv"), own):
        if path and state.quiet(path, "--version") is None:
            return path
    if os.environ.get("COORDINA_NO_UV"):
        return ""
    install = ("-m", "pip", "install", "-q", "--require-hashes", "-r", "requirements-uv.lock")
    if state.quiet(_base_of_this(), *install, "--upgrade", "--target", UV) is None:
        return own
    make_venv(_base_of_this(), UV)  # the Python of Debian comes without pip
    return own if state.quiet(os.path.join(UV, "bin", "python"), *install) is None else ""


def _base_of_this() -> str:
    """Give the interpreter that runs this, or the one it was made from when it is that of a virtual environment."""
    if sys.prefix == sys.base_prefix:
        return sys.executable
    return os.path.join(sys.base_prefix, "bin", "python{}.{}".format(*sys.version_info[:2]))


def _works(python: str) -> bool:
    """Tell whether an interpreter starts, is new enough and has what Coordina needs of the standard library."""
    test = "import sys, ssl, sqlite3; sys.exit(sys.version_info[:2] < {!r})".format(LEAST)
    return os.path.exists(python) and state.quiet(python, "-c", test) is None


def _find_python() -> str:
    """Give the path of a Python that will do; fetch one with uv when the machine has none."""
    named = os.environ.get("COORDINA_PYTHON")
    if named:
        if not _works(shutil.which(named) or named):
            state.stop("COORDINA_PYTHON={}: this is not a working Python {}.{} or later.".format(named, *LEAST))
        return shutil.which(named) or named
    home = os.path.expanduser("~")
    pyenv = os.environ.get("PYENV_ROOT", os.path.join(home, ".pyenv"))
    for version in WANTED:
        found = [shutil.which("python" + version) or ""]
        found += glob.glob(os.path.join(pyenv, "versions", version + "*", "bin", "python3"))
        found += glob.glob(os.path.join(home, ".local/share/uv/python", "cpython-" + version + "*", "bin", "python3"))
        found += ["/usr/local/bin/python" + version, "/opt/python{0}/bin/python{0}".format(version)]
        for path in found:
            if path and "/shims/" not in path and _works(path):
                return path
    if sys.version_info[:2] >= LEAST and _works(_base_of_this()):
        return _base_of_this()
    return _fetch_python()


def _fetch_python() -> str:
    uv = find_uv()
    if uv and state.quiet(uv, "python", "install", WANTED[0]) is None:
        command = [uv, "python", "find", "--managed-python", WANTED[0]]
        return state.run(*command, stdout=subprocess.PIPE, universal_newlines=True).stdout.strip()
    state.stop("Python {}.{} or later is needed: install it, or set COORDINA_PYTHON=/path/to/python3.".format(*LEAST))
