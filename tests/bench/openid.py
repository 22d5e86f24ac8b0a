"""What a sign-in to an application costs the portal, beside a project of allauth's alone.

Both are on the same PostgreSQL, each in a process of its own, and take turns: ours with row-level
security, the gate, sessions and limits; the other with none of them.
"""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from statistics import median
from typing import Any

import psycopg
from psycopg import sql

from tests.bench.applications.provider import WAYS
from tests.bench.figures import Figure, at_most, yardstick
from tests.bench.stage import Stage
from tests.support.postgres import application_url, with_database

REPEAT = 20
# Of shared/machines.md, in milliseconds of a processor.
GOALS = {
    "discovery": 3,
    "keys": 3,
    "authorize": 20,
    "token by code": 20,
    "refresh": 20,
    "userinfo": 12,
    "introspection": 12,
}
OURS, BARE = "tests.bench.portal.settings", "tests.bench.applications.bare.settings"


def measure(stage: Stage) -> Iterator[Figure]:
    with (
        stage.databases.copy_of(stage.work) as url,
        _bare_database(stage.databases.url) as bare,
        _provider(OURS, application_url(url)) as ours,
        _provider(BARE, bare) as theirs,
    ):
        spent: dict[tuple[str, bool], list[float]] = {}
        queries: dict[tuple[str, bool], int] = {}
        # A first turn is thrown away: what is done once in the life of a process is in it.
        for turn in range(stage.rounds + 1):
            for way in WAYS:
                for is_ours, provider in ((True, ours), (False, theirs)):
                    answer = _ask(provider, way, REPEAT if turn else 1)
                    queries[way, is_ours] = answer["queries"]
                    if turn:
                        spent.setdefault((way, is_ours), []).append(answer["processor"])
    for way in WAYS:
        own, other = (median(spent[way, is_ours]) * 1000 for is_ours in (True, False))
        yield at_most(GOALS[way], f"OpenID, {way}, processor time", own, "ms")
        yield yardstick(f"allauth alone: {way}, processor time", other, "ms")
        yield yardstick(f"OpenID, {way}", own / other, "x allauth alone")
        yield yardstick(f"OpenID, {way}, statements", queries[way, True], "statements")
        yield yardstick(f"allauth alone: {way}, statements", queries[way, False], "statements")


def _ask(provider: "subprocess.Popen[str]", way: str, repeat: int) -> Any:
    assert provider.stdin is not None
    assert provider.stdout is not None
    provider.stdin.write(json.dumps({"way": way, "repeat": repeat}) + "\n")
    provider.stdin.flush()
    line = provider.stdout.readline()
    if not line:
        raise RuntimeError(f"The provider ended at {way}, see above.")
    return json.loads(line)


@contextlib.contextmanager
def _provider(settings: str, url: str) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.applications.provider"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": settings, "DATABASE_URL": url},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def _bare_database(url: str) -> Iterator[str]:
    """A new database with the tables of Django and allauth."""
    name = sql.Identifier(f"bench_bare_{os.getpid()}")
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name)
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(drop)
        server.execute(sql.SQL("CREATE DATABASE {}").format(name))
        bare = with_database(url, f"bench_bare_{os.getpid()}")
        try:
            subprocess.run(
                [sys.executable, "-m", "django", "migrate", "--verbosity=0"],
                check=True,
                env={**os.environ, "DJANGO_SETTINGS_MODULE": BARE, "DATABASE_URL": bare},
            )
            yield bare
        finally:
            server.execute(drop)
