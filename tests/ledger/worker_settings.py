"""Settings of worker processes in tests: few rooms, and short times, so that a lease runs out while one looks on."""

from tests import settings

for _name in filter(str.isupper, dir(settings)):
    globals()[_name] = getattr(settings, _name)

INSTALLED_APPS = ["django.contrib.contenttypes", "coordina.core", "coordina.accounts", "coordina.ledger"]
TASKS = {
    "default": {
        "BACKEND": "coordina.ledger.queue.LeaseBackend",
        "QUEUES": [],
        "OPTIONS": {"lease": 2.0, "renew": 0.5, "progress": 0.1, "drain": 3.0, "fallback": 0.5},
    }
}
