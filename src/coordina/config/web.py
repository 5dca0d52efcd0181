"""The web processes: granian with few threads each, for every thread holds a database connection of its own."""

import argparse
import gc
import multiprocessing
import os
import signal

from coordina.config import env, lifeline
from coordina.config.proxy import Application
from coordina.config.restore import refuse_elsewhere, refuse_unerased, refuse_unheld

GARBAGE = (20_000, 50, 100)
"""A page makes some ten thousand objects that are gone with it: at Python's own pace collecting costs a tenth of it."""


def command(arguments: list[str]) -> None:
    """Serve until stopped. Started by ``serve``; by hand only where web and job processes run on different machines."""
    parser = argparse.ArgumentParser(prog="coordina web")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args(arguments)

    refuse_unerased(env.data_dir())
    refuse_unheld(env.data_dir())
    refuse_elsewhere(env.data_dir())
    # Loaded before the processes part: they share its memory and start together, but no connection.
    from django.db import connections
    from django.urls import get_resolver

    from coordina.config.wsgi import application

    _ = get_resolver().url_patterns
    connections.close_all()
    gc.collect()
    gc.freeze()  # what is loaded now stays; looking through it again and again would find nothing to free
    gc.set_threshold(*GARBAGE)

    parent = os.getpid()

    def load() -> Application:
        # Asked to end while it answers, granian can wait for itself for ever, with the database's write lock in hand.
        lifeline.hold_to(parent, signal.SIGKILL)
        return application

    multiprocessing.set_start_method("fork")
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    Server(
        "coordina.config.wsgi:application",
        address=options.host,
        port=options.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=options.workers,
        blocking_threads=2,
        backpressure=64,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        log_level=LogLevels.warning,
    ).serve(target_loader=load, wrap_loader=False)
