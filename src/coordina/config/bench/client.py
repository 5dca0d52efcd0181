"""A browser reduced to what costs the server something: one connection, cookies, compressed pages."""

import gzip
import http.client
import time
from dataclasses import dataclass
from urllib.parse import urlencode

IDLE = 5.0
"""Seconds after which a connection is opened anew."""


class RequestFailed(Exception):
    """The server answered otherwise than it should."""


@dataclass(slots=True)
class Answer:
    """What came back.

    Attributes:
        size: Bytes on the wire, compressed.
        ms: Time until the last of them.
    """

    status: int
    location: str
    body: bytes
    zipped: bool
    size: int
    ms: float

    @property
    def text(self) -> str:
        """The page."""
        return (gzip.decompress(self.body) if self.zipped else self.body).decode()


class Client:
    """One person at one browser.

    Args:
        port: Of the server on this machine.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._link = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._cookies: dict[str, str] = {}
        self._used = 0.0

    def twin(self) -> "Client":
        """The same person at another browser window."""
        twin = Client(self._port)
        twin._cookies = dict(self._cookies)
        return twin

    def sign_in(self, email: str, password: str) -> None:
        """Sign in by the form. Raises RequestFailed."""
        self.get("/sign-in/")
        answer = self.post("/sign-in/", {"email": email, "password": password})
        if answer.status != 302 or "coordina_session" not in self._cookies:
            raise RequestFailed(f"{email} cannot sign in: {answer.status}")

    def get(self, path: str, **headers: str) -> Answer:
        """Ask for a page."""
        return self._ask("GET", path, None, headers)

    def post(self, path: str, values: dict[str, str], **headers: str) -> Answer:
        """Send a form."""
        body = urlencode(values | {"csrfmiddlewaretoken": self._cookies.get("coordina_csrf", "")}).encode()
        return self._ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"} | headers)

    def upload(self, path: str, values: dict[str, str], name: str, content: bytes) -> Answer:
        """Send a form with a file in the field `files`."""
        edge = "----coordina-bench"
        values = values | {"csrfmiddlewaretoken": self._cookies.get("coordina_csrf", "")}
        parts = [f'--{edge}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in values.items()]
        parts.append(
            f'--{edge}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
            "Content-Type: text/csv\r\n\r\n"
        )
        body = "".join(parts).encode() + content + f"\r\n--{edge}--\r\n".encode()
        return self._ask("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={edge}"})

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        given = {
            "Accept-Encoding": "gzip",
            "Accept-Language": "es",
            "Cookie": "; ".join(f"{n}={v}" for n, v in self._cookies.items()),
            **headers,
        }
        began = time.perf_counter()
        if began - self._used > IDLE:
            self._link.close()  # as browsers do: the server may have closed it meanwhile
        self._link.request(method, path, body, given)
        response = self._link.getresponse()
        content = response.read()
        self._used = time.perf_counter()
        ms = (self._used - began) * 1000
        for name, value in response.headers.items():
            if name.lower() == "set-cookie":
                key, _equals, rest = value.partition("=")
                self._cookies[key] = rest.partition(";")[0]
        self._cookies.pop("messages", None)  # the toast of a form: the page after it shows and forgets it
        zipped = response.headers.get("Content-Encoding") == "gzip"
        return Answer(response.status, response.headers.get("Location", ""), content, zipped, len(content), ms)
