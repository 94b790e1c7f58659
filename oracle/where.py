"""Prints where a file of the installed packages lies.

    where.py ws4redis.js      the browser client of django-websocket-redis itself
    where.py jquery.js        the jQuery that Django's admin brings, which that client needs
"""

import os
import sys
from importlib.util import find_spec

FILES = {
    "ws4redis.js": ("ws4redis", "static/js/ws4redis.js"),
    "jquery.js": ("django", "contrib/admin/static/admin/js/vendor/jquery/jquery.js"),
}


def main(arguments):
    if len(arguments) != 1 or arguments[0] not in FILES:
        raise SystemExit(__doc__)
    package, path = FILES[arguments[0]]
    (root,) = find_spec(package).submodule_search_locations
    found = os.path.join(root, *path.split("/"))
    if not os.path.isfile(found):
        raise SystemExit("where.py: %s is not there" % found)
    print(found)


if __name__ == "__main__":
    main(sys.argv[1:])
