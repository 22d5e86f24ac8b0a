"""The portal's own settings, with a worker that is stopped and waits no longer than a test does."""

from partnerportal.settings import *  # noqa: F403

CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 2
