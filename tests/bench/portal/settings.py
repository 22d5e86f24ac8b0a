"""The portal's own settings, with the yardsticks mounted beside its pages."""

from partnerportal.settings import *  # noqa: F403
from partnerportal.settings import STORAGES

ROOT_URLCONF = "tests.bench.portal.urls"
# Names of static files without their hashes: collecting them first would measure nothing more.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
