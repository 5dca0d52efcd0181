"""What every test stands on: no network but this machine, a browser when asked for, marks by what a test uses."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from coordina.config import translations
from coordina.config.database import Migrated

_connect = socket.socket.connect
_resolve = socket.getaddrinfo
DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_reset_sequences"}
MOST_SECOND_TRIES = 8


class NetworkBlocked(OSError):
    """A test tried to reach another machine."""


def _local(host: object) -> bool:
    if host in (None, "", "localhost", b"localhost"):
        return True
    try:
        return ip_address(host.decode() if isinstance(host, bytes) else str(host)).is_loopback
    except ValueError:
        return False


def _guarded_connect(sock: socket.socket, address: Any) -> None:
    if sock.family in (socket.AF_INET, socket.AF_INET6) and not _local(address[0]):
        raise NetworkBlocked(f"tests may not connect to {address!r}")
    return _connect(sock, address)


def _guarded_resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
    if not _local(host):
        raise NetworkBlocked(f"tests may not look up {host!r}")
    return _resolve(host, *args, **kwargs)


def pytest_configure(config: pytest.Config) -> None:
    """Compile translations that are newer than what was made of them, and close the network."""
    if not hasattr(config, "workerinput"):
        for language in translations.languages():
            made = translations.path_of(language).with_suffix(".mo")
            if not made.exists() or made.stat().st_mtime < translations.path_of(language).stat().st_mtime:
                translations.compile_catalogue(language)
    socket.socket.connect = _guarded_connect  # type: ignore[method-assign]
    socket.getaddrinfo = _guarded_resolve


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the largest sizes be asked for."""
    parser.addoption("--large", action="store_true", help="run tests at the size of years of use, too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what touches the database, so that it is run on PostgreSQL too, and what drives a browser.

    In CI a test gets a second try: a slow minute of the machine must not refuse hours of work. The end names it.
    """
    if not config.getoption("--large"):
        large = [item for item in items if item.get_closest_marker("large")]
        config.hook.pytest_deselected(items=large)
        items[:] = [item for item in items if item not in large]
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if fixtures & {"page", "chromium"}:
            item.add_marker(pytest.mark.browser)
        if os.environ.get("CI"):
            item.add_marker(pytest.mark.flaky(reruns=1))
        if fixtures & DATABASE_FIXTURES or item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.database)
        if item.get_closest_marker("sqlite_only") and os.environ.get("DATABASE_URL", "").startswith("postgres"):
            item.add_marker(pytest.mark.skip(reason="about SQLite itself"))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run in which many tests needed their second try: that is a fault and no slow minute."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and len(reporter.stats.get("rerun", [])) > MOST_SECOND_TRIES:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], None]:
    """Puts a SQLite database into a data folder, so that what starts there need not migrate."""
    made = tmp_path_factory.mktemp("migrated")
    settings = {"COORDINA_DATA": str(made), "DJANGO_SETTINGS_MODULE": "coordina.config.settings", "DATABASE_URL": ""}
    environment = {**os.environ, **settings, "PYTHONPATH": "src"}
    subprocess.run([sys.executable, "-m", "coordina", "migrate", "-v0"], env=environment, check=True)

    def put(folder: Path) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        shutil.copy(made / "coordina.sqlite3", folder)
        if not os.environ.get("DATABASE_URL"):
            Migrated(folder).record()

    return put


@pytest.fixture
def english() -> Iterator[None]:
    """Read what the product says in English, whatever the catalogues hold."""
    from django.utils import translation

    with translation.override("en"):
        yield


def service(name: str, port: int, package: str) -> None:
    """Skip loudly where a service of this machine does not answer; under CI that is a failure."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
    except OSError:
        message = f"{name.upper()} TESTS DO NOT RUN: nothing answers on 127.0.0.1:{port} (apt-get install {package})"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)


@pytest.fixture
def postgres() -> Iterator[str]:
    """The address of an empty PostgreSQL database of its own, gone after the test."""
    service("PostgreSQL", 5432, "postgresql")
    import psycopg

    name = f"coordina_{secrets.token_hex(6)}"
    server = "postgres://postgres@127.0.0.1:5432"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield f"{server}/{name}"
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def redis_url() -> str:
    """The address of a Redis."""
    service("Redis", 6379, "redis-server")
    return "redis://127.0.0.1:6379/15"


@pytest.fixture
def broker_url() -> str:
    """The address of a RabbitMQ."""
    service("RabbitMQ", 5672, "rabbitmq-server")
    return "amqp://guest:guest@127.0.0.1:5672//"


@pytest.fixture
def given_broker() -> str:
    """The address of the broker that `BROKER_URL` names. Skips loudly where none is named."""
    url = os.environ.get("BROKER_URL", "")
    if not url:
        pytest.skip("TESTS WITH A BROKER DO NOT RUN: set BROKER_URL=amqp://guest:guest@127.0.0.1:5672//")
    parts = urlsplit(url)
    service("the broker", parts.port or (6379 if parts.scheme.startswith("redis") else 5672), "rabbitmq-server")
    return url


@pytest.fixture(scope="session", autouse=True)
def _no_queue_is_left() -> Iterator[None]:
    """Delete the queue that tests of this process have filled at a broker."""
    yield
    from django.conf import settings

    if settings.BROKER_URL:
        from coordina.ledger.queue import broker, sender

        with suppress(broker.Away):
            sender.flush()
            link = broker.Link()
            link.drop("default")
            link.close()


@pytest.fixture(autouse=True)
def _no_added_fields() -> Iterator[None]:
    """Let a process know no added fields of an earlier test, and nobody who listened in it."""
    yield
    from coordina.core import growing, listening

    growing.forget()
    listening.forget()


@pytest.fixture(autouse=True)
def _files_of_one_test(tmp_path: Path, settings: Any) -> None:
    """Give each test a data folder of its own."""
    settings.DATA_DIR = tmp_path / "data"
    settings.MEDIA_ROOT = tmp_path / "data" / "files"


@pytest.fixture(scope="session", autouse=True)
def _emptying_is_no_write() -> Iterator[None]:
    """Let Django empty the database after a test that commits: that is no write of a record."""
    from django.test import TransactionTestCase

    from coordina.core.changes import unrecorded

    plain = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]  # private in Django

    def emptied(case: Any) -> None:
        with unrecorded("tests empty the database"):
            plain(case)

    TransactionTestCase._fixture_teardown = emptied  # type: ignore[attr-defined]  # private in Django
    yield
    TransactionTestCase._fixture_teardown = plain  # type: ignore[attr-defined]  # private in Django


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A headless Chromium that reaches this machine only. Skips where there is none; under CI that is a failure."""
    path = os.environ.get("COORDINA_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        message = "BROWSER TESTS DO NOT RUN: Chromium is missing (apt-get install chromium)"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = (
        "1"  # playwright's loop runs in this thread; the ORM is used between calls
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """A fresh page of 1440 × 900 in Spanish. The test fails on a console error or an uncaught exception in the page."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="es-ES")
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    page.faults = faults
    yield page
    context.close()
    assert not faults, faults
