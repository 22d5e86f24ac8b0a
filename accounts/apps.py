from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from customers.refusals import declare
from customers.sqlite_triggers import keep_triggers, stamped, stamped_by, uuid_stays

from .refusals import REFUSALS

# A user's roles, and the customers that a user is limited to, are rows of their own.
LINKS = ("accounts_user_groups", "accounts_user_allowed_customers")
TRIGGERS = {
    "user_uuid_stays": uuid_stays("accounts_user"),
    # Signing in is no change of the account, and what follows from the names is none by itself.
    "user_stamped": stamped(
        "accounts_user",
        unless="NEW.last_login IS NOT OLD.last_login",
        unseen=("sort_name", "search_text"),
    ),
    **{
        f"{table}_{event.lower()}_stamp": stamped_by(
            event, table, owner="accounts_user", pk=f"{row}.user_id"
        )
        for table in LINKS
        for event, row in (("INSERT", "NEW"), ("DELETE", "OLD"))
    },
}


def ensure_role_groups(sender: AppConfig, using: str, **kwargs: Any) -> None:
    from django.contrib.auth.models import Group

    from customers.roles import Role

    Group.objects.using(using).bulk_create(
        [Group(name=role.value) for role in Role], ignore_conflicts=True
    )


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        # Reference rows of the code, not of a migration: they must be there after a flush too.
        post_migrate.connect(ensure_role_groups, sender=self)
        declare(REFUSALS)
        keep_triggers(self, TRIGGERS)
        # They are built upon models, which are there from now on.
        from customers.services.customers import at_change_of_customer

        from .actions.listed import ACTIONS
        from .actions.registry import register
        from .services.users.starting import keep_starts

        register(*ACTIONS, first=True)
        at_change_of_customer(keep_starts)
