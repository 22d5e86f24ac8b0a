from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from customers.refusals import declare
from customers.sqlite_triggers import keep_triggers, stamped, uuid_stays

from .refusals import REFUSALS

TRIGGERS = {
    "application_uuid_stays": uuid_stays("applications_application"),
    "application_stamped": stamped("applications_application"),
}


class ApplicationsConfig(AppConfig):
    """Where users sign in with their account, and where accounts are made for them."""

    name = "applications"
    verbose_name = _("Applications")

    def ready(self) -> None:
        declare(REFUSALS)
        keep_triggers(self, TRIGGERS)
        # They are built upon models, which are there from now on.
        from accounts.personal import also_given
        from accounts.services.access import at_end_of_access
        from accounts.services.sessions import at_end_of_session
        from accounts.views.user_cards import also_in_sessions, also_shown
        from licensing.services.own_products import also_opened

        from .gate import opened_by
        from .log_words import read_changes
        from .personal import relations
        from .services.logouts import sign_out_of_applications
        from .services.sessions import end_app_sessions_from
        from .views.my_apps import own_sessions_card
        from .views.users import sessions_card

        read_changes()
        also_given(relations)
        also_opened(opened_by)
        also_shown(sessions_card)
        also_in_sessions(own_sessions_card)
        at_end_of_access(sign_out_of_applications)
        at_end_of_session(end_app_sessions_from)
