"""What people know of people stands neither in log lines nor in traces: requests, jobs, mails, refusals, faults."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as site
from django.test import Client
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from coordina.activity.mail import send
from coordina.config.logs import JsonFormatter
from coordina.core import tracing
from coordina.customers.models import Company
from coordina.ledger.models import Job
from coordina.ledger.queue import run_until_idle, task
from coordina.web.tracing import TracingMiddleware
from tests.world import World

pytestmark = pytest.mark.django_db
CANARIES = ("Kanarienvogel", "kanarienvogel@example.com", "600123987", "kanariengeheimnis")


@task()
def fails(number: int) -> None:
    """A job whose fault quotes what it worked on."""
    raise ValueError(f"Kanarienvogel {number} has kanarienvogel@example.com already")


@pytest.fixture
def world(db: Any) -> World:
    return World()


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Everything that is logged, however quiet the logger, as the product writes it."""
    told = io.StringIO()
    handler = logging.StreamHandler(told)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    names = ("coordina", "django", "django.request", "django.security", "django.tasks")
    before = {name: logging.getLogger(name).level for name in names}
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    for name in names:
        logging.getLogger(name).setLevel(logging.INFO)
    yield told
    root.removeHandler(handler)
    root.setLevel(level)
    for name, was in before.items():
        logging.getLogger(name).setLevel(was)


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[InMemorySpanExporter]:
    """Everything that is traced; the middleware stands where the product puts it."""
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    tracing.use(provider)
    settings.MIDDLEWARE = [f"{TracingMiddleware.__module__}.{TracingMiddleware.__qualname__}", *site.MIDDLEWARE]
    yield kept
    tracing.use(None)


def live(world: World, settings: Any) -> None:
    """A day of a company: pages, searches, filters, wrong passwords, refusals, faults, a job that dies, a mail."""
    client = world.client(world.boss)
    client.raise_request_exception = False
    person = {"first_name": "Kanarienvogel", "email": "kanarienvogel@example.com", "phone": "600123987"}
    world.create(Company, name="Kanarienvogel S.L.")
    client.post("/people/new/", person)
    client.post("/people/new/", {"email": "Kanarienvogel @"})  # refused
    client.get("/search/", {"q": "Kanarienvogel"})
    client.get("/companies/", {"filter": 'name ~ "Kanarienvogel"', "q": "kanarienvogel@example.com"})
    client.get("/companies/", {"filter": "Kanarienvogel ((("})
    client.get("/kanarienvogel@example.com/?q=600123987")
    client.get("/companies/999999/")
    anonymous = Client(raise_request_exception=False)
    anonymous.post("/sign-in/", {"email": "kanarienvogel@example.com", "password": "kanariengeheimnis"})
    anonymous.get("/sign-in/?next=/people/?q=Kanarienvogel", headers={"host": "testserver"})
    anonymous.get("/companies/", headers={"authorization": "Bearer kanariengeheimnis"})
    anonymous.get("/api/v1/companies/?filter=Kanarienvogel", headers={"authorization": "Bearer kanariengeheimnis"})
    settings.EMAIL_URL = "smtp://kanarienvogel:kanariengeheimnis@127.0.0.1:9"
    send(to="kanarienvogel@example.com", subject="Kanarienvogel", text="600123987")
    fails.enqueue(600123987)
    run_until_idle()


def test_log_lines_say_nothing_of_people(world: World, lines: io.StringIO, settings: Any) -> None:
    live(world, settings)
    told = lines.getvalue()
    assert "fails" in told, "the job that failed is in the log"
    assert all(isinstance(json.loads(line), dict) for line in told.splitlines())
    found = [line for line in told.splitlines() if any(canary.lower() in line.lower() for canary in CANARIES)]
    assert not found


def test_traces_say_nothing_of_people(world: World, spans: InMemorySpanExporter, settings: Any) -> None:
    live(world, settings)
    made = spans.get_finished_spans()
    names = {each.name for each in made}
    assert {"GET /<noun:known>/", "POST /<noun:known>/new/", "INSERT", "SELECT"} <= names
    assert f"job {fails.module_path}" in names
    told = "\n".join(each.to_json() for each in made)
    assert not [canary for canary in CANARIES if canary.lower() in told.lower()]


def test_a_span_says_how_it_ended(world: World, spans: InMemorySpanExporter) -> None:
    world.client(world.boss).get("/companies/999999/")
    asked = next(each for each in spans.get_finished_spans() if each.name == "GET /<noun:known>/<int:pk>/")
    assert asked.attributes is not None
    assert asked.attributes["http.route"] == "/<noun:known>/<int:pk>/"
    assert asked.attributes["http.response.status_code"] == 404
    parents = {each.parent.span_id for each in spans.get_finished_spans() if each.parent}
    assert asked.context.span_id in parents, "its statements are below it"
    fails.enqueue(1)
    run_until_idle()
    job = next(each for each in spans.get_finished_spans() if each.name.startswith("job "))
    assert job.attributes is not None
    assert job.attributes["job.id"] == Job.objects.get().pk
    assert job.attributes["error.type"] == "builtins.ValueError"
    assert not job.events


def test_without_the_variables_nothing_is_loaded_or_traced(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in tracing.ENDPOINTS:
        monkeypatch.delenv(name, raising=False)
    tracing.use(None)
    assert not tracing.on()
    with tracing.span("x") as traced:
        assert traced is None
    assert not [each for each in site.MIDDLEWARE if "tracing" in each]


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4318/v1/traces"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "OTEL_SDK_DISABLED": "true"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "OTEL_TRACES_EXPORTER": "none"}, False),
        ({"OTEL_SERVICE_NAME": "x"}, False),
    ],
)
def test_the_standard_variables_decide(said: dict[str, str], wanted: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    tracing.wanted.cache_clear()
    assert tracing.wanted() is wanted
    monkeypatch.undo()
    tracing.wanted.cache_clear()
