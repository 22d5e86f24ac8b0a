"""The portal's own settings, with a worker whose patience outlasts every test's."""

from partnerportal.settings import *  # noqa: F403
from tests.patience import PATIENCE

CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10 * PATIENCE
