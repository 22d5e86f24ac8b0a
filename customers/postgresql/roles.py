"""The roles of the policies, what they may do, and the login that takes them.

Each statement can be run again and again: after a restore, or for a table that came since.
"""

from typing import Any

from psycopg import Connection, sql
from psycopg.errors import InsufficientPrivilege, RaiseException

from ..scope import PEOPLE, PORTAL, ROLES, SUPPORT_STAFF, WEB

EVERY_ROLE = ", ".join(ROLES)
# Which write, too.
WRITERS = f"{WEB}, {SUPPORT_STAFF}, {PORTAL}"

ROLES_EXIST = f"""
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY string_to_array('{EVERY_ROLE}', ', ') LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', wanted);
        END IF;
    END LOOP;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'the role % is missing, and % may not create it', wanted, session_user
            USING HINT = 'run `manage.py prepare_roles` first, with a login that may';
    -- Another database of the same server is prepared at this moment.
    WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;
"""

# What belongs to nobody in particular a request does not change.
READ_BY_REQUESTS = (
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "django_content_type",
    "django_migrations",
)
READ_BY_LISTS = (
    "accounts_user",
    "accounts_user_groups",
    "auth_group",
    "licensing_licenseassignment",
    "licensing_subscription",
)
# No page shows a seal, how many events there were, or how far they were read.
HIDDEN_FROM_REQUESTS = ("customers_auditcount", "customers_auditseal", "customers_follower")
# A session is found by its key alone: accounts/migrations/0003_people_on_postgresql.
FOUND_BY_SECRET = ("django_session",)
# To the log all of them add, and none changes or takes what is there: that is done by functions of
# the owner's, which ask the seals (customers/migrations/0002_scope_and_log).
ADDED_TO = ("customers_auditevent", "customers_auditnames", "customers_auditseal")
COUNTED_BY_TRIGGER = ("customers_auditcount",)
# Whose ids the sequence alone gives.
NUMBERED = ("customers_auditevent",)
# Retention signs what it does with what a seal covers.
MARKS = (
    "names_forgotten_at",
    "names_forgotten_mark",
    "names_salt",
    "events_dropped_at",
    "events_dropped_mark",
)

# Of the owner of the tables, who says so for those to come too.
GRANTS = """
DO $$
DECLARE
    here text := quote_ident(current_schema());
    named text;
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA %s TO {every_role}', here);
    EXECUTE format(
        'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %s TO {writers}', here
    );
    EXECUTE format('GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA %s TO {writers}', here);
    EXECUTE format(
        'ALTER DEFAULT PRIVILEGES IN SCHEMA %s'
        ' GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {writers}', here
    );
    EXECUTE format(
        'ALTER DEFAULT PRIVILEGES IN SCHEMA %s'
        ' GRANT USAGE, SELECT ON SEQUENCES TO {writers}', here
    );
    FOREACH named IN ARRAY string_to_array('{read_by_lists}', ' ') LOOP
        CONTINUE WHEN to_regclass(named) IS NULL;
        EXECUTE format('GRANT SELECT ON %I TO {people}', named);
    END LOOP;
    FOREACH named IN ARRAY string_to_array('{read_by_requests}', ' ') LOOP
        CONTINUE WHEN to_regclass(named) IS NULL;
        EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON %I FROM {web}', named);
    END LOOP;
    FOREACH named IN ARRAY string_to_array('{hidden_from_requests}', ' ') LOOP
        CONTINUE WHEN to_regclass(named) IS NULL;
        EXECUTE format('REVOKE ALL ON %I FROM {web}', named);
        EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON %I FROM {support}', named);
    END LOOP;
    FOREACH named IN ARRAY string_to_array('{found_by_secret}', ' ') LOOP
        CONTINUE WHEN to_regclass(named) IS NULL;
        EXECUTE format('REVOKE ALL ON %I FROM {web}, {support}', named);
    END LOOP;
    FOREACH named IN ARRAY string_to_array('{added_to}', ' ') LOOP
        CONTINUE WHEN to_regclass(named) IS NULL;
        EXECUTE format('REVOKE UPDATE, DELETE ON %I FROM {writers}', named);
    END LOOP;
    IF to_regclass('customers_auditseal') IS NOT NULL THEN
        GRANT UPDATE ({marks}) ON customers_auditseal TO {tasks};
    END IF;
    FOREACH named IN ARRAY string_to_array('{counted_by_trigger}', ' ') LOOP
        CONTINUE WHEN to_regclass(named) IS NULL;
        EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON %I FROM {writers}', named);
    END LOOP;
    FOREACH named IN ARRAY string_to_array('{numbered}', ' ') LOOP
        CONTINUE WHEN to_regclass(named) IS NULL;
        EXECUTE format('REVOKE INSERT ON %I FROM {writers}', named);
        EXECUTE format('GRANT INSERT (%s) ON %I TO {writers}', (
            SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
            WHERE attrelid = to_regclass(named) AND attnum > 0 AND NOT attisdropped
                AND attname <> 'id'
        ), named);
    END LOOP;
END
$$;
""".format(  # noqa: S608 - names of our own
    every_role=EVERY_ROLE,
    writers=WRITERS,
    people=PEOPLE,
    web=WEB,
    support=SUPPORT_STAFF,
    read_by_lists=" ".join(READ_BY_LISTS),
    read_by_requests=" ".join(READ_BY_REQUESTS),
    hidden_from_requests=" ".join(HIDDEN_FROM_REQUESTS),
    tasks=PORTAL,
    found_by_secret=" ".join(FOUND_BY_SECRET),
    added_to=" ".join(ADDED_TO),
    marks=", ".join(MARKS),
    counted_by_trigger=" ".join(COUNTED_BY_TRIGGER),
    numbered=" ".join(NUMBERED),
)

# The function of `text LIKE text`, by which the index of names is searched, and that of the small
# letters by which lists are sorted. A condition of a query is asked before the policy, as an index
# needs, only if it is known to tell nothing of the rows it is asked about. The first one compares
# and says yes or no. Its one error, for a pattern that ends in the escape character, depends on the
# row as well, and no pattern of the portal's ends so: Django escapes what was typed. The second one
# has no error for a text that a row can hold. Only a superuser may say so, and no dump keeps it.
LEAKPROOF = """
DO $$
BEGIN
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        ALTER FUNCTION pg_catalog.textlike(text, text) LEAKPROOF;
        ALTER FUNCTION pg_catalog.lower(text) LEAKPROOF;
    END IF;
END
$$;
"""
IS_LEAKPROOF = """
SELECT bool_and(proleakproof) FROM pg_proc
WHERE oid IN (
    'pg_catalog.textlike(text, text)'::regprocedure, 'pg_catalog.lower(text)'::regprocedure
)
"""

NAMES = sql.SQL(", ").join(map(sql.Identifier, ROLES))
TEMPORARY = """
SELECT has_database_privilege(rolname, current_database(), 'TEMPORARY') FROM pg_roles
WHERE rolname = %s
"""


class Unfit(Exception):
    """A login that cannot be the portal's; the text says why."""


def prepare(connection: "Connection[Any]", login: str, password: str) -> list[str]:
    """Prepare roles, login and grants by a connection of the owner's; return what there is now.

    Raise Unfit, whose text is a sentence, where that can't be done.
    """
    try:
        connection.execute(ROLES_EXIST)
        _prepare_login(connection, login, password)
        if not _value(connection, TEMPORARY, WEB):
            # The version before writes in bulk through a temporary table.
            database = sql.Identifier(connection.info.dbname)
            grant = sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}, {}")
            connection.execute(grant.format(database, NAMES, sql.Identifier(login)))
        connection.execute(LEAKPROOF)
        is_leakproof = _value(connection, IS_LEAKPROOF)
        has_tables = _value(connection, "SELECT to_regclass('customers_customer')") is not None
        if has_tables:
            connection.execute(GRANTS)
    except (InsufficientPrivilege, RaiseException) as error:
        owner = connection.info.user
        raise Unfit(
            f"{owner} may not do what has to be done ({error.diag.message_primary}): a superuser"
            f" has to run ALTER ROLE {owner} CREATEROLE, or DATABASE_OWNER_URL to name a login"
            " that owns the database and may create roles. One that was prepared by another owner"
            " is prepared by that one, or by a superuser."
        ) from error
    return [
        f"Roles of the policies: {EVERY_ROLE}.",
        f"{login} may sign in, takes these roles, and owns nothing.",
        "The roles may read and write the tables, and those of later migrations."
        if has_tables
        else "There are no tables yet: `manage.py migrate` makes and protects them.",
        *([] if is_leakproof else [NOT_LEAKPROOF]),
    ]


NOT_LEAKPROOF = (
    "A search for names reads all of a customer's users instead of an index, and a list that is"
    " sorted by department half of them: a superuser has to"
    " run ALTER FUNCTION pg_catalog.textlike(text, text) LEAKPROOF;"
    " ALTER FUNCTION pg_catalog.lower(text) LEAKPROOF in this database."
)


def _prepare_login(connection: "Connection[Any]", login: str, password: str) -> None:
    if login in {"", connection.info.user}:
        raise Unfit("DATABASE_URL needs a login of its own, not the owner's: choose a name.")
    privileged = _value(
        connection, "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = %s", login
    )
    if privileged:
        raise Unfit(f"{login} is a superuser or has BYPASSRLS: choose another name for the portal.")
    command = sql.SQL("CREATE ROLE" if privileged is None else "ALTER ROLE")
    options = sql.SQL("{} {} LOGIN NOINHERIT").format(command, sql.Identifier(login))
    if password:
        # Hashed here, so that no log of the server has it.
        hashed = connection.pgconn.encrypt_password(password.encode(), login.encode())
        options += sql.SQL(" PASSWORD {}").format(sql.Literal(hashed.decode()))
    connection.execute(options)
    # Before 16 a membership has no options, and the login's NOINHERIT says it.
    how = " WITH INHERIT FALSE, SET TRUE" if connection.info.server_version >= 160000 else ""
    grant = sql.SQL("GRANT {} TO {}" + how)
    connection.execute(grant.format(NAMES, sql.Identifier(login)))


def _value(connection: "Connection[Any]", query: str, *parameters: str) -> Any:
    row = connection.execute(query, parameters).fetchone()
    return row[0] if row else None
