"""Steps of migrations that protect a table: `protect("app_table", OF_CUSTOMER)`.

Each condition is a CASE for a reason: the planner takes one for true of half the rows, whatever is
in it. A comparison with a value that it does not know yet would look like a handful of rows, and
lead it away from the index that a list is read by.

Each sub-select is run once a statement, and one that no row comes to is not run at all: on a page
about one customer, the first line decides. `portal_at`, `portal_partner`, `portal_customer` and
`portal_customers` are made by customers/migrations/0002_scope_and_log.
"""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython

from ..scope import PEOPLE, PORTAL, SUPPORT_STAFF, WEB

OF_CUSTOMER = """CASE
    WHEN customer_id = (SELECT portal_at()) THEN true
    ELSE customer_id IN (SELECT portal_customers())
END"""

# In a list of one customer's users, where no other rows are asked for.
OF_THIS_CUSTOMER = "customer_id = (SELECT portal_at())"

# A customer's, or, where the column is empty, the partner's own: its staff, its domains.
OF_CUSTOMER_OR_PARTNER = """CASE
    WHEN customer_id = (SELECT portal_at()) THEN true
    WHEN customer_id IS NULL THEN partner_id = (SELECT portal_partner())
    ELSE customer_id IN (SELECT portal_customers())
END"""


def through(table: str, column: str) -> str:
    """Return the condition that the row which the column refers to is seen, by its own policy."""
    # A value, where EXISTS may be turned into a table of all rows of all partners.
    return f"(SELECT true FROM {table} AS owner WHERE owner.id = {column})"  # noqa: S608


# What is the partner's own, in the request of a customer: seen, and not written.
BY_PARTNER = "(SELECT portal_customer()) IS NULL"
OF_CUSTOMER_OR_BY_PARTNER = f"customer_id IS NOT NULL OR {BY_PARTNER}"


def through_own(table: str, column: str) -> str:
    """Return the condition of `through`, for a customer's request on own rows alone."""
    return f"""(
        SELECT true FROM {table} AS owner
        WHERE owner.id = {column} AND (owner.customer_id IS NOT NULL OR {BY_PARTNER})
    )"""  # noqa: S608


def protect(table: str, condition: str) -> RunPython:
    """Keep requests from seeing and writing rows of the table that do not fulfill the condition."""
    return RunPython(
        _on_postgresql(
            f"""
            ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
            CREATE POLICY scope ON {table} TO {WEB} USING ({condition}) WITH CHECK ({condition});
            CREATE POLICY everything ON {table} TO {SUPPORT_STAFF}, {PORTAL}
                USING (true) WITH CHECK (true);
            """
        ),
        _on_postgresql(
            f"""
            DROP POLICY scope ON {table};
            DROP POLICY everything ON {table};
            ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
            """
        ),
    )


def limit_writing(table: str, condition: str, *, changing: str = "") -> RunPython:
    """Limit which of the visible rows of a protected table may be added, changed and deleted.

    It comes beside the policy that the table has: both must allow it. A row is held to `changing`
    as it is, also to lock it, and as it becomes; without it, to the condition as well.
    """
    changing = changing or condition
    return RunPython(
        _on_postgresql(
            f"""
            CREATE POLICY adding ON {table} AS RESTRICTIVE FOR INSERT TO {WEB}
                WITH CHECK ({condition});
            CREATE POLICY changing ON {table} AS RESTRICTIVE FOR UPDATE TO {WEB}
                USING ({changing}) WITH CHECK ({changing});
            CREATE POLICY deleting ON {table} AS RESTRICTIVE FOR DELETE TO {WEB}
                USING ({condition});
            """
        ),
        _on_postgresql(
            f"""
            DROP POLICY adding ON {table};
            DROP POLICY changing ON {table};
            DROP POLICY deleting ON {table};
            """
        ),
    )


def show_in_lists(table: str, condition: str) -> RunPython:
    """Show rows of a protected table that fulfill the condition in a customer's lists."""
    return RunPython(
        _on_postgresql(
            f"CREATE POLICY lists ON {table} FOR SELECT TO {PEOPLE} USING ({condition})"
        ),
        _on_postgresql(f"DROP POLICY lists ON {table}"),
    )


def step(forward: str, backward: str = "") -> RunPython:
    """Run statements on PostgreSQL alone; `{schema}` in them is where the tables are."""
    return RunPython(
        _on_postgresql(forward), _on_postgresql(backward) if backward else RunPython.noop
    )


def _on_postgresql(sql: str):  # type: ignore[no-untyped-def]  # noqa: ANN202
    def run(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
        connection = schema_editor.connection
        if connection.vendor != "postgresql":
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT quote_ident(current_schema())")
            (schema,) = cursor.fetchone()
        schema_editor.execute(sql.replace("{schema}", schema), params=None)

    return run
