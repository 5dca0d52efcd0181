"""Settings for tests: the product's own, with a scratch data folder, a cheap password hash, plain file names.

``DATABASE_URL``, ``REDIS_URL`` and ``BROKER_URL`` count as they do for the product: unset, SQLite in memory is used.
"""

import os
import tempfile
from pathlib import Path

_SCRATCH = Path(tempfile.gettempdir()) / f"coordina-tests-{os.getuid()}"
_SCRATCH.mkdir(exist_ok=True)  # the first check of a new machine looks into it before any test ran
os.environ["COORDINA_DATA"] = str(_SCRATCH)
os.environ["SECRET_KEY"] = "only-for-tests-" + "x" * 40
for _name in ("EMAIL_URL", "BASE_URL", "ALLOWED_HOSTS", "COORDINA_TRUSTED_PROXY"):
    os.environ.pop(_name, None)

from coordina.config.settings import *
from coordina.config.settings import DATABASES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
FREEZE_REGISTRIES = False  # tests declare record types and actions of their own
if "sqlite" in DATABASES["default"]["ENGINE"]:
    # In memory there is one connection for all threads of a served site: none may take the statement of another.
    DATABASES["default"]["OPTIONS"]["cached_statements"] = 0
