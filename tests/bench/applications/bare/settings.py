"""The least that makes a project a provider: defaults of Django and allauth, nothing of ours."""

import base64
import os

import environ
from cryptography.hazmat.primitives import serialization

_key = serialization.load_der_private_key(base64.b64decode(os.environ["OIDC_KEYS"]), None)

SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = ["localhost"]
DATABASES = {"default": environ.Env().db_url_config(os.environ["DATABASE_URL"])}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "allauth",
    "allauth.account",
    "allauth.idp.oidc",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
# By default the hash of a client's secret takes 400 ms, which would hide all else.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ROOT_URLCONF = "tests.bench.applications.bare.urls"
USE_TZ = True
IDP_OIDC_PRIVATE_KEY = _key.private_bytes(
    serialization.Encoding.PEM,
    serialization.PrivateFormat.PKCS8,
    serialization.NoEncryption(),
).decode()
IDP_OIDC_INTROSPECTION_ENABLED = True
IDP_OIDC_RATE_LIMITS = {"introspect_client": None, "introspect_ip": None}
