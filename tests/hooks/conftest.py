"""A company, receivers on this machine, and webhooks that lead to them."""

import hmac
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from typing import Any

import pytest
from django.utils import timezone

from coordina.accounts import pace
from coordina.accounts.models import User
from coordina.core.actions import of
from coordina.hooks.actions import make_webhook
from coordina.hooks.gathering import gather
from coordina.hooks.models import Delivery, Line, Webhook
from coordina.hooks.sending import send
from coordina.ledger.change_sets import change_set
from coordina.ledger.doors import submit
from coordina.pipeline.defaults import make_default_pipeline

from ..world import World


@dataclass
class Received:
    """A request as it arrived."""

    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> Any:
        return json.loads(self.body)

    @property
    def events(self) -> list[Any]:
        found: list[Any] = self.said["events"]
        return found

    def is_signed_with(self, secret: str) -> bool:
        """What a receiver does: the recipe of the documentation."""
        parts = [part.split("=", 1) for part in self.headers["Coordina-Signature"].split(",")]
        moment = next(value for name, value in parts if name == "t")
        right = hmac.new(secret.encode(), f"{moment}.".encode() + self.body, "sha256").hexdigest()
        return any(hmac.compare_digest(right, value) for name, value in parts if name == "v1")


@dataclass
class Receiver:
    """A server that takes what webhooks send, and answers as it is told to.

    Attributes:
        answers: Statuses of the next answers; 204 when there is none left. 0 closes the connection without one.
        slow: Seconds before it answers.
        headers: Sent with each answer.
    """

    url: str = ""
    answers: list[int] = field(default_factory=list)
    slow: float = 0.0
    text: bytes = b"thanks"
    headers: dict[str, str] = field(default_factory=dict)
    got: list[Received] = field(default_factory=list)

    @property
    def events(self) -> list[Any]:
        """All events that arrived, in order."""
        return [event for each in self.got for event in each.events]

    @property
    def names(self) -> list[str]:
        return [event["event"] for event in self.events]


def serve(receiver: Receiver) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.got.append(Received(dict(self.headers.items()), body))
            time.sleep(receiver.slow)
            status = receiver.answers.pop(0) if receiver.answers else 200
            if status == 0:
                self.connection.close()
                return
            self.send_response(status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(receiver.text)))
            self.end_headers()
            self.wfile.write(receiver.text)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook?key=1"
    return server


@pytest.fixture
def private(settings: Any) -> None:
    """Let webhooks reach this machine."""
    settings.WEBHOOKS_PRIVATE = [ip_network("127.0.0.0/8")]


@pytest.fixture
def receiver(private: None) -> Iterator[Receiver]:
    made = Receiver()
    server = serve(made)
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def other_receiver(private: None) -> Iterator[Receiver]:
    made = Receiver()
    server = serve(made)
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def world(db: Any) -> World:
    """The company, with a pipeline."""
    pace._counts.clear()
    made = World()
    with change_set(by=made.boss, at=timezone.now(), via="system"):
        make_default_pipeline(by=made.boss, at=timezone.now())
    return made


def person(user: User) -> User:
    """Somebody with role and permissions as they are now."""
    found: User = User.objects.for_request().get(pk=user.pk)
    return found


def hook(by: User, address: str, *events: str, **said: Any) -> Webhook:
    """A webhook of a person."""
    data = {"name": "Almacén", "address": address, "events": list(events or ("*",)), **said}
    made: Webhook = submit(of(make_webhook), data, by=person(by), via="web")
    return made


def work(times: int = 1) -> int:
    """Gather and send, as the jobs do; pauses are over."""
    count = 0
    for _time in range(times):
        gather.call()
        over()
        count += send.call()
    return count


def over() -> None:
    """Let every pause be over."""
    Delivery.objects.filter(state="waiting").update(next_at=timezone.now())
    Line.objects.update(not_before=None)
