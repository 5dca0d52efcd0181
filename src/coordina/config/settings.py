"""Settings of Coordina, from environment variables only (see ``env``). Unset means the embedded default.

========================== ==========================================================================================
COORDINA_DATA              folder of a company's database and files (``./data``)
DATABASE_URL               ``postgres://user:password@host:5432/name``; unset: SQLite in the data folder
REDIS_URL                  a shared cache for many servers; unset: nothing is cached between requests
BROKER_URL                 a broker that tells workers of jobs, ``amqp://…`` or ``redis://…``; unset: the database does
EMAIL_URL                  ``smtp://user:password@host:587``; unset: mails are kept and shown in the settings
SECRET_KEY                 unset: made at first start and kept in the data folder, readable by its owner only
BASE_URL                   the public address, ``https://crm.example.com``; https switches on secure cookies and HSTS
ALLOWED_HOSTS              comma-separated host names beside that of BASE_URL
COORDINA_FILES             ``s3://bucket/prefix?endpoint=https://…&region=…``, its keys in AWS_ACCESS_KEY_ID and
                           AWS_SECRET_ACCESS_KEY; unset: files are kept in the data folder
COORDINA_TRUSTED_PROXY     addresses or networks whose ``X-Forwarded-*`` headers are believed; unset: nobody's
COORDINA_MAX_UPLOAD_MB     largest file that may be uploaded (200)
COORDINA_DB_POOL           most PostgreSQL connections of one process (8)
COORDINA_JOB_LEASE         seconds until a job of a worker that gives no sign of life is taken over (60)
COORDINA_LOG_LEVEL         INFO
COORDINA_API_PER_MINUTE    requests that a token may send in a minute (600)
COORDINA_OIDC_…            sign-in with the company's provider: ISSUER, CLIENT_ID, CLIENT_SECRET, LABEL, DOMAINS,
                           NEW_ROLE, ROLE_CLAIM, ROLES, TEAM_CLAIM, TRUSTED (docs/administration.md)
COORDINA_PASSWORDS         off: only administrators sign in with a password (on)
COORDINA_WEBHOOKS_PRIVATE  networks of your own that webhooks may reach, also without encryption; unset: none
COORDINA_ROOMS             rooms of your own: importable apps, comma-separated (docs/add-a-noun.md)
OTEL_…                     traces by OpenTelemetry, where OTEL_EXPORTER_OTLP_ENDPOINT is set (docs/administration.md)
COORDINA_DEBUG             1 shows faults in the browser: for developers only
========================== ==========================================================================================
"""

from datetime import timedelta
from pathlib import Path

import django.contrib.auth  # no installed app: only its password rules and their translations are used
from django.db.models import Field
from django.db.models.options import Options
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from coordina.config import env, logs
from coordina.core import tracing

for _generic in (Field, Options):  # types say Field[Any, Any]; of these two Django makes no generics at run time
    setattr(_generic, "__class_getitem__", classmethod(lambda cls, *_: cls))  # noqa: B010 (mypy knows no such attribute)

PACKAGE = Path(__file__).resolve().parent.parent
DATA_DIR = env.data_dir()
STATE_DIR = PACKAGE.parent.parent / ".state"

DEBUG = env.flag("COORDINA_DEBUG")
SECRET_KEY = env.secret_key(DATA_DIR)
BASE_URL = env.base_url().geturl().rstrip("/")
ALLOWED_HOSTS = env.allowed_hosts()

ROOMS = env.words("COORDINA_ROOMS")
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "coordina.core",
    "coordina.accounts",
    "coordina.ledger",
    "coordina.records",
    "coordina.activity",
    "coordina.customers",
    "coordina.catalog",
    "coordina.documents",
    "coordina.stock",
    "coordina.pipeline",
    "coordina.leads",
    "coordina.orders",
    "coordina.shipping",
    "coordina.promises",
    "coordina.connect",
    "coordina.privacy",
    "coordina.insights",
    "coordina.transfer",
    *ROOMS,
    "coordina.web",
    "coordina.webforms",
    "coordina.api",
    "coordina.mcp_door",
    "coordina.hooks",
    "coordina.config",
]

MIDDLEWARE = [
    "coordina.web.system.probes.ProbeMiddleware",
    *(["coordina.web.tracing.TracingMiddleware"] if tracing.wanted() else []),
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "coordina.web.compression.CompressionMiddleware",
    "coordina.api.middleware.ApiMiddleware",
    "coordina.mcp_door.middleware.McpMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "coordina.web.middleware.VisitorMiddleware",
    "coordina.web.middleware.DoorMiddleware",
]

ROOT_URLCONF = "coordina.config.urls"
WSGI_APPLICATION = "coordina.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": ["coordina.web.folding.Loader"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "coordina.web.navigation.navigation",
                "coordina.web.context.shell",
            ],
        },
    }
]

# Database, cache, jobs, mail

DATABASES = {"default": env.database(DATA_DIR)}

REDIS_URL = env.text("REDIS_URL")
BROKER_URL = env.broker()
CACHES = {
    "default": {"BACKEND": "coordina.config.cache.SharedCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
}
_LEASE = env.number("COORDINA_JOB_LEASE", 60, least=3)
TASKS = {
    "default": {
        "BACKEND": "coordina.ledger.queue.LeaseBackend",
        "QUEUES": [],
        "OPTIONS": {"lease": _LEASE, "renew": _LEASE / 3},
    }
}
API_PER_MINUTE = env.number("COORDINA_API_PER_MINUTE", 600, least=1)
WEBHOOKS_PRIVATE = env.networks("COORDINA_WEBHOOKS_PRIVATE")
EMAIL_URL = env.text("EMAIL_URL")
MAILERS = env.mailers()
DEFAULT_FROM_EMAIL = env.text("COORDINA_FROM_EMAIL", f"coordina@{env.base_url().hostname}")

# People

AUTH_USER_MODEL = "accounts.User"
PASSWORDS = env.flag("COORDINA_PASSWORDS", default=True)
OIDC = env.oidc()
AUTHENTICATION_BACKENDS = ["coordina.accounts.signin.SignInBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_VALIDATORS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": f"{_VALIDATORS}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
    {"NAME": f"{_VALIDATORS}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": f"{_VALIDATORS}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATORS}.NumericPasswordValidator"},
]

SESSION_ENGINE = "coordina.accounts.cached_sessions" if REDIS_URL else "coordina.accounts.sessions"
SESSION_COOKIE_NAME = "coordina_session"
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "coordina_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_NAME = "coordina_language"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.fallback.FallbackStorage"  # a signed cookie: no write for a toast

# What the browser may do

SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

_HTTPS = BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _HTTPS
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if _HTTPS else 0
CSRF_TRUSTED_ORIGINS = [BASE_URL]
USE_X_FORWARDED_HOST = False

# Files

FILES = env.files()
MEDIA_ROOT = DATA_DIR / "files"
STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "static"]
STATIC_ROOT = STATE_DIR / "static"
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "coordina.config.static.StaticStorage"
    },
}
FILE_UPLOAD_HANDLERS = [
    "coordina.config.uploads.LimitedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
MAX_UPLOAD_BYTES = env.number("COORDINA_MAX_UPLOAD_MB", 200, least=1) * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DATA_UPLOAD_MAX_NUMBER_FILES = 100

# Languages and time

LANGUAGE_CODE = "es"
LANGUAGES = [("es", _("Spanish")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale", Path(django.contrib.auth.__file__).parent / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # each person's own zone is set with the request

LOGGING = logs.config(env.text("COORDINA_LOG_LEVEL", "INFO").upper(), verbose=DEBUG)

FREEZE_REGISTRIES = True
