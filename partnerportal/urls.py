"""Every prefix of the portal. allauth's own list is not included: nobody registers, and no
mail resets a password."""

from allauth.account import views as allauth
from django.contrib import admin
from django.urls import include, path

from accounts.views.sign_in import PasswordChangeView

from . import health, views

handler429 = views.too_many  # allauth's limits answer with it too.

urlpatterns = [
    path("", views.home, name="home"),
    path("theme/", views.theme, name="theme"),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("health/status", health.status, name="health-status"),
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
    path("customers/", include("customers.urls")),
    path("customers/<int:customer>/", include("licensing.urls")),
    path("", include("accounts.urls")),
]
