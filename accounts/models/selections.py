from __future__ import annotations

import re
from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from customers.models import Customer
from customers.said import gettext_lazy as _

from .users import User

SELECTION_LIFE = timedelta(days=1)
TOKEN = re.compile(r"[A-Za-z0-9_-]{1,43}")


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    def open_to(self, user: User, customer: Customer) -> SavedFilterQuerySet:
        """Return what this user can pick at this customer: the own ones, and those of the team."""
        team = (
            Q(owner__customer=user.customer_id)
            if user.customer_id
            else Q(owner__partner=user.partner_id, owner__customer=None)
        )
        return self.filter(
            Q(owner=user) | Q(is_shared=True) & team, Q(customer=None) | Q(customer=customer)
        )


class SavedFilter(models.Model):
    """A filter of a user list by name, for oneself or, when shared, for the whole team."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="saved_filters")
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, related_name="+")
    name = models.CharField(max_length=80)
    query = models.JSONField(default=dict)
    is_shared = models.BooleanField(default=False)

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        constraints: ClassVar = [
            models.UniqueConstraint("owner", "customer", Lower("name"), name="filter_name_once"),
            # In the index above, filters for all customers would never be alike.
            models.UniqueConstraint(
                "owner", Lower("name"), condition=Q(customer=None), name="general_filter_name_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SelectionQuerySet(models.QuerySet["Selection"]):
    def of(self, owner: User, customer: Customer) -> SelectionQuerySet:
        fresh = timezone.now() - SELECTION_LIFE
        return self.filter(owner=owner, customer=customer, created_at__gt=fresh)

    def named(self, token: str) -> SelectionQuerySet:
        """Return the one of this token; what can be none does not reach the database."""
        return self.filter(token=token) if TOKEN.fullmatch(token) else self.none()

    def expired(self) -> SelectionQuerySet:
        return self.filter(created_at__lte=timezone.now() - SELECTION_LIFE)


class Selection(models.Model):
    """The users selected in one tab of the browser, named by a token in the page.

    Either the chosen ids, or a filter with the ids taken out of it again and those besides.
    """

    token = models.CharField(max_length=43, unique=True)
    owner = models.ForeignKey(User, models.CASCADE, related_name="selections")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    by_filter = models.BooleanField(default=False)
    query = models.JSONField(default=dict)
    ids = models.JSONField(default=list, help_text="Chosen, or with a filter the exceptions.")
    extra = models.JSONField(default=list, help_text="With a filter: chosen besides.")
    found = models.PositiveIntegerField(
        null=True, help_text="How many the filter let through when it was chosen, if counted."
    )
    frozen_ids = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SelectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("selection")
        verbose_name_plural = _("selections")
        indexes: ClassVar = [models.Index(fields=["created_at"], name="selection_by_age")]

    def __str__(self) -> str:
        return str(self.pk)

    def size(self, *, found: int | None) -> int | None:
        """Return how many are in it, given how many the filter lets through; None: more than
        counted.
        """
        if not self.by_filter:
            return len(self.ids)
        return None if found is None else max(found - len(self.ids), 0) + len(self.extra)
