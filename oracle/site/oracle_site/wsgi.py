"""What uWSGI runs: ws4redis below WEBSOCKET_URL, Django elsewhere."""

import os

import gevent.socket
import redis.connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oracle_site.settings")
# A Redis read of one client must not stop the greenlets of the others.
redis.connection.socket = gevent.socket

from django.conf import settings  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from ws4redis.uwsgi_runserver import uWSGIWebsocketServer  # noqa: E402

_pages = get_wsgi_application()
_sockets = uWSGIWebsocketServer()


def application(environ, start_response):
    serve = _sockets if environ["PATH_INFO"].startswith(settings.WEBSOCKET_URL) else _pages
    return serve(environ, start_response)
