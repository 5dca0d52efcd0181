"""The broker that carries the ids of jobs among many servers: a queue of RabbitMQ or Redis, by `BROKER_URL`.

The queue table stays the only truth. A message says «this job may be due» and nothing else: what is lost, late or
doubled costs a look at the table, never a job. Everything here has a short limit of time and may fail.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any

from django.conf import settings
from django.utils.crypto import salted_hmac

PATIENCE = 2.0
"""Seconds in which the broker has to answer."""
FRESH, UNUSED = 600, 86400
"""Seconds after which RabbitMQ drops a message, and a queue that nobody uses. The table is looked at long before."""


class Away(Exception):
    """The broker could not be reached, or did not do what it was asked for. Names the kind of fault, nothing else."""


def in_use() -> bool:
    """Whether a broker is set up."""
    return bool(settings.BROKER_URL)


def place(queue: str) -> str:
    """Give the broker's name for a queue of jobs: installations that share a broker differ in their secret key."""
    return f"coordina.{salted_hmac('coordina.broker', 'jobs', algorithm='sha256').hexdigest()[:12]}.{queue}"


def waiting() -> int:
    """Count the messages that wait in the default queue. Raises Away."""
    link = Link()
    try:
        return link.count("default")
    finally:
        link.close()


def _kombu() -> Any:
    """The library that speaks with brokers. Where none is set up it is not loaded: it would cost time and memory."""
    return import_module("kombu")


class Link:
    """One connection to the broker, for one thread. Everything it does raises Away."""

    def __init__(self) -> None:
        self._came: list[int] = []
        self._declared: set[str] = set()
        self._open: Any = None
        with self._guarded():
            self._redis = settings.BROKER_URL.startswith("redis")
            kept: dict[str, Any] = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE}
            if not self._redis:
                kept = {"confirm_publish": True, "read_timeout": PATIENCE, "write_timeout": PATIENCE}
            self._open = _kombu().Connection(
                settings.BROKER_URL, connect_timeout=PATIENCE, heartbeat=0, transport_options=kept
            )
            self._open.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=PATIENCE)
            self._channel = self._open.channel()

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except Exception as fault:  # whatever a library says of a broken connection: this one is no good any more
            if self._open is not None:
                self._open.collect(socket_timeout=PATIENCE)
            raise Away(type(fault).__name__) from None

    def _queue(self, queue: str) -> Any:
        name = place(queue)
        arguments = {} if self._redis else {"expires": UNUSED, "message_ttl": FRESH}
        kombu = _kombu()
        return kombu.Queue(name, kombu.Exchange(""), routing_key=name, durable=True, channel=self._channel, **arguments)

    def count(self, queue: str) -> int:
        """Count the messages that wait in a queue, and make it where it is not there yet."""
        with self._guarded():
            return int(self._queue(queue).queue_declare()[1])

    def send(self, pk: int, queue: str) -> None:
        """Send the id of a job, and wait until the broker has it."""
        with self._guarded():
            if queue not in self._declared:
                self._queue(queue).queue_declare()
                self._declared.add(queue)
                self._producer = _kombu().Producer(self._channel, serializer="json", auto_declare=False)
            limits = {} if self._redis else {"confirm_timeout": PATIENCE}
            self._producer.publish(pk, routing_key=place(queue), delivery_mode=1, retry=False, **limits)

    def listen(self, queues: tuple[str, ...]) -> None:
        """Have the messages of some queues come, one after the other."""
        with self._guarded():
            found = [self._queue(queue) for queue in queues]
            for queue in found:
                queue.queue_declare()
            # Redis gives one at a time, as it is asked; RabbitMQ holds back the next one until this one is acknowledged
            consumer = _kombu().Consumer(
                self._channel, found, no_ack=self._redis, auto_declare=False, on_message=self._arrived
            )
            if not self._redis:
                consumer.qos(prefetch_count=1)
            consumer.consume()

    def _arrived(self, message: Any) -> None:
        pk = None
        with suppress(Exception):  # somebody else's message
            pk = message.payload
        if not self._redis:
            message.ack()
        if type(pk) is int:
            self._came.append(pk)

    def next(self, seconds: float) -> list[int]:
        """Wait for the next message; nothing where none comes in time."""
        with self._guarded():
            with suppress(TimeoutError):
                self._open.drain_events(timeout=seconds)
            came, self._came = self._came, []
            return came

    def drop(self, queue: str) -> None:
        """Delete a queue with all that waits in it."""
        with self._guarded():
            self._queue(queue).delete()

    def purge(self, queue: str) -> None:
        """Lose all messages that wait in a queue."""
        with self._guarded():
            self._queue(queue).purge()

    def close(self) -> None:
        """Give the connection back. Never raises."""
        with suppress(Away), self._guarded():
            self._open.close()
