"""A program that webhooks tell: it takes everything at once and remembers under which id it came."""

import json
import threading
from collections import Counter, defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver:
    """Listens on a free port of this machine until it is closed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ids: dict[str, set[str]] = defaultdict(set)
        self._times: Counter[str] = Counter()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver._take(self.headers["Coordina-Delivery"], json.loads(body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()

    def _take(self, delivery: str, said: Any) -> None:
        with self._lock:
            self._times[delivery] += 1
            for event in said if isinstance(said, list) else [said]:
                self._ids[event["id"]].add(delivery)

    def told(self) -> dict[str, set[str]]:
        """By the id of the event: ids of the deliveries that told of it."""
        with self._lock:
            return {event: set(ids) for event, ids in self._ids.items()}

    def came(self) -> tuple[int, int]:
        """How many deliveries came, and how many requests more than that."""
        with self._lock:
            return len(self._times), self._times.total() - len(self._times)

    def close(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()
