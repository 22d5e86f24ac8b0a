"""What PostgreSQL alone keeps of people: who may see whom, how names are found, whose session it is.

Row-level security is told in customers/migrations/0002_scope_and_log. What packages keep of people
is protected here too.
"""

from django.db import migrations

from customers.postgresql.policies import (
    BY_PARTNER,
    OF_CUSTOMER,
    OF_CUSTOMER_OR_BY_PARTNER,
    OF_CUSTOMER_OR_PARTNER,
    OF_THIS_CUSTOMER,
    limit_writing,
    protect,
    show_in_lists,
    step,
    through,
    through_own,
)
from customers.postgresql.roles import GRANTS, LEAKPROOF
from customers.scope import PORTAL

# The customer stands first: names are searched within one customer among a million people. The
# index takes people in as a list of 32 MB at most, where searches look as well (25 ms when it is
# full): to sort each person in under some fifty trigrams was nine tenths of writing 100,000 people,
# and the longer the list, the less each name costs. It fills in bulk alone, and the task that fills
# it works it off. For all others a task of beat's does, by a function of the owner's, as PostgreSQL
# lets nobody else. In its search path temporary tables come last: whoever calls it could shadow the
# real one.
SEARCH = f"""
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;
CREATE INDEX user_search ON accounts_user
    USING gin (customer_id, search_text gin_trgm_ops)
    WITH (fastupdate = on, gin_pending_list_limit = 32768);
CREATE FUNCTION tidy_search() RETURNS bigint
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = {{schema}}, pg_temp
AS $$ SELECT gin_clean_pending_list('user_search'::regclass) $$;
REVOKE EXECUTE ON FUNCTION tidy_search() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tidy_search() TO {PORTAL};
"""  # noqa: S608 - a name of our own
NO_SEARCH = """
DROP FUNCTION tidy_search();
DROP INDEX user_search;
"""

# What a sheet has is encrypted: to compress it takes longer than to write it.
PLAIN = "ALTER TABLE accounts_credentialsheetpart ALTER ciphertext SET STORAGE EXTERNAL;"
PACKED = "ALTER TABLE accounts_credentialsheetpart ALTER ciphertext SET STORAGE EXTENDED;"

# Room on every page for new versions of its rows: a change that touches no indexed column then
# stays on its page and leaves all indexes alone, the search index above all.
ROOM = "ALTER TABLE accounts_user SET (fillfactor = 70);"
NO_ROOM = "ALTER TABLE accounts_user RESET (fillfactor);"

# As `support_staff_of_none` is a rule of both databases, this is one of PostgreSQL's alone.
RULES = """
ALTER TABLE accounts_user
    ADD CONSTRAINT user_and_domain_of_one_customer
        FOREIGN KEY (domain_id, customer_id) REFERENCES customers_domain (id, customer_id),
    ADD CONSTRAINT superusers_of_none
        CHECK (NOT is_superuser OR (partner_id IS NULL AND customer_id IS NULL));
"""
NO_RULES = """
ALTER TABLE accounts_user
    DROP CONSTRAINT superusers_of_none,
    DROP CONSTRAINT user_and_domain_of_one_customer;
"""

# Sign-in and session know nobody's partner yet: this function alone looks anybody up, by id or by
# sign-in name, and gives one row, so that no query of theirs needs a policy that lets it. Whoever
# looks somebody up for a page, and not to sign in, finds nobody out of the page's scope.
PERSON = """
CREATE FUNCTION portal_person(by_id bigint, by_name text)
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
REVOKE EXECUTE ON FUNCTION portal_person FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_person TO portal_web, portal_support, portal_tasks;
"""
NO_PERSON = "DROP FUNCTION portal_person;"

# A session is shown to who knows its key.
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
"""

# A customer's people see the partner's staff by name, and not what these keep for themselves.
OF_COLLEAGUE = """(
    SELECT true FROM accounts_user AS owner
    WHERE owner.id = owner_id AND (
        (SELECT portal_customer()) IS NULL OR owner.customer_id = (SELECT portal_customer())
    )
)"""

OF_PERSON = through("accounts_user", "user_id")
# A customer's people have nothing to do with what packages keep of the partner's staff.
OF_OWN_PERSON = through_own("accounts_user", "user_id")

POLICIES = {
    "accounts_user": OF_CUSTOMER_OR_PARTNER,
    "accounts_user_groups": OF_PERSON,
    "accounts_user_user_permissions": OF_PERSON,
    "accounts_user_allowed_customers": OF_CUSTOMER,
    "accounts_credentialsheet": OF_CUSTOMER,
    "accounts_credentialsheetpart": through("accounts_credentialsheet", "sheet_id"),
    "accounts_delivery": through("accounts_credentialsheet", "sheet_id"),
    "accounts_savedfilter": OF_COLLEAGUE,
    "accounts_selection": OF_CUSTOMER,
    # Kept by packages. The first holds what support staff did, by name.
    "django_admin_log": OF_OWN_PERSON,
    "account_emailaddress": OF_OWN_PERSON,
    "account_emailconfirmation": through("account_emailaddress", "email_address_id"),
    "mfa_authenticator": OF_OWN_PERSON,
    "usersessions_usersession": OF_OWN_PERSON,
}

LISTS = {"accounts_user": OF_THIS_CUSTOMER, "accounts_user_groups": OF_PERSON}

# In the scope of a customer nothing of the partner's own is written: its staff, and what they may
# do. Staff are limited to customers by their partner, and none but its own; a filter is its owner's
# alone, or shared at one of the customers that the owner sees.
WRITING = {
    "accounts_user": OF_CUSTOMER_OR_BY_PARTNER,
    "accounts_user_groups": OF_OWN_PERSON,
    "accounts_user_user_permissions": OF_OWN_PERSON,
    "accounts_user_allowed_customers": f"{BY_PARTNER} AND {OF_PERSON}",
    "accounts_savedfilter": "customer_id IS NULL OR customer_id IN (SELECT portal_customers())",
}


class Migration(migrations.Migration):
    dependencies = [
        ("account", "0009_emailaddress_unique_primary_email"),
        ("accounts", "0002_relations_and_rules"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("customers", "0002_scope_and_log"),
        ("licensing", "0002_seats_on_postgresql"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("sessions", "0001_initial"),
        ("usersessions", "0001_initial"),
    ]

    operations = [
        step(SEARCH, NO_SEARCH),
        step(PLAIN, PACKED),
        step(ROOM, NO_ROOM),
        step(RULES, NO_RULES),
        step(PERSON, NO_PERSON),
        step(SESSIONS, NO_SESSIONS),
        *(protect(table, condition) for table, condition in POLICIES.items()),
        *(show_in_lists(table, condition) for table, condition in LISTS.items()),
        *(limit_writing(table, condition) for table, condition in WRITING.items()),
        step(GRANTS),
        step(LEAKPROOF),
    ]
