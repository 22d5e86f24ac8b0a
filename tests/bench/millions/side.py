"""One of the databases, and a process of the portal that works on it when it is told to.

Each has a process and a Valkey of its own: nothing is remembered of the other database.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.millions.filling import Portal
from tests.support.postgres import application_url
from tests.support.servers import Valkey


class Side:
    def __init__(self, portal: Portal, owner: str, environment: dict[str, str]) -> None:
        """`owner` is the address of the database for the owner of its tables."""
        self.portal = portal
        self.owner = owner
        self.url = application_url(owner)
        self.environment = {**environment, "DATABASE_URL": self.url}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.millions.works"],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, work: str, **arguments: Any) -> Any:
        """The answer of that function of the works."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{json.dumps([work, arguments])}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{work} failed with {arguments}, see above.")
        return json.loads(line)

    def leave(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(60)


@contextlib.contextmanager
def side(portal: Portal, owner: str) -> Iterator[Side]:
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        valkey = Valkey(Path(folder) / "valkey.sock").start()
        try:
            made = Side(portal, owner, {**os.environ, "REDIS_URL": valkey.url, "DATA_DIR": folder})
            try:
                yield made
            finally:
                made.leave()
        finally:
            valkey.stop()
