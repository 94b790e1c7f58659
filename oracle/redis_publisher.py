"""Drives the RedisPublisher of the installed package, as a Django application would.

    redis_publisher.py publish FACILITY broadcast|user:NAME|group:NAME|session:KEY TEXT [EXPIRE]
    redis_publisher.py fetch FACILITY broadcast|user|group|session|any [SESSIONKEY]

`fetch` prints what fetch_message returns, hex encoded, or `none`. With a
session key the request it is given is the one of that session, user included.
Settings come from the environment: see site/oracle_site/settings.py.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "site"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oracle_site.settings")

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import get_user  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.http import HttpRequest  # noqa: E402
from ws4redis.publisher import RedisPublisher  # noqa: E402
from ws4redis.redis_store import RedisMessage  # noqa: E402


def audience(word):
    kind, _, name = word.partition(":")
    if kind == "broadcast":
        return {"broadcast": True}
    if kind in ("user", "group", "session") and name:
        return {kind + "s": [name]}
    raise SystemExit("redis_publisher.py: no audience %r" % word)


def publish(facility, to, text, expire=None):
    publisher = RedisPublisher(facility=facility, **audience(to))
    publisher.publish_message(RedisMessage(text), expire=None if expire is None else int(expire))


def fetch(facility, kind, session_key=None):
    request = HttpRequest()
    request.session = None
    request.user = None
    if session_key is not None:
        request.COOKIES[settings.SESSION_COOKIE_NAME] = session_key
        request.session = SessionStore(session_key)
        request.user = get_user(request)
    message = RedisPublisher(facility=facility).fetch_message(request, facility, kind)
    print("none" if message is None else message.hex())


def main(arguments):
    if len(arguments) in (4, 5) and arguments[0] == "publish":
        return publish(*arguments[1:])
    if len(arguments) in (3, 4) and arguments[0] == "fetch":
        return fetch(*arguments[1:])
    raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
