from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Max, Q
from django.utils import timezone

from accounts.models import User
from accounts.names import USER_NAME_LENGTH
from customers.models import Customer
from customers.said import SaidField
from customers.said import gettext_lazy as _
from licensing.models import Subscription

from .tokens import Token, TokenKind

if TYPE_CHECKING:
    from datetime import datetime

SOURCE_NAME_LENGTH = 60
EXTERNAL_ID_LENGTH = 255
# Refusals name users: they are shown, and kept, for so long after the last time.
REFUSALS_KEPT = timedelta(days=30)


class Source(models.Model):
    """Where a customer's users are kept besides: an HR system or a directory, which tells by SCIM.

    It acts as a machine user of the partner's, which sees this one customer.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="sources")
    user = models.OneToOneField(User, models.PROTECT, related_name="source")
    name = models.CharField(_("name"), max_length=SOURCE_NAME_LENGTH)
    takes_over = models.BooleanField(_("takes over existing users"), default=False)
    # What its new users get, as far as there are seats.
    subscription = models.ForeignKey(
        Subscription, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "name"], name="source_name_once"),
            # The target of the composite foreign key of a link.
            models.UniqueConstraint(fields=["id", "customer"], name="source_of_customer"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def tokens(self) -> models.QuerySet[Token]:
        """Return its tokens that can be used, the oldest first."""
        own = Token.objects.living().filter(user=self.user_id, kind=TokenKind.SOURCE)
        return own.order_by("pk")

    @property
    def last_contact_at(self) -> datetime | None:
        """When it was last heard of, to within some minutes; by tokens that are over, too."""
        own = Token.objects.filter(user=self.user_id, kind=TokenKind.SOURCE)
        found: datetime | None = own.aggregate(last=Max("last_used_at"))["last"]
        return found


class ScimLink(models.Model):
    """A user whom a source keeps. It stays with the deleted, whom the source can bring back."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="links", db_index=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    user = models.OneToOneField(User, models.CASCADE, related_name="scim_link")
    external_id = models.CharField(max_length=EXTERNAL_ID_LENGTH, blank=True)
    # Fields of the user that the source has told, and that pages leave to it.
    fields = models.JSONField(default=list)
    # Raised by each change of the link itself: a part of the ETag.
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("scim link")
        verbose_name_plural = _("scim links")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~Q(external_id=""),
                name="external_id_once",
            )
        ]
        indexes: ClassVar = [
            # In order and counted by the index alone: the policy asks for the customer.
            models.Index(fields=["source", "user", "customer"], name="linked_users")
        ]

    def __str__(self) -> str:
        return self.external_id or str(self.pk)


class Doing(models.TextChoices):
    """What a source had asked for."""

    CREATE = "create", _("Add")
    CHANGE = "change", _("Change")
    DELETE = "delete", _("Delete")
    SEARCH = "search", _("Search")
    LICENSE = "license", _("License")


class SourceRefusal(models.Model):
    """What a source could not do, in words: the same about the same user is one row."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="refusals", db_index=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    doing = models.CharField(max_length=10, choices=Doing)
    user_name = models.CharField(max_length=USER_NAME_LENGTH, blank=True)
    code = models.CharField(max_length=60)
    sentence = models.TextField()
    sentence_said = SaidField("sentence")
    times = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField(default=timezone.now, editable=False)
    last_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("source refusal")
        verbose_name_plural = _("source refusals")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "user_name", "doing", "code"], name="refusal_once"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["source", "last_at"], name="refusals_by_date")]

    def __str__(self) -> str:
        return self.sentence
