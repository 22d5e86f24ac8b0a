"""The portal's processes with an environment of their own, and nothing of this one's."""

import os
import subprocess
import sys
from pathlib import Path

from partnerportal.local.embedded import make_signing_key
from tests.patience import PATIENCE
from tests.support.servers import BASE_DIR

# A server on which nothing is made up; each test adds its database and its broker.
PRODUCTION = {
    "DATABASE_URL": "postgresql://portal@localhost/portal",
    "REDIS_URL": "redis://localhost:6379/0",
    "SECRET_KEY": "kX3v9-qT7bN2_wZ5rY8mC1pL4sD6fG0hJaEuIoVyBtRxKnMwQz",
    "AUDIT_KEYS": "one:tests-only-tests-only-tests-only-tests-only",
    "CREDENTIALS_KEYS": "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=",
    "EMAIL_URL": "smtp://127.0.0.1:1",
    "OIDC_KEYS": make_signing_key(),
    "ALLOWED_HOSTS": "portal.example",
}


def bare(**given: str) -> dict[str, str]:
    """As `env -i` leaves it, and what is given."""
    return {"PATH": f"{Path(sys.executable).parent}:{os.defpath}", **given}


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        check=False,
        cwd=BASE_DIR,
        env=bare(**environment),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
