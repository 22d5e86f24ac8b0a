from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Prefetch, Q
from django.db.models.functions import Lower, Now, Upper

from customers.identity import RandomUUID
from customers.models import Customer, Partner
from customers.said import gettext_lazy as _
from customers.said import pgettext_lazy

# Of a product, and of the code of a service plan.
SKU_LENGTH = 40
PRODUCT_NAME_LENGTH = 120
# Of a seat in a month: up to 99,999,999.99, in a currency's three letters.
PRICE_DIGITS, PRICE_PLACES = 10, 2
CURRENCY_LENGTH = 3
# So many days ahead pages tell of a renewal.
RENEWAL_DAYS = 60
SKU_TAKEN = _("A product with this SKU already exists.")


class ProductQuerySet(models.QuerySet["Product"]):
    def known_to(self, partner: int | None) -> ProductQuerySet:
        """Return the products that all partners sell, and this one's own."""
        return self.filter(Q(partner=None) | Q(partner=partner))

    def offered_to(self, partner: int) -> ProductQuerySet:
        """Return what this partner can sell, own products first, with what each contains and
        requires.
        """
        known = Product.objects.known_to(partner)
        return (
            self.known_to(partner)
            .filter(is_offered=True)
            .order_by(F("partner").asc(nulls_last=True), "name", "pk")
            .prefetch_related("plans", Prefetch("requires", known), Prefetch("conflicts", known))
        )


class Product(models.Model):
    """Something sold by seats: by all partners, or by the one whose own it is."""

    partner = models.ForeignKey(
        Partner,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="products",
        help_text=_("Whose own product it is; without one, all partners sell it."),
    )
    sku = models.CharField(_("SKU"), max_length=SKU_LENGTH)
    name = models.CharField(_("name"), max_length=PRODUCT_NAME_LENGTH)
    requires = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="required_by"
    )
    conflicts = models.ManyToManyField("self", symmetrical=True, blank=True)
    blocked_countries = models.JSONField(
        _("blocked countries"),
        default=list,
        blank=True,
        help_text=_("ISO 3166 codes of the countries where the product can't be used."),
    )
    is_offered = models.BooleanField(_("offered"), default=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ("name",)
        constraints: ClassVar = [
            models.CheckConstraint(name="sku_upper_case", condition=Q(sku=Upper("sku"))),
            models.UniqueConstraint(
                fields=["sku"],
                condition=Q(partner=None),
                name="sku_once_for_all_partners",
                violation_error_message=SKU_TAKEN,
            ),
            models.UniqueConstraint(fields=["partner", "sku"], name="sku_once_per_partner"),
            models.UniqueConstraint(
                "partner",
                Lower("name"),
                name="product_name_once_per_partner",
                violation_error_message=_("The partner already has a product with this name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ServicePlanQuerySet(models.QuerySet["ServicePlan"]):
    def known_to(self, partner: int) -> ServicePlanQuerySet:
        """Return the plans of products that all partners sell, and of this one's own."""
        return self.filter(Q(product__partner=None) | Q(product__partner=partner))


class ServicePlan(models.Model):
    product = models.ForeignKey(Product, models.PROTECT, related_name="plans")
    code = models.CharField(_("code"), max_length=SKU_LENGTH)
    name = models.CharField(_("name"), max_length=PRODUCT_NAME_LENGTH)

    objects = ServicePlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("service plan")
        verbose_name_plural = _("service plans")
        ordering = ("name",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "code"], name="plan_once_per_product")
        ]

    def __str__(self) -> str:
        return self.name


class SubscriptionStatus(models.TextChoices):
    ACTIVE = "active", pgettext_lazy("subscription", "Active")
    SUSPENDED = "suspended", _("Suspended")
    CANCELED = "canceled", pgettext_lazy("subscription", "Canceled")


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def current(self) -> SubscriptionQuerySet:
        return self.exclude(status=SubscriptionStatus.CANCELED)

    def full(self) -> SubscriptionQuerySet:
        """Return subscriptions without a free seat, whose next license waits for more."""
        return self.filter(
            status=SubscriptionStatus.ACTIVE,
            quantity__gt=0,
            assigned__gte=F("quantity") - F("reserved"),
        )

    def may_renew(self, first: date, last: date) -> SubscriptionQuerySet:
        """Return those whose day of renewal falls in a month of these days: it decides itself."""
        months = {(first + timedelta(days=day)).month for day in range((last - first).days + 1)}
        active = self.filter(status=SubscriptionStatus.ACTIVE, quantity__gt=0)
        return active.filter(renews_on__lte=last, renews_on__month__in=sorted(months))

    def for_list(self) -> SubscriptionQuerySet:
        return self.select_related("product").order_by("product__name", "id")


class Subscription(models.Model):
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="subscriptions")
    product = models.ForeignKey(Product, models.PROTECT, related_name="subscriptions")
    quantity = models.PositiveIntegerField(_("seats bought"))
    # Moved by licensing.services.seats alone, in the transaction that writes the assignments.
    assigned = models.PositiveIntegerField(_("assigned"), default=0, editable=False)
    # As many as it has reservations, and moved along with these: nobody else is given such a seat.
    reserved = models.PositiveIntegerField(_("reserved"), default=0, db_default=0, editable=False)
    status = models.CharField(
        max_length=10, choices=SubscriptionStatus, default=SubscriptionStatus.ACTIVE
    )
    starts_on = models.DateField(_("starts on"))
    renews_on = models.DateField(_("renews on"))
    # What a seat costs in a month, where the partner keeps it: reports say what unused ones cost.
    price = models.DecimalField(
        _("price per seat and month"),
        max_digits=PRICE_DIGITS,
        decimal_places=PRICE_PLACES,
        null=True,
        blank=True,
    )
    currency = models.CharField(
        _("currency"), max_length=CURRENCY_LENGTH, blank=True, db_default=""
    )
    uuid = models.UUIDField(unique=True, db_default=RandomUUID(), editable=False)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="seats_not_oversold",
                condition=Q(assigned__gte=0, reserved__gte=0)
                & Q(assigned__lte=F("quantity") - F("reserved")),
            ),
            models.UniqueConstraint(
                fields=["customer", "product"],
                condition=~Q(status=SubscriptionStatus.CANCELED),
                name="one_current_per_product",
            ),
            models.CheckConstraint(
                name="canceled_has_no_seats",
                condition=~Q(status=SubscriptionStatus.CANCELED) | Q(assigned=0, reserved=0),
            ),
            # The target of the composite foreign key of an assignment.
            models.UniqueConstraint(fields=["id", "customer"], name="subscription_of_customer"),
            models.CheckConstraint(
                name="price_has_its_currency",
                condition=Q(price=None, currency="") | (Q(price__gte=0) & ~Q(currency="")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.product)

    @property
    def taken(self) -> int:
        """Return how many seats are assigned or reserved: there can't be fewer."""
        return self.assigned + self.reserved

    @property
    def available(self) -> int:
        return self.quantity - self.taken

    @property
    def is_active(self) -> bool:
        """Return whether its seats can be assigned."""
        return self.status == SubscriptionStatus.ACTIVE

    @property
    def assignable(self) -> int:
        """Return how many seats can be given out now: none unless it is active."""
        return self.available if self.is_active else 0

    @property
    def is_canceled(self) -> bool:
        return self.status == SubscriptionStatus.CANCELED

    def next_renewal(self, today: date) -> date:
        """Return the stored day, or, since it renews by itself, the same day of a later year."""
        if self.renews_on >= today:
            return self.renews_on
        this_year = anniversary(self.renews_on, today.year)
        return this_year if this_year >= today else anniversary(self.renews_on, today.year + 1)

    def renews_soon(self, today: date) -> bool:
        """Return whether its paid seats renew within the days that a page looks ahead."""
        last = today + timedelta(days=RENEWAL_DAYS)
        return self.is_active and self.quantity > 0 and self.next_renewal(today) <= last


def anniversary(day: date, year: int) -> date:
    """Return the same day of another year, or the last one of its month."""
    return day.replace(year=year, day=min(day.day, monthrange(year, day.month)[1]))


def names_by_user(
    held: Iterable[tuple[int, int, str]], marks: Mapping[tuple[int, int], str] | None = None
) -> dict[int, list[str]]:
    """Return the names of products by user, of what LicenseAssignmentQuerySet.named gives."""
    names: dict[int, list[str]] = {}
    for user, subscription, name in held:
        mark = marks.get((user, subscription)) if marks else None
        names.setdefault(user, []).append(f"{name} ({mark})" if mark else name)
    return names


class LicenseAssignmentQuerySet(models.QuerySet["LicenseAssignment"]):
    def live(self) -> LicenseAssignmentQuerySet:
        return self.filter(released_at=None)

    def product_names(
        self, customer: Customer, marks: Mapping[tuple[int, int], str] | None = None
    ) -> dict[int, list[str]]:
        """Return the names of the products that each user of the customer holds, by user id.

        `marks` are words to stand behind one, by user and subscription.
        """
        return names_by_user(self.named(customer.pk), marks)

    def named(self, customer: int) -> models.QuerySet[LicenseAssignment, tuple[int, int, str]]:
        """Return user, subscription and the product's name of each license at the customer."""
        # Named once more beside the subscription: else all customers' subscriptions are read.
        held = self.filter(subscription__customer=customer).order_by("subscription__product__name")
        return held.values_list("user_id", "subscription_id", "subscription__product__name")

    def left_without(self, subscription: Subscription) -> LicenseAssignmentQuerySet:
        """Return live licenses whose product requires this one, of users who hold both."""
        holders = LicenseAssignment.objects.live().filter(subscription=subscription)
        return self.live().filter(
            user__in=holders.values("user"),
            subscription__product__requires=subscription.product_id,
        )


class LicenseAssignment(models.Model):
    """One seat of a subscription, held by one user until it is released."""

    # The partial unique constraint is the index that live look-ups by subscription use.
    subscription = models.ForeignKey(
        Subscription, models.PROTECT, related_name="assignments", db_index=False
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="assignments")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", db_index=False)
    services_off = models.JSONField(default=list, help_text=_("Codes of the plans switched off."))
    assigned_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    # Not when the transaction began: the user may have been changed since, by whom it waited for.
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = LicenseAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("license assignment")
        verbose_name_plural = _("license assignments")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subscription", "user"],
                condition=Q(released_at=None),
                name="one_live_license_per_user",
            ),
            models.CheckConstraint(
                name="released_after_assigned",
                condition=Q(released_at=None) | Q(released_at__gte=F("assigned_at")),
            ),
        ]
        indexes: ClassVar = [
            # Who of a customer has any license, and who has none.
            models.Index(
                "customer", "user", name="live_license_by_user", condition=Q(released_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id}/{self.user_id}"


class SeatReservation(models.Model):
    """One seat of a subscription, kept for a user who gets the license on a day to come."""

    # The unique constraint is the index that look-ups by subscription use.
    subscription = models.ForeignKey(
        Subscription, models.PROTECT, related_name="reservations", db_index=False
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reservations")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", db_index=False)
    reserved_at = models.DateTimeField()

    class Meta:
        verbose_name = _("seat reservation")
        verbose_name_plural = _("seat reservations")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subscription", "user"], name="one_reservation_per_user"
            )
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id}/{self.user_id}"
