"""What the queries for people say in the database's own words."""

from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce
from django.utils import timezone


def final_day() -> Coalesce:
    """When a deleted person goes for good, as the index due_of_customer has it."""
    return Coalesce("purge_after", "deleted_at")


def time_left() -> CombinedExpression:
    """How long a deleted person can still be restored.

    Neither from a difference nor from a choice can PostgreSQL tell that the index of the date
    would do: it is the purge's, and leads through everybody's deleted users.
    """
    return final_day() - timezone.now()
