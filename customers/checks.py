"""Checks of the database, for `manage.py check --database default` and for migrate."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register  # noqa: A004 - Django's name
from django.db import connection

from .postgresql.roles import IS_LEAKPROOF, NOT_LEAKPROOF

SLOW_SEARCH = "customers.W001"


@register(Tags.database)
def names_are_searched_by_index(
    databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    if "default" not in (databases or ()) or connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        # Before the first migrate there is nothing to search.
        cursor.execute("SELECT to_regproc('portal_at') IS NULL")
        is_empty = cursor.fetchone()[0]
        cursor.execute(IS_LEAKPROOF)
        if is_empty or cursor.fetchone()[0]:
            return []
    return [Warning(NOT_LEAKPROOF, id=SLOW_SEARCH)]
