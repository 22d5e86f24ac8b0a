"""What a part of the bench is given: databases, its size, and how often to measure."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from partnerportal.local.embedded import make_signing_key
from tests.support.servers import Valkey

if TYPE_CHECKING:
    from tests.bench.databases import Databases
    from tests.bench.population import Population

# Of whoever called, before the bench adds its own.
GIVEN_ENVIRONMENT = dict(os.environ)
ENVIRONMENT = {
    "SECRET_KEY": "only-for-the-bench-" * 4,
    "AUDIT_KEYS": "one:bench-only-bench-only-bench-only-bench-only",
    "CREDENTIALS_KEYS": "YmVuY2gtb25seS1iZW5jaC1vbmx5LWJlbmNoLW9ubHk=",
    "EMAIL_URL": "smtp://127.0.0.1:1",
    "OIDC_KEYS": make_signing_key(),
    "ALLOWED_HOSTS": "localhost,127.0.0.1",
    "HTTPS": "off",
    "LOG_JSON": "off",
    "LOG_LEVEL": "WARNING",
    # A visitor comes with a session; one that took the second step costs no query more.
    "REQUIRE_MFA": "off",
}


@dataclass(frozen=True)
class Stage:
    databases: "Databases"
    scale: float
    rounds: int

    def users(self, number: int, least: int = 1) -> int:
        """A number of users at this scale."""
        return max(least, round(number * self.scale))

    @property
    def crowd(self) -> "Population":
        """For the lists: a million users, the first customer with 100,000, the second 1,000."""
        from tests.bench.population import Population

        return Population(
            "crowd",
            (
                (self.users(100_000, 120), self.users(5_000, 120)),
                (self.users(1_000, 120), self.users(50, 5)),
            ),
            others=max(60, round(1_998 * self.scale**0.5)),
            others_size=self.scale**0.5,
        )

    @property
    def work(self) -> "Population":
        """For the writes, three licenses each: users to work on, and users due for purge."""
        from tests.bench.population import Population

        return Population(
            "work",
            ((self.users(20_000, 200), 0), (1, self.users(100_000, 200))),
            others=max(5, round(200 * self.scale**0.5)),
            others_size=self.scale**0.5,
            licenses=3,
            spread=3,
            due=True,
        )


@contextlib.contextmanager
def stage(scale: float, rounds: int) -> Iterator[Stage]:
    """PostgreSQL and Valkey run, and Django is set up with the portal's own settings."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="portal-bench-")))
        for name, value in ENVIRONMENT.items():
            os.environ.setdefault(name, value)
        os.environ.setdefault("DATA_DIR", str(folder))
        if not os.environ.get("REDIS_URL"):
            server = Valkey(folder / "valkey.sock").start()
            stack.callback(server.stop)
            os.environ["REDIS_URL"] = server.url
        databases = stack.enter_context(_databases())
        yield Stage(databases, scale, rounds)


@contextlib.contextmanager
def _databases() -> Iterator["Databases"]:
    """The settings are read late: they want to know the database."""
    from tests.bench.portal.server import server

    with server() as (url, own):
        os.environ["DATABASE_URL"] = url
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.portal.settings"
        import django

        django.setup()
        from tests.bench.databases import Databases

        databases = Databases(url, keep=own)
        try:
            yield databases
        finally:
            databases.leave()
