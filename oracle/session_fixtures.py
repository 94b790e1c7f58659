"""Prints sessions as this Python's Django stores them, for the unit tests of our decoder.

    session_fixtures.py [ALGORITHM]       DEFAULT_HASHING_ALGORITHM, for Django 3.1 and 3.2 only

One JSON document: the version, the secrets, and of each case what went in and what came out. No
database is needed: encoding a session and hashing a login are pure. The files below
gateway/src/test/resources/dev/rowcast/auth/django were written by the versions they are named
after:

    for version in 2.2.28 3.1.14 3.2.25 4.2.27 5.2.19; do
      python3.11 -m venv "$version" && "$version/bin/pip" install "Django==$version"
      "$version/bin/python" oracle/session_fixtures.py > "sessions-$version.json"
    done
    3.2.25/bin/python oracle/session_fixtures.py sha1 > sessions-3.2.25-sha1.json
"""

import json
import sys

import django
from django.conf import settings

SECRET = "the fixtures keep no secrets, neither ' nor \u00fc"
PASSWORD = "pbkdf2_sha256$260000$c2FsdA$bm90IGEgcmVhbCBoYXNo"

options = {
    "SECRET_KEY": SECRET,
    "INSTALLED_APPS": [
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
    ],
}
if len(sys.argv) > 1:
    options["DEFAULT_HASHING_ALGORITHM"] = sys.argv[1]
if django.VERSION >= (3, 2):
    options["DEFAULT_AUTO_FIELD"] = "django.db.models.AutoField"
settings.configure(**options)
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402

LOGIN = User(pk=7, username="ann", password=PASSWORD).get_session_auth_hash()
BACKEND = "django.contrib.auth.backends.ModelBackend"


def login(**more):
    return {"_auth_user_id": "7", "_auth_user_backend": BACKEND, "_auth_user_hash": LOGIN, **more}


CASES = {
    "nobody": {},
    "visitor": {"cart": [1, 2, 3]},
    "login": login(),
    "login-in-groups": login(**{"ws4redis:memberof": ["staff", "night shift", "caf\u00e9"]}),
    "login-in-many-groups": login(**{"ws4redis:memberof": ["group %d" % n for n in range(200)]}),
    "language": login(**{"_language": "\u65e5\u672c\u8a9e"}),
}


def stored(data, serializer=None):
    store = SessionStore()
    if serializer is not None:
        store.serializer = serializer
    return store.encode(data)


def cases():
    for name, data in CASES.items():
        yield {"name": name, "session": data, "stored": stored(data)}
    try:
        from django.contrib.sessions.serializers import PickleSerializer
    except ImportError:
        return
    yield {"name": "pickled", "session": None, "stored": stored(login(), PickleSerializer)}


document = {
    "django": django.get_version(),
    "secret": SECRET,
    "password": PASSWORD,
    "login-hash": LOGIN,
    "cases": list(cases()),
}
print(json.dumps(document, indent=1, sort_keys=True))
