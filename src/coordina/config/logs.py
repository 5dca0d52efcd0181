"""Log lines: one JSON object each on standard error, without what customers or users typed.

A message is a fixed sentence with values that the programmer chose; of an exception the type and the places in the
code are written, never its text, which often quotes the data that caused it (``COORDINA_DEBUG=1`` writes it too).
"""

import json
import logging
import traceback
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

#: Attributes of a log record that say nothing about the event; everything given in ``extra=`` is written,
#: except ``request`` and whatever else is not a plain value.
_PLUMBING = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """Formats a record as one line of JSON: time, level, logger, event, the plain values of ``extra``, fault."""

    def __init__(self, verbose: bool = False) -> None:
        super().__init__()
        self.verbose = verbose

    def format(self, record: logging.LogRecord) -> str:
        """Give the line for one record."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            **_event(record),
        }
        for key, value in vars(record).items():
            if key not in _PLUMBING and isinstance(value, str | int | float | bool):
                line[key] = value
        if record.exc_info and record.exc_info[1] is not None:
            line["fault"] = self._fault(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)

    def _fault(self, fault: BaseException) -> dict[str, Any]:
        places = [
            f"{_short(frame.filename)}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(fault.__traceback__)
        ]
        kind = f"{type(fault).__module__}.{type(fault).__qualname__}"
        return {"type": kind, "at": places[-8:], **({"text": str(fault)} if self.verbose else {})}


def _event(record: logging.LogRecord) -> dict[str, str]:
    """What happened; of a request only its kind and route, for an address may hold whatever somebody typed."""
    request = getattr(record, "request", None)
    if request is None and not record.name.startswith(("django.request", "django.security")):
        return {"event": record.getMessage().partition("?")[0]}
    status = getattr(record, "status_code", None)
    kind = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Refused"
    found = getattr(request, "resolver_match", None)
    return {"event": kind, **({"route": f"/{found.route}"} if found is not None else {})}


def _short(path: str) -> str:
    """Give the part of a source path that is the same on every machine."""
    return path.rpartition("site-packages/")[2].rpartition("/src/")[2]


def config(level: str, *, verbose: bool) -> dict[str, Any]:
    """Give Django's ``LOGGING``: everything of ``level`` and above to standard error, as JSON lines."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonFormatter, "verbose": verbose}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "coordina": {"level": level},
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        },
    }
