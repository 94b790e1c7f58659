"""A Django application with a real login view, run by whichever Django this Python has.

    login.py prepare                     creates the tables and the people
    login.py serve PORT                  serves until standard input ends
    login.py password NAME PASSWORD      changes a password, as a form would
    login.py deactivate NAME
    login.py publish FACILITY user:NAME|group:NAME|session:KEY|broadcast TEXT
                                         through ws4redis's RedisPublisher, where it is installed

Several commands may follow one another.

Settings come from the environment: see login_site/settings.py. The people are ann, in the groups
staff and night shift, bob, in staff, and carol, in none; the password of each is NAME's secret.
"""

import os
import sys
import threading
from wsgiref.simple_server import WSGIRequestHandler, make_server

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "login_site.settings")

import django  # noqa: E402

django.setup()

from django.contrib.auth.models import Group, User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402

PEOPLE = {"ann": ["staff", "night shift"], "bob": ["staff"], "carol": []}


def prepare():
    call_command("migrate", verbosity=0)
    for name, groups in PEOPLE.items():
        user = User.objects.create_user(name, password=name + "'s secret")
        user.groups.set([Group.objects.get_or_create(name=group)[0] for group in groups])


class Quiet(WSGIRequestHandler):
    def log_message(self, *arguments):
        pass


def serve(port):
    server = make_server("127.0.0.1", int(port), get_wsgi_application(), handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print("serving", flush=True)
    while os.read(0, 4096):
        pass
    os._exit(0)


def password(name, text):
    user = User.objects.get(username=name)
    user.set_password(text)
    user.save()


def deactivate(name):
    User.objects.filter(username=name).update(is_active=False)


def publish(facility, to, text):
    from ws4redis.publisher import RedisPublisher
    from ws4redis.redis_store import RedisMessage

    kind, _, name = to.partition(":")
    audience = {"broadcast": True} if kind == "broadcast" else {kind + "s": [name]}
    RedisPublisher(facility=facility, **audience).publish_message(RedisMessage(text))


COMMANDS = {
    "prepare": (prepare, 0),
    "serve": (serve, 1),
    "password": (password, 2),
    "deactivate": (deactivate, 1),
    "publish": (publish, 3),
}


def main(words):
    if not words:
        raise SystemExit(__doc__)
    while words:
        command, arity = COMMANDS.get(words[0], (None, 0))
        if command is None or len(words) <= arity:
            raise SystemExit(__doc__)
        command(*words[1 : arity + 1])
        words = words[arity + 1 :]


if __name__ == "__main__":
    main(sys.argv[1:])
