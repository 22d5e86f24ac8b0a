from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from customers.identity import RandomUUID
from customers.models import Customer
from customers.said import gettext_lazy as _

NAME_LENGTH = 60
# What is shown of a token later: enough to tell which of them a script has.
PREFIX_LENGTH = 12


class TokenKind(models.TextChoices):
    PERSONAL = "personal", _("Personal token")
    INTEGRATION = "integration", _("Access token")
    # One of up to two at a time, for which an integration gets access for an hour.
    SECRET = "secret", _("Client secret")
    SOURCE = "source", _("Token of a source")


class TokenQuerySet(models.QuerySet["Token"]):
    def for_list(self) -> TokenQuerySet:
        """Return tokens with whose they are and who made them, the newest first."""
        return self.select_related("user", "made_by").order_by("-pk")

    def living(self, now: datetime | None = None) -> TokenQuerySet:
        """Return those that are neither revoked nor over; of the user's access it says nothing."""
        return self.filter(revoked_at=None, ends_at__gt=now or timezone.now())


# Worth nothing since its user was blocked, deleted, or has another password.
ENDED = _("No longer valid")


class Token(models.Model):
    """By what a script acts as a user, with fewer rights: shown once, and kept as a hash.

    Its user is whoever had it made, or the integration that it is for. It is worth nothing once
    the user's access has ended, as `epoch` tells (accounts.services.access).
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(max_length=12, choices=TokenKind)
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    prefix = models.CharField(max_length=PREFIX_LENGTH, editable=False)
    hash = models.CharField(max_length=64, unique=True, editable=False, help_text="SHA-256.")
    capabilities = models.JSONField(default=list, help_text="Names of Capability.")
    all_customers = models.BooleanField(_("all customers"), default=True)
    customers = models.ManyToManyField(Customer, through="TokenCustomer", related_name="+")
    networks = models.JSONField(
        default=list, help_text="Where it may come from, as CIDR has it; none: from anywhere."
    )
    # Made with a second step for what pages ask one for.
    may_do_grave = models.BooleanField(default=False)
    epoch = models.PositiveIntegerField(editable=False)
    ends_at = models.DateTimeField(_("ends"))
    last_used_at = models.DateTimeField(null=True, editable=False)
    warned_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    uuid = models.UUIDField(unique=True, db_default=RandomUUID(), editable=False)
    # Of the form by which it was made, which makes one however often it is sent.
    key = models.CharField(max_length=64, default="", db_default="", editable=False)

    objects = TokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "key"], name="token_once_per_form", condition=~Q(key="")
            )
        ]
        indexes: ClassVar = [
            # Of those that some day are warned of, and swept.
            models.Index(fields=["ends_at"], name="token_by_end", condition=Q(revoked_at=None)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_living(self) -> bool:
        return self.revoked_at is None and self.ends_at > timezone.now()


class TokenCustomer(models.Model):
    """A customer that a token is for, unless it is for all that its user sees."""

    token = models.ForeignKey(Token, models.CASCADE, related_name="chosen_customers")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["token", "customer"], name="customer_once_per_token")
        ]

    def __str__(self) -> str:
        return f"{self.token_id}/{self.customer_id}"
