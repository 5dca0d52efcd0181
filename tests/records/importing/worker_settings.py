"""Settings of a worker process with short leases, on a database of its own in the folder that the test names."""

import os
from pathlib import Path

from coordina.config import env
from tests import settings

for _name in filter(str.isupper, dir(settings)):
    globals()[_name] = getattr(settings, _name)

DATA_DIR = Path(os.environ["COORDINA_TEST_SITE"])
DATABASES = {"default": env.database(DATA_DIR)}
TASKS = {
    "default": {
        "BACKEND": "coordina.ledger.queue.LeaseBackend",
        "QUEUES": [],
        "OPTIONS": {"lease": 2.0, "renew": 0.5, "progress": 0.1, "drain": 3.0, "fallback": 0.3},
    }
}
