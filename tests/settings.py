"""The portal's settings under test: every server real, static files served as they lie.

`DATABASE_URL` and `REDIS_URL` name servers to test on; `DATABASE_URL=sqlite://` means SQLite.
"""

import os
from pathlib import Path
from unittest import mock

from partnerportal.local import embedded
from tests.patience import PATIENCE
from tests.support.postgres import RUN_PREFIX, checkout_folder
from tests.support.servers import make_run_dir, own_redis_database

# All processes of a run share one folder: pytest-xdist's workers, Celery, management commands.
if "TEST_RUN_DIR" not in os.environ:
    os.environ["TEST_RUN_DIR"] = str(make_run_dir())
RUN_DIR = Path(os.environ["TEST_RUN_DIR"])
PROCESS = os.environ.get("PYTEST_XDIST_WORKER", "main")
os.environ.setdefault("DATA_DIR", str(RUN_DIR / "data"))
if PROCESS != "main":
    # No test finds the files of a test that runs beside it.
    os.environ["UPLOAD_DIR"] = str(RUN_DIR / "files" / PROCESS)

GIVEN = os.environ.get("DATABASE_URL", "")
SQLITE = GIVEN.startswith("sqlite")
ENVIRONMENT = {
    "DATABASE_URL": f"postgresql://postgres@/postgres?host={checkout_folder() / 'run'}",
    "SECRET_KEY": "only-for-tests-" * 4,
    "AUDIT_KEYS": "one:tests-only-tests-only-tests-only-tests-only",
    "CREDENTIALS_KEYS": "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=",
    "EMAIL_URL": "smtp://127.0.0.1:1",
    "OIDC_KEYS": embedded.secret("oidc_key", "rsa"),
    "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
    "HTTPS": "off",
    "LOG_JSON": "off",
    "LOG_LEVEL": "WARNING",
    # Most tests are of what comes after signing in; those of two-step sign-in turn it on.
    "REQUIRE_MFA": "off",
    "STATICFILES_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
    **os.environ,
    "REDIS_URL": own_redis_database(os.environ.get("REDIS_URL"), RUN_DIR, PROCESS),
}
if GIVEN == "sqlite://":
    ENVIRONMENT["DATABASE_URL"] = f"sqlite:///{RUN_DIR / PROCESS}.sqlite3"

# Only for the import: a worker of pytest-xdist must not inherit its controller's addresses.
with mock.patch.dict(os.environ, ENVIRONMENT):
    from partnerportal.settings import *  # noqa: F403
    from partnerportal.settings import (
        CACHES,
        CELERY_BROKER_TRANSPORT_OPTIONS,
        DATABASES,
        INSTALLED_APPS,
    )

if SQLITE:
    # A file, not memory: threads and processes share it.
    DATABASES["default"]["TEST"] = {"NAME": DATABASES["default"]["NAME"]}
else:
    DATABASES["default"]["TEST"] = {"NAME": f"{RUN_PREFIX}{RUN_DIR.name[-8:]}_{PROCESS}"}
    DATABASES["default"]["CONN_MAX_AGE"] = 0

# What the portal does without after a second or some, a busy machine may take longer for.
for _limit in ("socket_connect_timeout", "socket_timeout"):
    CACHES["default"]["OPTIONS"][_limit] = PATIENCE  # type: ignore[index]
CELERY_BROKER_TRANSPORT_OPTIONS["socket_connect_timeout"] = PATIENCE
EMAIL_TIMEOUT = PATIENCE
DATABASES["default"]["OPTIONS"]["timeout" if SQLITE else "connect_timeout"] = PATIENCE

# The live server looks for this name to serve static files straight from their folders.
INSTALLED_APPS[INSTALLED_APPS.index("partnerportal.apps.PortalStaticFiles")] = (
    "django.contrib.staticfiles"
)
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
