from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower, Now

from accounts.models import User
from customers.identity import RandomUUID
from customers.models import Batch, Customer
from customers.said import SaidField
from customers.said import gettext_lazy as _
from licensing.models import Subscription

NAME_LENGTH = 60


class LicenseRule(models.Model):
    """Whom of a customer's users the portal gives which licenses by itself, while it is on.

    Where seats are short, the rule of the lower position comes first.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="license_rules")
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    filter = models.JSONField(
        default=dict, help_text="Parameters of an address, as a list of users has them."
    )
    for_newcomers = models.BooleanField(
        _("for new users only"),
        default=False,
        help_text=_("Users who were there before it was switched on keep what they have."),
    )
    position = models.PositiveIntegerField()
    is_on = models.BooleanField(_("on"), default=False)
    on_since = models.DateTimeField(null=True, editable=False)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    # Another with every change that somebody makes.
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    uuid = models.UUIDField(unique=True, db_default=RandomUUID(), editable=False)

    class Meta:
        verbose_name = _("license rule")
        verbose_name_plural = _("license rules")
        ordering = ("position", "id")
        constraints: ClassVar = [
            models.UniqueConstraint("customer", Lower("name"), name="rule_name_once_per_customer"),
            # The target of composite foreign keys.
            models.UniqueConstraint(fields=["id", "customer"], name="rule_of_customer"),
        ]

    def __str__(self) -> str:
        return self.name


class RuleSubscription(models.Model):
    """A subscription that a rule gives, and the codes of the plans that it leaves off."""

    rule = models.ForeignKey(LicenseRule, models.CASCADE, related_name="gives", db_index=False)
    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="+")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", db_index=False)
    services_off = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["rule", "subscription"], name="subscription_once_per_rule"
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule_id}/{self.subscription_id}"


class RuleException(models.Model):
    """A user to whom a rule gives nothing, though it matches."""

    rule = models.ForeignKey(LicenseRule, models.CASCADE, related_name="exceptions", db_index=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", db_index=False)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule", "user"], name="user_once_per_rule")
        ]

    def __str__(self) -> str:
        return f"{self.rule_id}/{self.user_id}"


class KeptState(models.TextChoices):
    GIVEN = "given", _("By rule")
    WAITING = "waiting", _("Waiting for a seat")
    # A requirement, a conflict or a country is in the way: `why` says which.
    BARRED = "barred", _("Not possible")


class KeptLicense(models.Model):
    """What the rules have given to a user, or still owe them, of one subscription.

    A license without a row of the state "given" is direct: somebody gave it, and rules never take
    it.
    """

    # A foreign key asks for each row by itself. Who writes a hundred thousand of these has them
    # looked at together: check_kept_licenses() in the database holds users and subscriptions to
    # their customer, and refuses to delete what is kept here.
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    subscription = models.ForeignKey(
        Subscription, models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    user = models.ForeignKey(
        User, models.CASCADE, related_name="kept_licenses", db_index=False, db_constraint=False
    )
    # The one that gives it; where several do, the first in their order. With a constraint every
    # change of a user would wait for a rule that is being removed, which forgets itself here.
    rule = models.ForeignKey(
        LicenseRule,
        models.DO_NOTHING,
        null=True,
        related_name="kept",
        db_index=False,
        db_constraint=False,
    )
    state = models.CharField(max_length=10, choices=KeptState)
    why = models.TextField(blank=True, help_text="What is in the way, in a sentence.")
    why_said = SaidField("why")
    since = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("kept license")
        verbose_name_plural = _("kept licenses")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "subscription"], name="kept_once_per_user")
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "subscription"], name="kept_by_customer"),
            # Beat asks four times a minute, of all customers at once, who waits for a seat that is
            # free: of those who have what rules give there may be a million.
            models.Index(
                fields=["customer", "state", "subscription"],
                name="kept_owed",
                condition=~models.Q(state="given"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscription.product} ({self.pk})"


class Unsettled(models.Model):
    """Users whom the rules have yet to look at: left by a change, in its own transaction, for a
    task.

    They are the users of `batch`; with `since`, all whom the log names since then, but for that
    batch; with `is_whole`, all of the customer; else whoever waits for a seat.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    batch = models.ForeignKey(Batch, models.CASCADE, null=True, related_name="+", db_index=False)
    since = models.DateTimeField(null=True)
    is_whole = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.customer_id}/{self.batch_id or ''}"
