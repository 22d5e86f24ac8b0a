from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from urllib.parse import urlsplit

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models import User
from customers.formats import FOR_ALL_CUSTOMERS
from customers.identity import RandomUUID
from customers.models import Customer, Partner
from customers.said import SaidField
from customers.said import gettext_lazy as _

NAME_LENGTH = 60
ADDRESS_LENGTH = 500
REASON_LENGTH = 200


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def visible_to(self, user: User) -> WebhookQuerySet:
        """Return the webhooks of the user's partner; a customer's users know of none."""
        if user.customer_id or not user.partner_id:
            return self.none()
        return self.filter(partner=user.partner_id)

    def working(self, now: datetime) -> WebhookQuerySet:
        """Return those to which something may be sent by now."""
        return self.filter(Q(rests_until=None) | Q(rests_until__lte=now), is_on=True)


class Webhook(models.Model):
    """An address of a partner's that is told of events in the log, as soon as they are written.

    For all customers, the team included, or for chosen customers alone.
    """

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="webhooks")
    # Who is told when it is switched off.
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    address = models.URLField(_("address"), max_length=ADDRESS_LENGTH)
    # Host and port, by which those of all partners take turns.
    host = models.CharField(max_length=260, editable=False)
    events = models.JSONField(
        _("events"), default=list, help_text="Values of Action, or of EventGroup with .* behind."
    )
    all_customers = models.BooleanField(FOR_ALL_CUSTOMERS, default=True)
    customers = models.ManyToManyField(Customer, through="WebhookCustomer", related_name="+")
    # Whoever saved it last sees the team in the log: it is told of no more than that.
    with_team = models.BooleanField(_("with events of the team"), default=False)
    # Those of the log up to here were before its time.
    since_event = models.BigIntegerField(default=0, editable=False)
    sealed_secret = models.TextField(editable=False)
    # While it is replaced, both sign.
    sealed_old_secret = models.TextField(blank=True, editable=False)
    old_secret_until = models.DateTimeField(null=True, editable=False)
    is_on = models.BooleanField(_("on"), default=True)
    # Why the portal has switched it off, in words; "" where somebody has.
    problem = models.CharField(max_length=REASON_LENGTH, blank=True)
    problem_said = SaidField("problem")
    owner_told_at = models.DateTimeField(null=True, editable=False)
    # The first failure since the last success, and the tries one after the other since then that
    # no other delivery would have met better.
    failing_since = models.DateTimeField(null=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    rests_until = models.DateTimeField(null=True, editable=False)
    # A worker has it, and with it its host; and when its last turn began.
    claimed_at = models.DateTimeField(null=True, editable=False)
    turn_at = models.DateTimeField(null=True, editable=False)
    # Another with every change that somebody makes.
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    uuid = models.UUIDField(unique=True, db_default=RandomUUID(), editable=False)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ("name", "id")
        constraints: ClassVar = [
            models.UniqueConstraint("partner", Lower("name"), name="webhook_name_once_per_partner"),
        ]
        indexes: ClassVar = [models.Index(fields=["host"], name="webhook_by_host")]

    def __str__(self) -> str:
        return self.name

    @property
    def server(self) -> str:
        """The host, with the port where it is no usual one."""
        return urlsplit(self.address).netloc

    @property
    def rotates(self) -> bool:
        """Whether the secret before this one signs as well."""
        return bool(self.old_secret_until and self.old_secret_until > timezone.now())


class WebhookCustomer(models.Model):
    """A customer that a webhook is for, unless it is for all of them."""

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="chosen_customers")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["webhook", "customer"], name="customer_once_per_webhook"
            )
        ]

    def __str__(self) -> str:
        return f"{self.webhook_id}/{self.customer_id}"


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Failed")


class WebhookDeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    def permitted(self) -> WebhookDeliveryQuerySet:
        """Return those of which the webhook may be told as it is now: customers may have been taken
        from it since they were written.
        """
        chosen = WebhookCustomer.objects.filter(
            webhook=OuterRef("webhook"), customer=OuterRef("customer")
        )
        of_team = Q(customer=None, webhook__all_customers=True, webhook__with_team=True)
        of_customer = Q(customer__isnull=False) & (Q(webhook__all_customers=True) | Exists(chosen))
        return self.filter(Q(event_id=None) | of_team | of_customer)

    def due(self, now: datetime) -> WebhookDeliveryQuerySet:
        """Return those to be sent by now; of one subject, those with a lower id come first.

        What waits for its next try keeps all later ones of its subject waiting as well: they are
        due no sooner (`webhook_delivery.put_off`, `webhook_following.write_deliveries`).
        """
        return self.filter(state=DeliveryState.WAITING, due_at__lte=now).permitted()

    def put_off(self, now: datetime) -> WebhookDeliveryQuerySet:
        """Return those that wait for another moment."""
        return self.filter(state=DeliveryState.WAITING, due_at__gt=now)

    def newest_first(self) -> WebhookDeliveryQuerySet:
        return self.order_by("-pk")


class WebhookDelivery(models.Model):
    """An event on its way to a webhook, and what came of it.

    The body is kept as it is sent: it names nobody, and each try sends the same.
    """

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries", db_index=False)
    # None of a test, which is in no log.
    event_id = models.BigIntegerField(null=True)
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, related_name="+")
    message_id = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=40)
    # What it is about: those of one subject are sent one after the other, as they happened.
    subject = models.CharField(max_length=60)
    body = models.TextField()
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    # The last answer: when, with which status (None: there was none), and what it means.
    answered_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    reason = models.CharField(max_length=REASON_LENGTH, blank=True)
    reason_said = SaidField("reason")
    created_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True)

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery of a webhook")
        verbose_name_plural = _("deliveries of webhooks")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["webhook", "event_id"], name="event_once_per_webhook")
        ]
        indexes: ClassVar = [
            models.Index(fields=["webhook", "-id"], name="delivery_by_webhook"),
            models.Index(fields=["webhook", "state", "-id"], name="delivery_by_state"),
            # Few of them: what a worker looks for, and what has to wait for them.
            models.Index(
                fields=["webhook", "id"],
                name="delivery_waiting",
                condition=Q(state="waiting"),
            ),
            models.Index(
                fields=["webhook", "subject", "id"],
                name="delivery_in_order",
                condition=Q(state="waiting"),
            ),
            models.Index(fields=["settled_at"], name="delivery_settled"),
        ]

    def __str__(self) -> str:
        return self.message_id
