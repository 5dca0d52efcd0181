"""Log lines say what happened without saying whom it was about."""

import json
import logging
from types import SimpleNamespace

from coordina.config.logs import JsonFormatter


def line(verbose: bool = False, **values: object) -> dict[str, object]:
    record = logging.makeLogRecord({"name": "coordina.web", "levelname": "ERROR", **values})
    return json.loads(JsonFormatter(verbose).format(record))


def broken() -> Exception:
    try:
        raise ValueError("ana@example.com is taken")
    except ValueError as fault:
        return fault


def test_the_text_of_a_fault_stays_out() -> None:
    fault = broken()
    told = line(msg="It failed.", exc_info=(type(fault), fault, fault.__traceback__))
    assert "ana@example.com" not in json.dumps(told)
    assert told["fault"]["type"] == "builtins.ValueError"  # type: ignore[index]
    assert "broken" in told["fault"]["at"][-1]  # type: ignore[index]


def test_a_developer_sees_it() -> None:
    fault = broken()
    told = line(verbose=True, msg="It failed.", exc_info=(type(fault), fault, fault.__traceback__))
    assert told["fault"]["text"] == "ana@example.com is taken"  # type: ignore[index]


def test_an_address_stays_out_and_its_route_is_written() -> None:
    request = SimpleNamespace(resolver_match=SimpleNamespace(route="<noun:known>/<int:pk>/"))
    told = line(msg="%s: %s", args=("Not Found", "/ana@example.com/?q=Aurora"), status_code=404, request=request)
    assert told["event"] == "Not Found"
    assert told["route"] == "/<noun:known>/<int:pk>/"
    assert told["status_code"] == 404
    assert "request" not in told


def test_what_a_browser_says_of_itself_stays_out() -> None:
    told = line(name="django.security.DisallowedHost", msg="Invalid HTTP_HOST header: %r.", args=("ana@example.com",))
    assert told["event"] == "Refused"
    assert "ana@" not in json.dumps(told)


def test_a_line_break_stays_in_its_line() -> None:
    record = logging.makeLogRecord({"name": "x", "levelname": "INFO", "msg": "a\nb"})
    assert "\n" not in JsonFormatter().format(record)
