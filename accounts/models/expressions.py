"""What the queries for people say in the database's own words."""

from typing import Any

from django.db import models
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce
from django.utils import timezone


class RoleNames(models.Func):
    """The group names of a user in one string, so that a row needs no query of its own."""

    template = "%(function)s(%(expressions)s, '|')"
    output_field = models.TextField()
    allow_distinct = False

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="STRING_AGG", **extra)


def final_day() -> Coalesce:
    """When a deleted person goes for good, as the index due_of_customer has it."""
    return Coalesce("purge_after", "deleted_at")


def time_left() -> CombinedExpression:
    """How long a deleted person can still be restored.

    Neither from a difference nor from a choice can PostgreSQL tell that the index of the date
    would do: it is the purge's, and leads through everybody's deleted users.
    """
    return final_day() - timezone.now()
