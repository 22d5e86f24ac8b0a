"""What PostgreSQL is asked for with every row that is written: nothing twice."""

import pytest
from django.db import connection

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]

# Rows that a bulk write writes for each user.
WRITTEN_FOR_EACH = (
    "uploads_uploadrow",
    "accounts_user",
    "customers_auditevent",
    "customers_auditnames",
    "customers_batchitem",
    "licensing_licenseassignment",
    "automation_keptlicense",
)
# A key within a wider one of the same table to the same other, none of whose columns can be empty.
IMPLIED_KEYS = """
SELECT narrow.conrelid::regclass::text, narrow.conname
FROM pg_constraint AS narrow JOIN pg_constraint AS wide
    ON narrow.conrelid = wide.conrelid AND narrow.confrelid = wide.confrelid
    AND narrow.conkey <@ wide.conkey AND narrow.confkey <@ wide.confkey
    AND cardinality(narrow.conkey) < cardinality(wide.conkey)
WHERE narrow.contype = 'f' AND wide.contype = 'f' AND NOT EXISTS (
    SELECT FROM pg_attribute
    WHERE attrelid = wide.conrelid AND attnum = ANY (wide.conkey) AND NOT attnotnull
)
"""
# Whole indexes whose columns another whole one begins with.
REPEATED_INDEXES = """
SELECT short.indrelid::regclass::text, short.indexrelid::regclass::text
FROM pg_index AS short JOIN pg_index AS long USING (indrelid)
WHERE short.indrelid = ANY (%s::regclass[]) AND short.indexrelid <> long.indexrelid
    AND NOT short.indisunique AND short.indpred IS NULL AND long.indpred IS NULL
    AND short.indexprs IS NULL AND long.indexprs IS NULL
    AND long.indkey::text LIKE short.indkey::text || ' %%'
"""


def rows(query: str, *parameters: list[str]) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters or None)
        found: list[tuple[str, str]] = cursor.fetchall()
        return found


def test_no_foreign_key_is_asked_for_that_a_wider_one_implies() -> None:
    assert rows(IMPLIED_KEYS) == []


def test_no_index_of_a_large_table_is_the_beginning_of_another() -> None:
    assert rows(REPEATED_INDEXES, list(WRITTEN_FOR_EACH)) == []
