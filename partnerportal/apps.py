from allauth.usersessions.apps import UserSessionsConfig
from django.contrib.admin.apps import AdminConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class PortalAdmin(AdminConfig):
    default_site = "partnerportal.admin.SupportSite"


class PortalSessions(UserSessionsConfig):  # type: ignore[misc]
    """allauth's table of sessions; accounts.services.sessions writes it, and says why."""

    def ready(self) -> None:
        """Nothing listens to signing in."""


class PortalStaticFiles(StaticFilesConfig):
    """Collects what a page loads (a test compares), not all that the packages bring."""

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
