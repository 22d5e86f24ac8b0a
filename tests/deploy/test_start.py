"""deploy/start as a container runs it: the environment of the compose file, and nothing else."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.deploy.containers import TOKEN, Container
from tests.patience import wait_for
from tests.settings import PROCESS, RUN_DIR
from tests.support.postgres import migrated_template, with_database
from tests.support.servers import Valkey, manage

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


@pytest.fixture
def database(postgres: str) -> str:
    """A migrated one of this test's own."""
    name = f"portal_test_{RUN_DIR.name[-8:]}_{PROCESS}_start"
    template = sql.Identifier(migrated_template(postgres))
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(create.format(sql.Identifier(name), template))
    return with_database(postgres, name)


@pytest.fixture
def container(tmp_path: Path, database: str) -> Iterator[Callable[[str], Container]]:
    valkey = Valkey(RUN_DIR / f"{PROCESS}-start.sock").start()
    made: list[Container] = []

    def container(service: str) -> Container:
        made.append(Container(service, tmp_path, database=database, broker=valkey.url))
        return made[-1]

    yield container
    for each in made:
        each.kill()
    valkey.stop()


@pytest.mark.long
def test_the_image_starts_serves_and_stops(container: Callable[[str], Container]) -> None:
    migrate, web = container("migrate"), container("web")
    manage("migrate", "accounts", "0002", DATABASE_URL=migrate.environment["DATABASE_OWNER_URL"])
    collected = web.run("collectstatic")
    assert collected.returncode == 0, collected.stderr
    web.start()
    wait_for(web.answers, "The web server")
    # Until the step is done, no balancer sends anyone here.
    assert web.ask("/health/ready").status == 503
    done = migrate.run("migrate")
    assert done.returncode == 0, done.stderr
    assert "Applying accounts.0003_people_on_postgresql... OK" in done.stdout
    assert web.ask("/health/ready").body == b"ok"

    assert web.ask("/accounts/login/").status == 301
    page = web.ask("/accounts/login/", **{"X-Forwarded-Proto": "https"})
    assert page.status == 200
    assert page.headers["Strict-Transport-Security"]
    assert web.ask("/", Host="elsewhere.example", **{"X-Forwarded-Proto": "https"}).status == 400
    assert web.ask("/health/status").status == 404

    worker, beat = container("worker"), container("beat")
    worker.start()
    beat.start()
    wait_for(worker.is_well, "The worker")
    wait_for(beat.is_well, "The beat")
    status = web.ask("/health/status", Authorization=f"Bearer {TOKEN}")
    found = json.loads(status.body)
    assert (found["alarms"], found["database"], found["redis"]) == ([], "ok", "ok")

    assert [each.stop() for each in (beat, worker, web)] == [0, 0, 0]
    lines = [json.loads(line) for line in web.log.read_text().splitlines()]
    assert "GET /accounts/login/" in {line.get("request") for line in lines}


# Root reads every file; without these rights it is one user among others.
NO_ROOT = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
SOMEBODY_ELSE = 10_001
PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
# What gunicorn by itself believes of a neighbor on the loopback, and what others of its kind say.
CLAIMS = {
    "X-Forwarded-Ssl": "on",
    "X-Forwarded-Protocol": "ssl",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Scheme": "https",
    "X-Scheme": "https",
    "X-Url-Scheme": "https",
    "Front-End-Https": "on",
    "Forwarded": "proto=https",
}


def test_what_one_user_collects_another_serves(
    container: Callable[[str], Container], tmp_path: Path
) -> None:
    """An image is built by root, a server set up by an admin; the portal runs as neither."""
    web = container("web")
    collected = web.run("collectstatic", umask=0o077)
    assert collected.returncode == 0, collected.stderr
    static = [tmp_path / "static", *(tmp_path / "static").rglob("*")]
    assert {path.suffix for path in static} >= {".css", ".js", ".gz", ".br", ".json", ".svg"}
    closed = [path for path in static if path.stat().st_mode & 0o004 == 0]
    assert closed == []
    if os.getuid() == 0:
        for path in static:
            os.chown(path, SOMEBODY_ELSE, SOMEBODY_ELSE)
    web.start(*(NO_ROOT if os.getuid() == 0 else ()))
    wait_for(web.answers, "The web server")
    [style] = (tmp_path / "static" / "css").glob("tokens.*.css")
    https = {"X-Forwarded-Proto": "https"}
    answer = web.ask(f"/static/css/{style.name}", **https, **{"Accept-Encoding": "br"})
    assert (answer.status, answer.headers["Content-Encoding"]) == (200, "br")


def test_no_header_of_a_neighbor_makes_it_https_or_another_page(
    container: Callable[[str], Container],
) -> None:
    """With gunicorn's own settings, whoever comes from the loopback is believed some of them."""
    web = container("web")
    web.environment |= {"TRUST_FORWARDED_PROTO": "off"}
    web.environment |= {"STATICFILES_STORAGE": PLAIN}
    web.start()
    wait_for(web.answers, "The web server")
    for name, value in CLAIMS.items():
        answer = web.ask("/accounts/login/", **{name: value})
        assert (answer.status, name) == (301, name)
    # Past a proxy that keeps /metrics to itself.
    for name in ("PATH_INFO", "SCRIPT_NAME", "Path-Info", "Script-Name"):
        claims = {name: "/metrics", "Authorization": f"Bearer {TOKEN}"}
        assert web.ask("/health/live", **claims).body == b"ok"


def test_the_image_refuses_to_start_without_its_secrets(
    container: Callable[[str], Container],
) -> None:
    web = container("web")
    web.environment |= {"SECRET_KEY": "", "MONITORING_TOKEN": "short"}
    done = web.run("web")
    assert done.returncode != 0
    assert "- SECRET_KEY is missing" in done.stderr
    assert "- MONITORING_TOKEN is weak" in done.stderr
