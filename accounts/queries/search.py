"""Matches of a search, looked up once: how many there are, and which ones a page shows."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

# More matches than these are not counted.
COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Window:
    """The part of the matches that a page shows: `size` by a column, then by id.

    From the first on, or `behind` a user: by what that one has in the column, as a query for this
    value, and by its id.
    """

    column: str
    downwards: bool
    size: int
    behind: tuple[QuerySet[Any, Any], int] | None = None


@dataclass(frozen=True, slots=True)
class Matches:
    """Ids and number of matches; None, and no ids, where more match than are counted."""

    ids: list[int]
    total: int | None


def find_matches(matching: QuerySet[Any, Any], window: Window) -> Matches:
    """Return the matches in one statement: a search may look at every user, and does so once."""
    # One more than are counted tells enough.
    found = matching.order_by().values_list("pk", window.column)[: COUNTED + 1]
    try:
        inner, parameters = found.query.sql_with_params()
    except EmptyResultSet:
        return Matches([], 0)
    behind, more = "", list[Any]()
    if window.behind is not None:
        query, pk = window.behind
        place, values = query.query.sql_with_params()
        side = "<" if window.downwards else ">"
        behind, more = f"AND (place, id) {side} (({place}), %s)", [*values, pk]
    way = "DESC" if window.downwards else "ASC"
    # Texts of the ORM's own, and two words of ours.
    statement = f"""
        WITH found (id, place) AS MATERIALIZED ({inner})
        SELECT NULL, count(*) FROM found
        UNION ALL
        SELECT id, NULL FROM (
            SELECT id FROM found
            WHERE (SELECT count(*) FROM found) <= %s {behind}
            ORDER BY place {way}, id {way} LIMIT %s
        ) AS page
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, [*parameters, COUNTED, *more, window.size])
        rows = cursor.fetchall()
    [total] = [number for pk, number in rows if pk is None]
    ids = [pk for pk, _number in rows if pk is not None]
    return Matches(ids, None if total > COUNTED else total)


def counted(matching: QuerySet[Any, Any]) -> int | None:
    """Return how many match; None for more than are counted."""
    found = matching.order_by().values("pk")[: COUNTED + 1].count()
    return None if found > COUNTED else found
