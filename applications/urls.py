"""The addresses of applications: of those who enter them, and of those who look after them."""

from django.urls import path

from .views import applications, my_apps, provisioning, users

app_name = "applications"

urlpatterns = [
    path("me/", my_apps.MyAppsView.as_view(), name="my-apps"),
    path(
        "me/applications/<int:session>/end/",
        my_apps.AppSessionEndView.as_view(),
        name="session-end",
    ),
    path(
        "customers/<int:customer>/users/<int:user>/sign-out/",
        users.UserSignOutView.as_view(),
        name="user-sign-out",
    ),
    path("applications/", applications.ApplicationListView.as_view(), name="application-list"),
    path("applications/add/", applications.ApplicationAddView.as_view(), name="application-add"),
    path(
        "applications/<int:application>/",
        applications.ApplicationDetailView.as_view(),
        name="application-detail",
    ),
    path(
        "applications/<int:application>/settings/",
        applications.ApplicationSettingsView.as_view(),
        name="application-settings",
    ),
    path(
        "applications/<int:application>/secret/",
        applications.ApplicationSecretView.as_view(),
        name="application-secret",
    ),
    path(
        "applications/<int:application>/switch/",
        applications.ApplicationSwitchView.as_view(),
        name="application-switch",
    ),
    path(
        "applications/<int:application>/remove/",
        applications.ApplicationRemoveView.as_view(),
        name="application-remove",
    ),
    path(
        "applications/<int:application>/provisioning/",
        provisioning.ProvisioningView.as_view(),
        name="application-provisioning",
    ),
    path(
        "applications/<int:application>/provisioning/switch/",
        provisioning.ProvisioningSwitchView.as_view(),
        name="provisioning-switch",
    ),
    path(
        "applications/<int:application>/provisioning/retry/",
        provisioning.ProvisioningRetryView.as_view(),
        name="provisioning-retry",
    ),
    path(
        "applications/<int:application>/provisioning/compare/",
        provisioning.ProvisioningComparisonView.as_view(),
        name="provisioning-compare",
    ),
]
