"""The Django project of the migration guide: an application whose tables Rowcast captures.

Run by whichever Django this Python has. STORE_DATABASE is host:port:user:name of a PostgreSQL
database. store/apps.py is not here: the test takes it from docs/MIGRATING-FROM-WS4REDIS.md.
"""

import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
execute_from_command_line(sys.argv)
