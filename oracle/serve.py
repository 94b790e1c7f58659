"""Runs the real ws4redis on a loopback port until its standard input ends.

    serve.py prepare                       create the users and sessions in $ORACLE_DATA
    serve.py uwsgi PORT                    uWSGI with gevent, as in production
    serve.py runserver PORT                Django's development server, which ws4redis patches

Settings come from the environment: see site/oracle_site/settings.py.

The server is a child of this process and cannot outlive it: the kernel kills
it when this process ends, however that happens, and this process ends when
its standard input does. So a test that dies takes the server with it.
"""

import ctypes
import os
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SITE = os.path.join(HERE, "site")
BIN = os.path.dirname(sys.executable)
PR_SET_PDEATHSIG = 1


def command(kind, port):
    address = "127.0.0.1:%d" % port
    if kind == "uwsgi":
        # No --master: one process that serves, so there is no worker to be orphaned.
        return [
            os.path.join(BIN, "uwsgi"),
            "--http-socket", address,
            "--http-websockets",
            "--gevent", os.environ.get("ORACLE_GEVENT", "200"),
            "--processes", "1",
            "--die-on-term",
            "--buffer-size", "16384",
            "--pythonpath", SITE,
            "--module", "oracle_site.wsgi:application",
        ]
    if kind == "runserver":
        return [sys.executable, os.path.join(SITE, "manage.py"), "runserver", "--noreload", address]
    raise SystemExit("serve.py: unknown kind %r, must be uwsgi or runserver" % kind)


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def main(arguments):
    if arguments == ["prepare"]:
        return subprocess.call([sys.executable, os.path.join(SITE, "manage.py"), "prepare"])
    if len(arguments) != 2 or not arguments[1].isdigit():
        raise SystemExit(__doc__)
    child = subprocess.Popen(
        command(arguments[0], int(arguments[1])),
        stdin=subprocess.DEVNULL,
        preexec_fn=die_with_parent,
    )

    def child_ended(_signal, _frame):
        status = child.poll()
        if status is not None:
            os._exit(1)

    def stop(_signal, _frame):
        child.kill()
        os._exit(0)

    signal.signal(signal.SIGCHLD, child_ended)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    child_ended(None, None)
    while os.read(0, 4096):
        pass
    child.kill()
    child.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
