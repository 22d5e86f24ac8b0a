"""Settings, each from the environment; a newcomer sets none. docs/settings.md has them."""

from pathlib import Path
from typing import Any

import django_stubs_ext
from django.utils.translation import gettext_lazy as _

from . import policies, schedule
from .checked import LEVELS, Checked
from .databases import databases
from .local import embedded
from .serving import logs, reports
from .sign_on import issuer, signing_keys

# Views, forms and admin classes name their model in brackets; by itself Django takes none there.
django_stubs_ext.monkeypatch()

env = Checked()
positive, span, required = env.positive, env.span, env.required
BASE_DIR = Path(__file__).resolve().parent.parent

EMBEDDED = env.embedded
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.secret_key(
    "SECRET_KEY", required("SECRET_KEY", embedded.secret("secret_key") if EMBEDDED else "")
)
SECRET_KEY_FALLBACKS = [
    env.secret_key("SECRET_KEY_FALLBACKS", key)
    for key in env.list("SECRET_KEY_FALLBACKS", default=[])
]
# Fernet keys of the credential sheets, the newest first: it encrypts, all of them decrypt.
CREDENTIALS_KEYS = env.fernet_keys(
    "CREDENTIALS_KEYS",
    required("CREDENTIALS_KEYS", embedded.secret("credentials_key", "fernet") if EMBEDDED else ""),
)
# Keys that seal the activity log, by id: the first one seals, all of them verify.
AUDIT_KEYS = env.named_keys(
    "AUDIT_KEYS",
    required("AUDIT_KEYS", f"local:{embedded.secret('audit_key')}" if EMBEDDED else ""),
)
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", required("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]"))
CSRF_TRUSTED_ORIGINS = env.origins("CSRF_TRUSTED_ORIGINS")
HTTPS = env.bool("HTTPS", default=not EMBEDDED)
# Our own proxies before the web server: what customers.client_address believes, and no more.
PROXY_COUNT = env.int("PROXY_COUNT", default=0)
env.forbid("PROXY_COUNT", f"must be 0 or more, not {PROXY_COUNT}", when=PROXY_COUNT < 0)
env.forbid(
    "DEBUG", "must be off with HTTPS: its pages show settings and data", when=DEBUG and HTTPS
)
# Who may read /health/status and /metrics; without one only the embedded portal answers there.
MONITORING_TOKEN = env.token("MONITORING_TOKEN")

DELETED_USER_RETENTION_DAYS = span("DELETED_USER_RETENTION_DAYS", 30)
# The activity log: how long its events are kept, and the names in them.
AUDIT_DAYS = span("AUDIT_DAYS", 1_095)
AUDIT_NAMES_DAYS = span("AUDIT_NAMES_DAYS", 365)
env.forbid("AUDIT_DAYS", f"must be 30 or more, not {AUDIT_DAYS}", when=AUDIT_DAYS < 30)
env.forbid(
    "AUDIT_NAMES_DAYS", "must be no more than AUDIT_DAYS", when=AUDIT_NAMES_DAYS > AUDIT_DAYS
)
# How long the figures of the reports are kept, a row a day.
REPORT_DAYS = span("REPORT_DAYS", 1_095)
TEMPORARY_PASSWORD_DAYS = span("TEMPORARY_PASSWORD_DAYS", 14)
SHORT_PASSWORDS_UP_TO = positive("SHORT_PASSWORDS_UP_TO", 500)
CREDENTIAL_SHEET_HOURS = span("CREDENTIAL_SHEET_HOURS", 24)
PEOPLE_AT_ONCE = positive("PEOPLE_AT_ONCE", 1_000)
# A file of users: its size, its rows (fewer on SQLite, whose one writer all others wait for), the
# seconds that reading it may take, how long it may wait for Confirm, and how long its wrong rows
# are kept after that.
UPLOAD_MB = positive("UPLOAD_MB", 64)
UPLOAD_ROWS = positive("UPLOAD_ROWS", 100_000)
SQLITE_UPLOAD_ROWS = positive("SQLITE_UPLOAD_ROWS", 5_000)
UPLOAD_SECONDS = positive("UPLOAD_SECONDS", 120)
UPLOAD_HOURS = span("UPLOAD_HOURS", 24)
UPLOAD_ROWS_DAYS = span("UPLOAD_ROWS_DAYS", 30)
PAGE_SIZE = 50

INSTALLED_APPS = [
    "demo",
    "automation",
    "api",
    "applications",
    "uploads",
    "accounts",
    "licensing",
    "customers",
    "partnerportal.apps.PortalAdmin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "partnerportal.apps.PortalStaticFiles",
    "allauth",
    "allauth.account",
    "allauth.idp.oidc",
    "allauth.mfa",
    "partnerportal.apps.PortalSessions",
    "bs_icon_templates",
    "crispy_bootstrap5",
    "crispy_forms",
    "csp",
    "django_countries",
    "django_htmx",
    "django_structlog",
    "import_export",
    "js_lib_bootstrap5",
    # For the templates of its widgets, of which ours go first.
    "django.forms",
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
MIDDLEWARE = [
    "partnerportal.serving.middleware.ProbeMiddleware",
    "partnerportal.serving.metrics.MetricsMiddleware",
    # Before all that asks the database, so that it is asked in a request's scope.
    "accounts.signin.middleware.ScopeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "csp.middleware.CSPMiddleware",
    "partnerportal.serving.middleware.HeadersMiddleware",
    "partnerportal.serving.middleware.MethodsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Each answer gets random bytes, so that its length tells nothing of its secrets (BREACH).
    "django.middleware.gzip.GZipMiddleware",
    "partnerportal.serving.middleware.TextMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "partnerportal.serving.middleware.RequestLogMiddleware",
    "accounts.signin.middleware.AdmissionMiddleware",
    "partnerportal.frame.branding.BrandMiddleware",
    "accounts.signin.middleware.LanguageMiddleware",
    "accounts.signin.middleware.SignInMiddleware",
    "accounts.signin.middleware.SeenMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "partnerportal.serving.refused_forms.RefusedFormsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.signin.middleware.TimeZoneMiddleware",
    "partnerportal.visiting.VisitMiddleware",
]

METHODS = policies.METHODS
ROOT_URLCONF = "partnerportal.urls"
WSGI_APPLICATION = "partnerportal.wsgi.application"
ASGI_APPLICATION = "partnerportal.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "partnerportal.context.page",
            ],
            "libraries": {"icons": "partnerportal.icons", "found": "partnerportal.found"},
        },
    },
]

# Database
DATABASES = databases(env)
# With the login of the tables' owner, for `migrate` and `prepare_roles`: nothing else needs it.
DATABASE_OWNER_URL = env.address("DATABASE_OWNER_URL", ("postgres", "postgresql"))

required("REDIS_URL", "")
REDIS_URL = env.broker("REDIS_URL", default=embedded.redis_url() if EMBEDDED else "")
CACHES = {
    "default": {
        "BACKEND": "partnerportal.serving.cache.SharedCache",
        "LOCATION": REDIS_URL,
        # Not that of the version that pickled: each would stumble over what the other wrote.
        "KEY_PREFIX": "portal-json",
        "OPTIONS": {
            "serializer": "partnerportal.serving.cache.JsonSerializer",
            "socket_connect_timeout": 1,
            "socket_timeout": 1,
        },
    }
}

# Celery. The database holds the record of all work; the queue only says that there is some.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://")
# Neither task nor event is ever unpickled.
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# However long Redis is away: nobody else starts a worker that has given up.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# A worker that is stopped lets its tasks end for so long, then hands back what is left.
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
# Where worker and beat touch a file as long as they live, for the health check of a container.
HEARTBEAT_DIR = env.str("HEARTBEAT_DIR", default="")
# Of a worker; a web server's metrics are at /metrics.
METRICS_PORT = env.int("METRICS_PORT", default=0)
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 1, "socket_timeout": 30}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "partnerportal.serving.beat:OneActs"
CELERY_BEAT_SCHEDULE = schedule.SCHEDULE

# Gunicorn and deploy/start read these by themselves; a wrong one is named here, with all others.
for _name, _default in (("WEB_PROCESSES", 2), ("WEB_THREADS", 4), ("WORKER_PROCESSES", 2)):
    positive(_name, _default)

# Sign-in: by user name alone. Nobody registers, and no mail resets a password.
AUTH_USER_MODEL = "accounts.User"
# The sign-in name is unique by a partial index: accounts.models.users says why.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = ["accounts.signin.backends.UserNameBackend"]
PASSWORD_HASHERS = [
    "accounts.passwords.PersonalPasswordHasher",
    "accounts.passwords.GeneratedPasswordHasher",
]
# Django's list of common passwords and its look at the user's names are in the second.
LENGTH = "django.contrib.auth.password_validation.MinimumLengthValidator"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": LENGTH, "OPTIONS": {"min_length": 12}},
    {"NAME": "accounts.signin.guessing.GuessableValidator", "OPTIONS": {"shortest": 12}},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "accounts.signin.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_USERNAME_MIN_LENGTH = 1
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_CHANGE_EMAIL = False
ACCOUNT_FORMS = {
    "login": "accounts.forms.sign_in.SignInForm",
    "change_password": "accounts.forms.sign_in.ChangePasswordForm",
}
# How often what may be tried, by whom (accounts.signin.limits). Strangers to an account share its
# 5 tries in five minutes and 100 a day, the most of NIST SP 800-63B; a known device has its own.
ACCOUNT_RATE_LIMITS = {
    "login": None,  # allauth's count of all tries, right ones too; "sign_in" counts the wrong ones.
    "sign_in": "20/m/ip,200/h/ip,5/5m/key,100/d/key",
    "sign_in_known": "10/5m/key,50/d/key",
    "change_password": None,  # "own_password" says how long to wait.
    "own_password": "5/m/user,20/h/user,60/m/ip",
    "reset": "30/m/user,300/h/user,120/m/ip",
    "user_name": "60/m/user,600/h/user",  # While it is typed; a page asks twice a second at most.
    "upload": "10/m/user,60/h/user,60/m/ip",
    # A session each, of the user who asks.
    "passkey_options": "20/m/ip,200/h/ip",
}
# Two-step sign-in. A proof counts so many seconds (accounts.signin.reauthentication).
REQUIRE_MFA = env.bool("REQUIRE_MFA", default=True)
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
MFA_ADAPTER = "accounts.signin.mfa.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# With fingerprint, face or PIN, whatever a passkey is used for: a found one is worth nothing.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_TOTP_ISSUER = "Partner Portal"
# A code may be one step old or early; that none is taken twice, the database knows.
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "accounts.forms.second_step.SecondStepForm",
    "reauthenticate": "accounts.forms.second_step.ProofForm",
    "authenticate_webauthn": "accounts.forms.passkeys.SecondPasskeyForm",
    "reauthenticate_webauthn": "accounts.forms.passkeys.ProofPasskeyForm",
    "login_webauthn": "accounts.forms.passkeys.PasskeySignInForm",
}
SESSION_ENGINE = "accounts.services.session_store"
SESSION_COOKIE_AGE = 12 * 60 * 60

# Single sign-on to applications
OIDC_ISSUER = issuer(env, https=HTTPS, hosts=ALLOWED_HOSTS)
# RSA keys that sign what applications are told, each with the day from which on it does.
IDP_OIDC_PRIVATE_KEYS = signing_keys(
    env, required("OIDC_KEYS", embedded.secret("oidc_key", "rsa") if EMBEDDED else "")
)
IDP_OIDC_ADAPTER = "applications.oidc.adapter.Adapter"
# An application that keeps none of what it was told asks again after so long at the most; of a
# refresh token, whoever comes back within it stays signed in.
IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN = 15 * 60
IDP_OIDC_REFRESH_TOKEN_EXPIRES_IN = 30 * 24 * 60 * 60
# Calls a minute: of a client, of an address, and of an address with a wrong secret.
OIDC_LIMITS = {"client": 1_200, "address": 1_200, "wrong": 30}
# Of a source's token, and of an address with a wrong one. Entra sends 25 calls a second.
SCIM_LIMITS = {"token": 1_800, "wrong": 30}
IDP_OIDC_RATE_LIMITS = {"introspect_client": None, "introspect_ip": None}  # Those above count.
API_LIMITS = policies.API_LIMITS
# What addresses that partners typed may lead to besides the internet (applications/egress)
EGRESS_ALLOW = env.exceptions("EGRESS_ALLOW")

# Words, zones and static files
LANGUAGE_CODE = "en"
COUNTRIES_OVERRIDE = {"XK": "Kosovo"}  # Not in ISO 3166, but a usage location everywhere.
LANGUAGES = [("en", _("English")), ("de", _("German")), ("fr", _("French")), ("es", _("Spanish"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = ["partnerportal.formats"]
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_BACKEND = env.str(
    "STATICFILES_STORAGE", default="whitenoise.storage.CompressedManifestStaticFilesStorage"
)
# Plain storage serves files as they lie in their folders, so that `make run` collects none.
WHITENOISE_USE_FINDERS = STATICFILES_BACKEND.endswith(".StaticFilesStorage")
_collected = env.str("STATIC_ROOT", default="" if WHITENOISE_USE_FINDERS else "staticfiles")
STATIC_ROOT = BASE_DIR / _collected if _collected else None
# Files wait here for a worker, and are never served. All web processes and workers share the
# folder, or else the bucket of an S3-compatible service.
MEDIA_ROOT = Path(env.str("UPLOAD_DIR", default="") or embedded.data_dir() / "files")
FILE_UPLOAD_HANDLERS = [
    "uploads.handlers.LimitedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "uploads.handlers.NamelessUploadHandler",
]
S3_BUCKET = env.str("S3_BUCKET", default="")
STORAGES: dict[str, Any] = {
    # Of uploads alone: what is collected the web server reads.
    "default": {
        "BACKEND": "partnerportal.serving.disk.DiskStorage",
        "OPTIONS": {"file_permissions_mode": 0o600},
    },
    "staticfiles": {"BACKEND": STATICFILES_BACKEND},
}
if S3_BUCKET:
    STORAGES["default"] = {
        "BACKEND": "partnerportal.serving.storage.BucketStorage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": env.address("S3_ENDPOINT_URL", ("https", "http")) or None,
            "region_name": env.str("S3_REGION", default="") or None,
            "access_key": env.str("S3_ACCESS_KEY_ID", default="") or None,
            "secret_key": env.str("S3_SECRET_ACCESS_KEY", default="") or None,
        },
    }
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# A page of another site has no use for them.
WHITENOISE_ALLOW_ALL_ORIGINS = False
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
IMPORT_EXPORT_USE_TRANSACTIONS = True

# Mail
# Without a mail server mails go into a private folder: on a terminal, or in a log that is
# collected, the passwords in them would stand for good.
vars().update(env.mail("EMAIL_URL", required("EMAIL_URL", embedded.mail_url() if EMBEDDED else "")))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="portal@localhost")

# Headers
CONTENT_SECURITY_POLICY = policies.CONTENT_SECURITY
PERMISSIONS_POLICY = policies.PERMISSIONS
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
# A browser takes a cookie of such a name over HTTPS alone, and from no other host of the domain.
_COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{_COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{_COOKIE_PREFIX}csrftoken"
DEVICE_COOKIE_NAME = f"{_COOKIE_PREFIX}device"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "partnerportal.views.csrf_failure"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
if env.bool("TRUST_FORWARDED_PROTO", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
DATA_UPLOAD_MAX_NUMBER_FILES = 1

# Logs
LOG_LEVEL = env.one_of("LOG_LEVEL", LEVELS, "WARNING" if EMBEDDED else "INFO")
LOGGING: dict[str, Any] = logs.logging(
    LOG_LEVEL, as_json=env.bool("LOG_JSON", default=not EMBEDDED)
)
# A line when a request ends says all that one at its start would.
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = 10
DJANGO_STRUCTLOG_CELERY_ENABLED = True

SENTRY_DSN = env.address("SENTRY_DSN", ("https", "http"))
if SENTRY_DSN:
    reports.start(SENTRY_DSN)

# The last line: a start with a missing, wrong or weak setting ends here.
env.refuse()
