"""Gunicorn's settings, as its own program reads them."""

import sys

from tests.operations.processes import PRODUCTION, run

CODE = (
    "import partnerportal.serving.gunicorn as g;"
    " print(g.bind, g.workers, g.threads, repr(g.forwarded_allow_ips), g.graceful_timeout < 60)"
)


def test_it_listens_on_this_machine_and_believes_nobody() -> None:
    done = run(sys.executable, "-c", CODE, **PRODUCTION)
    assert done.stdout == "127.0.0.1:8000 2 4 '' True\n", done.stderr


def test_numbers_of_processes_and_threads_are_the_environments() -> None:
    given = {"WEB_BIND": "0.0.0.0:9000", "WEB_PROCESSES": "3", "WEB_THREADS": "5"}
    done = run(sys.executable, "-c", CODE, **PRODUCTION, **given)
    assert done.stdout == "0.0.0.0:9000 3 5 '' True\n", done.stderr


def test_a_number_that_cannot_be_ends_the_start() -> None:
    done = run(sys.executable, "-c", CODE, **PRODUCTION, WEB_PROCESSES="0")
    assert done.returncode != 0
    assert "WEB_PROCESSES must be 1 or more" in done.stderr
