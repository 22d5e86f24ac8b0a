from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def ensure_role_groups(sender: AppConfig, using: str, **kwargs: Any) -> None:
    from django.contrib.auth.models import Group

    from customers.roles import Role

    Group.objects.using(using).bulk_create(
        [Group(name=role.value) for role in Role], ignore_conflicts=True
    )


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        # Reference rows of the code, not of a migration: they must be there after a flush too.
        post_migrate.connect(ensure_role_groups, sender=self)
        # They are built upon models, which are there from now on.
        from .actions.listed import ACTIONS
        from .actions.registry import register

        register(*ACTIONS)
