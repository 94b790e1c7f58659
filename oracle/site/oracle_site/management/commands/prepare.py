"""Creates the people that conversations talk as. Their session keys are fixed, so scripts name them."""

from datetime import timedelta

from django.contrib.auth import login
from django.contrib.auth.models import Group, User
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.http import HttpRequest
from django.utils import timezone

PEOPLE = {"alice": ["staff", "night shift"], "bob": ["staff"], "carol": []}


def session_key(name):
    return (name * 32)[:32]


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args, **options):
        call_command("migrate", verbosity=0)
        for name, groups in PEOPLE.items():
            user, _ = User.objects.get_or_create(username=name)
            user.groups.set([Group.objects.get_or_create(name=group)[0] for group in groups])
            request = HttpRequest()
            request.session = SessionStore()
            # The login signal is what makes ws4redis note the groups in the session.
            login(request, user, backend="django.contrib.auth.backends.ModelBackend")
            self.keep(name, dict(request.session.items()))
        # Not empty: Django deletes an empty session instead of storing it.
        self.keep("visitor", {"visits": 1})

    @staticmethod
    def keep(name, data):
        expires = timezone.now() + timedelta(days=1)
        Session.objects.save(session_key(name), data, expires)
