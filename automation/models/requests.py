from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import User
from customers.identity import RandomUUID
from customers.models import Batch, Customer
from customers.roles import Capability
from customers.said import gettext_lazy as _
from customers.said import pgettext_lazy
from licensing.models import SKU_LENGTH, Product

WORDS_LENGTH = 255
APPLICATION_NAME_LENGTH = 120


class RequestKind(models.TextChoices):
    LICENSE = "license", _("License")
    SEATS = "seats", _("Seats")


class RequestState(models.TextChoices):
    OPEN = "open", _("Open")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    CANCELED = "canceled", pgettext_lazy("request", "Canceled")


class LicenseRequestQuerySet(models.QuerySet["LicenseRequest"]):
    def open(self) -> LicenseRequestQuerySet:
        """Return what waits for an answer. That of a deleted user is back when the user is."""
        return self.filter(state=RequestState.OPEN, user__deleted_at=None)

    def answerable_by(self, actor: User) -> LicenseRequestQuerySet:
        """Return those of the kinds that the actor's role may answer, but for the actor's own;
        whose they are, is asked besides.
        """
        kinds = [
            kind for kind, capability in ANSWERED_BY.items() if actor.can(capability)
        ]  # fmt: skip
        return self.filter(kind__in=kinds).exclude(user=actor.pk)

    def for_list(self) -> LicenseRequestQuerySet:
        related = ("customer__partner", "product", "user", "answered_by")
        return self.select_related(*related).prefetch_related("product__plans")


class LicenseRequest(models.Model):
    """A user asks for a license, or a customer's administrator for seats. Its words are no part of
    the log, and go with the user.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="license_requests")
    kind = models.CharField(max_length=10, choices=RequestKind)
    user = models.ForeignKey(User, models.CASCADE, related_name="license_requests")
    product = models.ForeignKey(Product, models.CASCADE, related_name="+")
    service = models.CharField(
        max_length=SKU_LENGTH,
        blank=True,
        help_text="The code of a plan that is off in the license that the user has.",
    )
    application = models.CharField(
        max_length=APPLICATION_NAME_LENGTH,
        blank=True,
        help_text="What it was asked for, as it was called then.",
    )
    seats = models.PositiveIntegerField(null=True, help_text="How many more, of a kind of seats.")
    words = models.CharField(_("reason"), max_length=WORDS_LENGTH, blank=True)
    state = models.CharField(max_length=10, choices=RequestState, default=RequestState.OPEN)
    answer = models.CharField(_("answer"), max_length=WORDS_LENGTH, blank=True)
    answered_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    batch = models.OneToOneField(Batch, models.SET_NULL, null=True, related_name="license_request")
    made_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    uuid = models.UUIDField(unique=True, db_default=RandomUUID(), editable=False)

    objects = LicenseRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("license request")
        verbose_name_plural = _("license requests")
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "product"],
                condition=Q(state="open", kind="license"),
                name="one_open_license_request",
            ),
            models.UniqueConstraint(
                fields=["customer", "product"],
                condition=Q(state="open", kind="seats"),
                name="one_open_seats_request",
            ),
            models.CheckConstraint(
                name="seats_are_counted",
                condition=Q(kind="seats", seats__gte=1) | Q(kind="license", seats=None),
            ),
            models.CheckConstraint(
                name="answered_has_its_date",
                condition=Q(state="open", answered_at=None)
                | (~Q(state="open") & Q(answered_at__isnull=False)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "id"], name="request_open", condition=Q(state="open")),
            models.Index(fields=["answered_at"], name="request_by_answer"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.product}"

    @property
    def is_open(self) -> bool:
        return self.state == RequestState.OPEN

    @property
    def wanted(self) -> str:
        """What was asked for, by the name that the user knows it by."""
        return self.application or self.product.name

    @property
    def service_name(self) -> str:
        """The name of the service that is off, as the product has it now."""
        names = {plan.code: plan.name for plan in self.product.plans.all()}
        return names.get(self.service, self.service)

    @property
    def is_for_seats(self) -> bool:
        return self.kind == RequestKind.SEATS


ANSWERED_BY = {
    RequestKind.LICENSE: Capability.MANAGE_LICENSES,
    RequestKind.SEATS: Capability.MANAGE_SUBSCRIPTIONS,
}
