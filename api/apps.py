from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from customers.refusals import declare
from customers.sqlite_triggers import keep_triggers, uuid_stays

from .refusals import REFUSALS

TRIGGERS = {"webhook_uuid_stays": uuid_stays("api_webhook")}


class ApiConfig(AppConfig):
    """Who acts without hands: integrations and tokens, and the API that they speak."""

    name = "api"
    verbose_name = _("API")

    def ready(self) -> None:
        declare(REFUSALS)
        keep_triggers(self, TRIGGERS)
        # They are built upon models, which are there from now on.
        from accounts.personal import also_given
        from accounts.services.users.owning import also_owned
        from accounts.views.user_cards import also_shown
        from customers.narrowing import keep_narrowings

        from .authentication import narrowing_of_token
        from .log_words import read_changes
        from .lookup import names_of
        from .personal import relations
        from .queries import owned_by_sources
        from .views.users import source_card
        from .webhook_words import read_webhook_changes

        read_changes()
        read_webhook_changes()
        also_given(relations)
        keep_narrowings(narrowing_of_token, names_of)
        also_owned(owned_by_sources)
        also_shown(source_card)
