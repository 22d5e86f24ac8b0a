"""What there was at the end of each day, and of each month so far: the memory of the reports.

A day is one of the customer's own clock. Services of the portal itself write these rows, and no
request does.
"""

from typing import ClassVar

from django.db import models

from customers.models import Customer
from licensing.models import CURRENCY_LENGTH, PRICE_DIGITS, PRICE_PLACES, Subscription


class Seats(models.Model):
    """The seats of one subscription; `blocked` of the assigned ones are with blocked users."""

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="+", db_index=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+", db_index=False)
    bought = models.PositiveIntegerField()
    assigned = models.PositiveIntegerField()
    blocked = models.PositiveIntegerField()
    # Of a seat in a month, as it was then.
    price = models.DecimalField(max_digits=PRICE_DIGITS, decimal_places=PRICE_PLACES, null=True)
    currency = models.CharField(max_length=CURRENCY_LENGTH, blank=True)

    class Meta:
        abstract = True

    @property
    def unused(self) -> int:
        return self.bought - self.assigned


class SeatDay(Seats):
    """The seats of a subscription at the end of a day.

    One that is canceled has rows of zeros until the month ends, so that the month tells of it.
    """

    day = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subscription", "day"], name="seats_once_a_day")
        ]
        # Those of one day are added up for the months, and those of an old one deleted.
        indexes: ClassVar = [models.Index(fields=["day"], name="seats_by_day")]

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.day}"


class SeatMonth(Seats):
    """The seats of a subscription on the last day of a month that is known, and the month's peak.

    A report of twenty thousand customers reads these rows, and not thirty times as many.
    """

    # Its first day.
    month = models.DateField()
    first_day = models.DateField()
    last_day = models.DateField()
    # The most that were assigned at the end of a day.
    peak = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subscription", "month"], name="seats_once_a_month")
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "month"], name="seats_of_customer_in_month")
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.month}"


class Users(models.Model):
    """The users of one customer, and how many were added, deleted and restored.

    What there was before, with those added and restored and without those deleted, is `users`.
    """

    customer = models.ForeignKey(
        Customer, models.CASCADE, related_name="%(class)ss", db_index=False
    )
    users = models.PositiveIntegerField()
    added = models.PositiveIntegerField()
    deleted = models.PositiveIntegerField()
    restored = models.PositiveIntegerField()

    class Meta:
        abstract = True


class UserDay(Users):
    """The users of a customer at the end of a day. It is written last: with it, the day is done."""

    day = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "day"], name="users_once_a_day")
        ]
        indexes: ClassVar = [models.Index(fields=["day"], name="users_by_day")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.day}"


class UserMonth(Users):
    """The users of a customer on the last day of a month that is known, and the month's sums."""

    month = models.DateField()
    first_day = models.DateField()
    last_day = models.DateField()
    # The most at the end of a day.
    peak = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "month"], name="users_once_a_month")
        ]
        # The months that there are to choose from.
        indexes: ClassVar = [models.Index(fields=["month"], name="users_by_month")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.month}"
