"""A Django project that people log in to, for Django 2.2 with ws4redis and for a current Django.

Read from the environment:

    LOGIN_DATABASE     host:port:user:name of a PostgreSQL database (required)
    LOGIN_REDIS        host:port of the Redis that ws4redis publishes to and the cache is in
    LOGIN_ENGINE       `db` for the session table, `redis` for a cache of JSON in that Redis
    LOGIN_SECRET       SECRET_KEY
"""

import os
from importlib.util import find_spec

SECRET_KEY = os.environ.get("LOGIN_SECRET", "the login site keeps no secrets")
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "login_site.urls"
USE_TZ = False
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

_host, _port, _user, _name = os.environ["LOGIN_DATABASE"].split(":")
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": _host,
        "PORT": _port,
        "USER": _user,
        "NAME": _name,
    }
}
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
# The slow ones protect passwords that are worth something.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
FORM = "<form method=post>{% csrf_token %}{{ form.as_p }}</form>"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                ("django.template.loaders.locmem.Loader", {"registration/login.html": FORM})
            ]
        },
    }
]

_redis_host, _, _redis_port = os.environ.get("LOGIN_REDIS", "127.0.0.1:6379").partition(":")
if os.environ.get("LOGIN_ENGINE", "db") == "redis":
    SESSION_ENGINE = "django.contrib.sessions.backends.cache"
    CACHES = {
        "default": {
            "BACKEND": "django_redis.cache.RedisCache",
            "LOCATION": "redis://%s:%s/3" % (_redis_host, _redis_port),
            "OPTIONS": {"SERIALIZER": "django_redis.serializers.json.JSONSerializer"},
        }
    }

# Its login signal notes the groups in the session.
if find_spec("ws4redis") is not None:
    INSTALLED_APPS.append("ws4redis")
    WS4REDIS_CONNECTION = {"host": _redis_host, "port": int(_redis_port)}
