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
    """Collects the two Bootstrap files that a page loads, not the forty that it could."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
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
