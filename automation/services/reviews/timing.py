"""When a review ends: with its last day, by the customer's clock."""

from datetime import date, datetime, time, timedelta

from customers.errors import Refused
from customers.models import Customer
from customers.said import gettext as _

from ...due import Due, due_at, moment, zone_of
from ...models import Review

LONGEST = timedelta(days=366)
# So long before the end those are reminded who have not answered.
REMINDED = timedelta(days=2)


def ends_at(review: Review) -> datetime:
    """Return the moment from which on nothing can be answered any longer."""
    return moment(Due(review.on + timedelta(days=1), time()), zone_of(review.customer))


def today_of(customer: Customer, now: datetime) -> date:
    return due_at(now, zone_of(customer)).on


def check_day(on: date, customer: Customer, now: datetime) -> None:
    """Refuse a last day that is over, or too far away to be meant."""
    today = today_of(customer, now)
    if on < today:
        raise Refused(_("Choose today or a later day."), code="review-day-over", field="on")
    if on - today > LONGEST:
        raise Refused(_("Choose a day within a year."), code="review-day-far", field="on")
