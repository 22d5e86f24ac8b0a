"""The list in which new names wait before they are in the index of names (migration 0003)."""

from django.db import connection


def tidy_search() -> int:
    """Work the list off, for which the role of tasks is needed; return how many pages it had.

    Searches are right without: they look through it. Safe at any time, and in several at once.
    """
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT tidy_search()")
        [pages] = cursor.fetchone()
    return int(pages)
