from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from accounts.models import User

# So many customers, and so many users, are remembered.
REMEMBERED = 10


class Favorite(models.Model):
    """A customer that a user has marked with a star."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="favorites", db_index=False
    )
    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="+")

    class Meta:
        app_label = "customers"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "customer"], name="favorite_once")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class VisitQuerySet(models.QuerySet["Visit"]):
    def newest_customers(self, owner: User) -> list[int]:
        """Return the ids of the customers that the user opened, the last one first."""
        rows = self.filter(owner=owner, user=None).order_by("-at", "-pk")
        return list(rows.values_list("customer_id", flat=True)[:REMEMBERED])

    def newest_users(self, owner: User) -> list[int]:
        """Return the ids of the users that the user opened, the last one first."""
        return [pk for (pk,) in self.newest_of_users(owner.pk) if pk]

    def newest_of_users(self, owner: int) -> models.QuerySet[Visit, tuple[int | None]]:
        """Return the same as rows, for a question that is kept."""
        rows = self.filter(owner=owner, user__isnull=False).order_by("-at", "-pk")
        return rows.values_list("user_id")[:REMEMBERED]


class Visit(models.Model):
    """When a user last opened a customer or, where `user` is set, one of its users."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="visits")
    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    at = models.DateTimeField()

    objects = VisitQuerySet.as_manager()

    class Meta:
        app_label = "customers"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "customer"], condition=Q(user=None), name="visit_of_customer_once"
            ),
            models.UniqueConstraint(
                fields=["owner", "user"],
                condition=Q(user__isnull=False),
                name="visit_of_user_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
