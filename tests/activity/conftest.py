"""People who tell each other things, and mail servers that stand, fall and refuse."""

import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from coordina.activity import bell, hearing
from coordina.ledger.change_sets import change_set
from tests.world import World


@pytest.fixture(autouse=True)
def told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Changes do not gather before they are told of: `run_until_idle` leaves what is due later."""
    monkeypatch.setattr(hearing, "GATHERED", timedelta())


@pytest.fixture
def world(db: None) -> World:
    bell.forget_counts()
    made = World()
    with change_set(by=None, at=timezone.now(), via="system"):
        made.boss.email = "ines@example.com"
        made.boss.save()
    return made


class Server:
    """A mail server on this machine that speaks as much SMTP as is needed.

    Attributes:
        taken: What it took, whole messages.
        refuse: Answer to RCPT by address.
    """

    def __init__(self, port: int) -> None:
        self.taken: list[str] = []
        self.refuse: dict[str, str] = {}
        self.socket = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self.socket.accept()
            except OSError:
                return
            with connection:
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        lines = connection.makefile("rb")

        def say(text: str) -> None:
            connection.sendall(f"{text}\r\n".encode())

        say("220 here")
        for raw in lines:
            line = raw.decode().strip()
            verb = line[:4].upper()
            if verb == "DATA":
                say("354 go on")
                self.taken.append("".join(part.decode() for part in iter(lines.readline, b".\r\n")))
                say("250 taken")
            elif verb == "RCPT" and any(address in line for address in self.refuse):
                say(next(answer for address, answer in self.refuse.items() if address in line))
            elif verb == "QUIT":
                say("221 bye")
                return
            else:
                say("250 fine")

    def close(self) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)  # else the thread that waits keeps the port
        self.socket.close()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


class Post:
    """A mail server that can be started and stopped under one address."""

    def __init__(self) -> None:
        self.port = free_port()
        self.server: Server | None = None

    def up(self) -> Server:
        self.server = Server(self.port)
        return self.server

    def down(self) -> None:
        if self.server is not None:
            self.server.close()
            self.server = None


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    """The company has a mail server, which does not answer yet."""
    found = Post()
    settings.EMAIL_URL = f"smtp://127.0.0.1:{found.port}"
    settings.BASE_URL = "https://crm.example.com"
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": found.port, "timeout": 5},
        }
    }
    yield found
    found.down()
