"""Expressions of the queries for users, in the database's own words."""

from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce
from django.utils import timezone


def final_day() -> Coalesce:
    """Return when a deleted user goes for good, as the index due_of_customer has it."""
    return Coalesce("purge_after", "deleted_at")


def time_left() -> CombinedExpression:
    """Return how long a deleted user can still be restored.

    Neither from a difference nor from a choice can PostgreSQL tell that the index of the date would
    do: it is the purge's, and leads through all customers' deleted users.
    """
    return final_day() - timezone.now()
