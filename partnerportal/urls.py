"""Prefixes of all addresses. allauth's own list is not among them: here users do not register,
and no mail resets a password."""

from allauth.account import views as allauth
from allauth.mfa.base import views as allauth_mfa
from django.contrib import admin
from django.urls import include, path, re_path

from accounts.views.signin import passkeys, recovery_codes
from accounts.views.signin.second_step import (
    AppAddView,
    SecondStepSignInView,
    SecondStepView,
    StepRemoveView,
)
from accounts.views.signin.sign_in import PasswordChangeView
from api import oauth
from api.v1.urls import elsewhere
from api.views.document import ApiDocumentView

from . import views
from .frame.at_work import at_work
from .frame.help import help_page, keys
from .searching import SearchView
from .serving import health, metrics
from .switching import SwitchView

handler429 = views.too_many  # allauth's limits answer with it too.
handler500 = "partnerportal.serving.outages.server_error"

# By allauth's names, which its own code leads to.
second_step = [
    path("", SecondStepView.as_view(), name="mfa_index"),
    path("authenticate/", SecondStepSignInView.as_view(), name="mfa_authenticate"),
    path("reauthenticate/", allauth_mfa.reauthenticate, name="mfa_reauthenticate"),
    path("totp/activate/", AppAddView.as_view(), name="mfa_activate_totp"),
    path("totp/deactivate/", StepRemoveView.as_view(), name="mfa_deactivate_totp"),
    path("webauthn/add/", passkeys.PasskeyAddView.as_view(), name="mfa_add_webauthn"),
    path("webauthn/keys/<int:pk>/remove/", StepRemoveView.as_view(), name="mfa_remove_webauthn"),
    path("webauthn/login/", passkeys.PasskeySignInView.as_view(), name="mfa_login_webauthn"),
    path(
        "webauthn/reauthenticate/",
        passkeys.PasskeyProofView.as_view(),
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "recovery-codes/",
        recovery_codes.RecoveryCodesView.as_view(),
        name="mfa_view_recovery_codes",
    ),
    path(
        "recovery-codes/generate/",
        recovery_codes.RecoveryCodesMakeView.as_view(),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "recovery-codes/download/",
        recovery_codes.RecoveryCodesDownloadView.as_view(),
        name="mfa_download_recovery_codes",
    ),
]

urlpatterns = [
    path("", views.home, name="home"),
    path("theme/", views.theme, name="theme"),
    path("at-work/", at_work, name="at-work"),
    path("help/", help_page, name="help"),
    path("help/keys/", keys, name="keys"),
    path("search/", SearchView.as_view(), name="search"),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("health/status", health.status, name="health-status"),
    path("metrics", metrics.metrics, name="metrics"),
    path("admin/", admin.site.urls),
    path("accounts/login/", allauth.login, name="account_login"),
    path("accounts/logout/", allauth.logout, name="account_logout"),
    path("accounts/inactive/", allauth.account_inactive, name="account_inactive"),
    path(
        "accounts/password/change/",
        PasswordChangeView.as_view(),
        name="account_change_password",
    ),
    path("accounts/reauthenticate/", allauth.reauthenticate, name="account_reauthenticate"),
    path("accounts/2fa/", include(second_step)),
    path("customers/<int:customer>/switch/", SwitchView.as_view(), name="customer-switch"),
    path("branding/", include("customers.branding.urls")),
    path("customers/", include("customers.urls")),
    path("customers/<int:customer>/", include("licensing.urls")),
    path("customers/<int:customer>/", include("uploads.urls")),
    path("catalog/", include("licensing.catalog.urls")),
    re_path(
        r"^(?P<tenant>[A-Za-z0-9.-]{3,253})/oauth2/(?:v2\.0/)?token$",
        oauth.token,
        name="oauth-token",
    ),
    re_path(
        r"^t/(?P<tenant>[A-Za-z0-9.-]{3,253})/oauth2/(?:v2\.0/)?token$",
        oauth.token,
        name="oauth-token-of-tenant",
    ),
    path(
        "t/<str:tenant>/.well-known/openid-configuration", oauth.discovery, name="oauth-discovery"
    ),
    # Partner Center has these outside of /v1.
    re_path(
        r"^webhooks/v1/(?P<rest>registration.*)$",
        elsewhere,
        {"within": "webhooks/"},
        name="api-webhooks",
    ),
    re_path(
        r"^auditactivity/v1/(?P<rest>auditrecords.*)$",
        elsewhere,
        {"within": ""},
        name="api-auditrecords",
    ),
    path("v1/", include("api.v1.urls")),
    path("api/", ApiDocumentView.as_view(), name="api-document"),
    path("", include("automation.urls")),
    path("", include("api.urls")),
    path("", include("applications.urls")),
    path("", include("applications.oidc.urls")),
    path("", include("accounts.urls")),
]
