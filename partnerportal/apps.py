from allauth.usersessions.apps import UserSessionsConfig
from django.contrib.admin.apps import AdminConfig
from django.contrib.staticfiles.apps import StaticFilesConfig

from .field_labels import label_fields


class PortalAdmin(AdminConfig):
    default_site = "partnerportal.admin.SupportSite"

    def ready(self) -> None:
        """Find the apps' pages, whose forms are made of the fields with their labels."""
        label_fields()
        super().ready()


class PortalSessions(UserSessionsConfig):  # type: ignore[misc]
    """The app of allauth's table of sessions, which accounts.services.sessions writes."""

    def ready(self) -> None:
        """Do nothing: allauth is not to listen to users who sign in."""


class PortalStaticFiles(StaticFilesConfig):
    """An app that collects what a page loads (a test compares), not all that packages bring."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        # django-countries' pictures, htmx's extensions and other versions, the scripts of
        # allauth's own pages.
        "flags",
        "ext",
        "htmax*",
        "htmx-2.js",
        "htmx-4*",
        "account",
        "mfa",
        "*.rtl.*",
        "*.esm.*",
        "bootstrap-grid*",
        "bootstrap-reboot*",
        "bootstrap-utilities*",
        "bootstrap.css*",
        "bootstrap.js*",
        "bootstrap.bundle.js*",
        "bootstrap.min.js*",
    ]
