"""Traces by OpenTelemetry, set up by its standard variables alone (`OTEL_*`); without them nothing of it is loaded.

A span says what kind of work was done, how long it took and how it ended: route, method and status of a request, path
and attempt of a job, first word of a statement. Never an address as it was typed, a parameter, a text of a
statement, a name, or the text of a fault: these hold what people know of people.
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from typing import Any

from django.db import connection

type Value = str | int | float | bool
ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_lock = threading.Lock()
_provider: Any = None


@cache
def wanted() -> bool:
    """Whether traces are asked for: an address to send them to is set, and nothing switches them off."""
    off = os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"
    none = os.environ.get("OTEL_TRACES_EXPORTER", "").strip().lower() == "none"
    return any(os.environ.get(name, "").strip() for name in ENDPOINTS) and not off and not none


def use(provider: Any) -> None:
    """Send spans through a provider of one's own, or with None as the variables say: for tests."""
    global _provider
    _provider = provider
    wanted.cache_clear()


def on() -> bool:
    """Whether spans are made."""
    return _provider is not None or wanted()


def _tracer() -> Any:
    """The tracer of this process, made at its first span: a forked process has threads of its own."""
    global _provider
    with _lock:
        if _provider is None:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor

            name = os.environ.get("OTEL_SERVICE_NAME") or "coordina"
            _provider = TracerProvider(resource=Resource.create({"service.name": name}))
            _provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        return _provider.get_tracer("coordina")


class Span:
    """A piece of work that is being traced."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def say(self, **values: Value) -> None:
        """Add attributes; `_` in names stands for `.`, `__` for `_`."""
        for name, value in values.items():
            self._inner.set_attribute(name.replace("__", "\0").replace("_", ".").replace("\0", "_"), value)

    def name(self, text: str) -> None:
        """Name it, once it is known what it is."""
        self._inner.update_name(text)

    def failed(self, what: str) -> None:
        """Say that it failed: a type or a code, never a text."""
        from opentelemetry.trace import Status, StatusCode

        self._inner.set_status(Status(StatusCode.ERROR))
        self._inner.set_attribute("error.type", what)


def span(name: str, kind: str = "internal", **values: Value) -> AbstractContextManager[Span | None]:
    """Trace a piece of work with the statements it sends; gives None where nothing is traced.

    Args:
        name: What it is, without anything that belongs to one record or person.
        kind: `server`, `consumer`, `client` or `internal`.
        **values: Attributes; `_` in names stands for `.`.
    """
    return _traced(name, kind, values) if on() else nullcontext()


@contextmanager
def _traced(name: str, kind: str, values: dict[str, Value]) -> Iterator[Span]:
    from opentelemetry.trace import SpanKind

    tracer = _tracer()
    with (
        tracer.start_as_current_span(
            name, kind=SpanKind[kind.upper()], record_exception=False, set_status_on_exception=False
        ) as inner,
        connection.execute_wrapper(_statement),
    ):
        made = Span(inner)
        made.say(**values)
        try:
            yield made
        except BaseException as fault:
            made.failed(f"{type(fault).__module__}.{type(fault).__qualname__}")
            raise


def _statement(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    """Trace one statement: its first word, nothing else of it."""
    from opentelemetry.trace import SpanKind

    word = sql.lstrip("( \n").split(None, 1)[0].upper() if isinstance(sql, str) and sql.strip() else "SQL"
    word = word if word.isalpha() and len(word) < 12 else "SQL"
    with _tracer().start_as_current_span(
        word, kind=SpanKind.CLIENT, record_exception=False, set_status_on_exception=False
    ) as inner:
        inner.set_attribute("db.system.name", connection.vendor)
        inner.set_attribute("db.operation.name", word)
        return execute(sql, params, many, context)


def flush() -> None:
    """Send what waits to be sent: before a process ends without its usual end."""
    if _provider is not None:
        _provider.force_flush(2000)
