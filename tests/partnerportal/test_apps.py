"""What the portal's own apps leave out of those that they replace."""

import fnmatch

from allauth.account.signals import user_logged_in
from django.apps import apps
from django.contrib import admin

from partnerportal.admin import SupportSite
from partnerportal.apps import PortalSessions, PortalStaticFiles


def test_the_admin_is_that_of_support_staff() -> None:
    assert isinstance(admin.site, SupportSite)


def test_no_library_writes_sessions_by_itself() -> None:
    assert isinstance(apps.get_app_config("usersessions"), PortalSessions)
    heard_by = [receiver[1] for receiver in user_logged_in.receivers]
    assert not any("usersessions" in repr(receiver) for receiver in heard_by)


def test_what_no_page_loads_is_not_collected() -> None:
    patterns = PortalStaticFiles.ignore_patterns

    def is_left_out(name: str) -> bool:
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)

    assert is_left_out("bootstrap.rtl.css")
    assert is_left_out("bootstrap.min.js")
    assert is_left_out(".hidden")
    assert not is_left_out("bootstrap.min.css")
    assert not is_left_out("htmx.min.js")
