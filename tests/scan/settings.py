"""The portal as the scanner meets it: as on a server, but nothing it tries is one too many."""

from partnerportal.settings import *  # noqa: F403
from partnerportal.settings import ACCOUNT_RATE_LIMITS, MIDDLEWARE

# Every try is to reach the page behind the limit; the limits have tests of their own.
ACCOUNT_RATE_LIMITS = dict.fromkeys([*ACCOUNT_RATE_LIMITS, "reauthenticate", "login_failed"])
MIDDLEWARE = ["tests.scan.forms.OpenFormsMiddleware", *MIDDLEWARE]
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
