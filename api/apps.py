from django.apps import AppConfig

from customers.refusals import declare

from .refusals import REFUSALS


class ApiConfig(AppConfig):
    """Who acts without hands: integrations and tokens, and the API that they speak."""

    name = "api"

    def ready(self) -> None:
        declare(REFUSALS)
        # They are built upon models, which are there from now on.
        from accounts.personal import also_given
        from accounts.services.users.owning import also_owned
        from accounts.views.user_cards import also_shown
        from customers.narrowing import keep_narrowings

        from .authentication import narrowing_of_token
        from .personal import relations
        from .queries import owned_by_sources
        from .views.users import source_card

        also_given(relations)
        also_owned(owned_by_sources)
        also_shown(source_card)
        keep_narrowings(narrowing_of_token)
