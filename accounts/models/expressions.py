"""Expressions of the queries for users, in the database's own words."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import Case, Q, Value, When
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone

# So long before a temporary password expires it is about to.
PASSWORDS_AHEAD = timedelta(days=2)
# So long before a deletion is permanent it is soon.
FINAL_AHEAD = timedelta(days=7)

# Where no moment is: before all that are.
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def signed_in() -> Case:
    """Return when a user last signed in, as the index active_by_last_sign_in has it: never comes
    first.

    An index can't be entered at an empty value. It can't under row-level security at a COALESCE
    either, of which PostgreSQL does not know that it tells nothing of the rows it is asked about.
    """
    return Case(When(last_login=None, then=Value(_NEVER)), default="last_login")


def final_day() -> Coalesce:
    """Return when a deleted user goes for good, as the index due_of_customer has it."""
    return Coalesce("purge_after", "deleted_at")


def final_soon() -> LessThanOrEqual:
    """Return the condition that a deleted user, who can be restored still, soon can't be."""
    return LessThanOrEqual(final_day(), timezone.now() + FINAL_AHEAD)


def time_left() -> CombinedExpression:
    """Return how long a deleted user can still be restored.

    Neither from a difference nor from a choice can PostgreSQL tell that the index of the date would
    do: it is the purge's, and leads through all customers' deleted users.
    """
    return final_day() - timezone.now()


def password_expired() -> Q:
    """Return the condition that a temporary password is of no more use.

    Its days count from the first day of a user who had not started when it was given.
    """
    edge = timezone.now() - timedelta(days=settings.TEMPORARY_PASSWORD_DAYS)
    return _password_counts_from(edge)


def password_expiring() -> Q:
    """Return the condition that a temporary password expires soon, and has not yet."""
    edge = timezone.now() - timedelta(days=settings.TEMPORARY_PASSWORD_DAYS)
    still = Q(temporary_password_set_at__gt=edge) | Q(starts_at__gt=edge)
    return _password_counts_from(edge + PASSWORDS_AHEAD) & still


def _password_counts_from(edge: datetime) -> Q:
    begun = Q(starts_at=None) | Q(starts_at__lte=edge)
    return Q(temporary_password_set_at__lte=edge) & begun
