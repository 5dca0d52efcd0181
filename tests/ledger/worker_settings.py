"""Settings of worker processes in tests: few rooms, and short times, so that a lease runs out while one looks on."""

import os
from pathlib import Path

from coordina.config import env
from tests import settings

for _name in filter(str.isupper, dir(settings)):
    globals()[_name] = getattr(settings, _name)

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "coordina.core",
    "coordina.accounts",
    "coordina.ledger",
]
if _site := os.environ.get("COORDINA_TEST_SITE"):
    SECRET_KEY = f"only-for-tests-{_site}"  # also names the queue of a broker: that of no other test
    DATABASES = {"default": env.database(Path(_site))}
TASKS = {
    "default": {
        "BACKEND": "coordina.ledger.queue.LeaseBackend",
        "QUEUES": [],
        "OPTIONS": {"lease": 2.0, "renew": 0.5, "progress": 0.1, "drain": 3.0, "fallback": 0.5},
    }
}
