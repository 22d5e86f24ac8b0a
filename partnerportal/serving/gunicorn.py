"""Settings of Gunicorn.

`gunicorn --config python:partnerportal.serving.gunicorn partnerportal.wsgi`
"""

import os
from typing import Any

import gunicorn.http.wsgi

from ..checked import Checked
from . import counted, logs

counted.count_together()
logs.end_in_one_line()

env = Checked()
# A proxy stands before it: on the same machine, unless this says otherwise, as the image does.
bind = env.str("WEB_BIND", default="127.0.0.1:8000")
worker_class = "gthread"
workers = env.positive("WEB_PROCESSES", 2)
threads = env.positive("WEB_THREADS", 4)
env.refuse()
# What a request says of itself is the settings' to believe (TRUST_FORWARDED_PROTO, PROXY_COUNT).
# By itself gunicorn takes scheme, path and script name from headers of all clients on loopback.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""
# One process reads the code, the others share its memory.
preload_app = True
# So long may a request take, and so long do requests get to end after SIGTERM.
timeout = 60
graceful_timeout = 45
keepalive = 75
# A process that grew by some large page gives its memory back; not all of them at once.
max_requests = 5_000
max_requests_jitter = 1_000
# Gunicorn's own pulse in memory: a busy disk must not look like a dead process. It makes its file
# there by itself, under a name that nobody guesses.
MEMORY = "/dev/shm"  # noqa: S108  # nosec B108
worker_tmp_dir = MEMORY if os.path.isdir(MEMORY) else None  # noqa: PTH112
control_socket_disable = True
errorlog = "-"
loglevel = "warning"
# Until the settings are read, and for gunicorn's own lines.
logconfig_dict = logs.logging("WARNING", as_json=logs.wants_json())

# Which server answers is nobody's business.
gunicorn.http.wsgi.SERVER = "portal"


def child_exit(server: Any, worker: Any) -> None:
    """Keep what a process that ended has counted, and not what it was doing."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
