"""Second steps are shown with the person that they are of, and a session to who knows its key.

Whoever looks somebody up for a page, and not to sign in, finds nobody out of the page's scope.
"""

from django.db import migrations

from customers.postgresql.policies import protect, step, through_own
from customers.postgresql.roles import GRANTS

BREAKS_THE_VERSION_BEFORE = """
It reads sessions from their table, and second steps before it tells whose rows may be shown: its
web servers are stopped before this migration. One that was forgotten lets nobody in, as it can
read and keep no session.
"""

SESSIONS = """
CREATE FUNCTION portal_sessions(keys text[]) RETURNS SETOF django_session
    LANGUAGE plpgsql STABLE SECURITY DEFINER COST 10 SET search_path = {schema}, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT * FROM django_session WHERE session_key = ANY (keys);
END
$$;
CREATE FUNCTION portal_add_session(key text, data text, expires timestamptz) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp
AS $$
BEGIN
    INSERT INTO django_session (session_key, session_data, expire_date)
        VALUES (key, data, expires) ON CONFLICT DO NOTHING;
    RETURN FOUND;
END
$$;
CREATE FUNCTION portal_keep_session(key text, data text, expires timestamptz) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp
AS $$
BEGIN
    UPDATE django_session SET session_data = data, expire_date = expires WHERE session_key = key;
    RETURN FOUND;
END
$$;
CREATE FUNCTION portal_end_sessions(keys text[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp
AS $$
BEGIN
    DELETE FROM django_session WHERE session_key = ANY (keys);
END
$$;
REVOKE EXECUTE ON FUNCTION
    portal_sessions, portal_add_session, portal_keep_session, portal_end_sessions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    portal_sessions, portal_add_session, portal_keep_session, portal_end_sessions
    TO portal_web, portal_support, portal_tasks;
"""

NO_SESSIONS = """
DROP FUNCTION portal_sessions, portal_add_session, portal_keep_session, portal_end_sessions;
GRANT SELECT, INSERT, UPDATE, DELETE ON django_session TO portal_web, portal_support;
"""

# As in 0011, but that a scope that is told limits it: before sign-in none is.
PERSON = """
CREATE OR REPLACE FUNCTION portal_person(by_id bigint, by_name text)
    RETURNS TABLE (person accounts_user, role_names text, of_partner bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER COST 10 SET search_path = {schema}, pg_temp
AS $$
DECLARE
    found accounts_user;
    owner bigint;
BEGIN
    IF by_id IS NOT NULL THEN
        SELECT * INTO found FROM accounts_user WHERE id = by_id;
    ELSE
        SELECT * INTO found FROM accounts_user WHERE username = by_name;
    END IF;
    IF found.id IS NULL THEN
        RETURN;
    END IF;
    owner := coalesce(
        found.partner_id, (SELECT partner_id FROM customers_customer WHERE id = found.customer_id)
    );
    IF portal_partner() IS NOT NULL AND (
        owner IS DISTINCT FROM portal_partner()
        OR portal_customer() IS NOT NULL AND found.customer_id IS DISTINCT FROM portal_customer()
    ) THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT
        found,
        (
            SELECT string_agg(name, '|') FROM accounts_user_groups
            JOIN auth_group ON auth_group.id = group_id WHERE user_id = found.id
        ),
        owner;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0015_write_less_than_is_seen"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        step(SESSIONS, NO_SESSIONS),
        step(PERSON),
        protect("mfa_authenticator", through_own("accounts_user", "user_id")),
        step(GRANTS),
    ]
