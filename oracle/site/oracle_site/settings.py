"""A Django project that is nothing but a host for ws4redis.

Read from the environment:

    ORACLE_DATA          folder of the SQLite file (required)
    ORACLE_NONCE         what GET /oracle answers, so that a test knows it reached its own server
    ORACLE_REDIS_HOST, ORACLE_REDIS_PORT, ORACLE_REDIS_DB, ORACLE_REDIS_PASSWORD
    ORACLE_PREFIX        WS4REDIS_PREFIX, unset: none
    ORACLE_EXPIRE        WS4REDIS_EXPIRE in seconds, unset: ws4redis's own default
    ORACLE_HEARTBEAT     WS4REDIS_HEARTBEAT, unset: none
    ORACLE_URL           WEBSOCKET_URL, unset: /ws/
    ORACLE_ALLOWED       WS4REDIS_ALLOWED_CHANNELS: `refuse` raises PermissionDenied, a
                         comma-separated list keeps those parameters, unset: no hook
"""

import os


def _env(name, default=None):
    return os.environ.get("ORACLE_" + name, default)


SECRET_KEY = "the oracle keeps no secrets"
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "oracle_site.urls"
USE_TZ = False

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.path.join(_env("DATA", "."), "oracle.sqlite3"),
    }
}
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "ws4redis",
    "oracle_site",
]
MIDDLEWARE = []

# ws4redis replaces `runserver` when this module is imported; uWSGI uses wsgi.py.
WSGI_APPLICATION = "ws4redis.django_runserver.application"
WEBSOCKET_URL = _env("URL", "/ws/")
WS4REDIS_CONNECTION = {
    "host": _env("REDIS_HOST", "127.0.0.1"),
    "port": int(_env("REDIS_PORT", "6379")),
    "db": int(_env("REDIS_DB", "0")),
    "password": _env("REDIS_PASSWORD"),
}
WS4REDIS_PREFIX = _env("PREFIX")
WS4REDIS_HEARTBEAT = _env("HEARTBEAT")
if _env("EXPIRE") is not None:
    WS4REDIS_EXPIRE = int(_env("EXPIRE"))
if _env("ALLOWED") is not None:
    WS4REDIS_ALLOWED_CHANNELS = "oracle_site.hooks.allowed_channels"
