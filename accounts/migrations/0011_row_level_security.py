"""Partners are kept apart by PostgreSQL too: roles, policies, and who may do what.

The policies name three roles, which belong to the whole server: they are made here if the migrating
login may, else by `manage.py prepare_roles` before. What a request sees is said by settings of its
transaction (customers/postgresql/base.py); the owner of the tables, who migrates, sees everything.
"""

from django.db import migrations

from customers.postgresql.policies import (
    OF_CUSTOMER,
    OF_CUSTOMER_OR_PARTNER,
    OF_THIS_CUSTOMER,
    protect,
    show_in_lists,
    step,
    through,
)
from customers.postgresql.roles import GRANTS, LEAKPROOF, ROLES_EXIST

# What a transaction was told. An empty setting is none.
SETTINGS = """
CREATE FUNCTION portal_partner() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('portal.partner', true), '')::bigint;
CREATE FUNCTION portal_customer() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('portal.customer', true), '')::bigint;
"""

# As the owner, so that the policy of customers does not ask itself. Plans of PL/pgSQL are kept.
# portal_at is the customer of a page if it is one of the partner's: a page is about any number.
CUSTOMERS = """
CREATE FUNCTION portal_at() RETURNS bigint
    LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER COST 10 SET search_path = {schema}, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT id FROM customers_customer
        WHERE partner_id = portal_partner() AND id = coalesce(
            portal_customer(), nullif(current_setting('portal.at', true), '')::bigint
        )
    );
END
$$;
CREATE FUNCTION portal_customers() RETURNS SETOF bigint
    LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER COST 10 ROWS 100 SET search_path = {schema}, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT id FROM customers_customer
        WHERE partner_id = portal_partner()
        AND (portal_customer() IS NULL OR id = portal_customer());
END
$$;
"""

# Sign-in and session know nobody's partner yet: this function alone looks anybody up, by id or by
# sign-in name, and gives one row, so that no query of theirs needs a policy that lets it.
PERSON = """
CREATE FUNCTION portal_person(by_id bigint, by_name text)
    RETURNS TABLE (person accounts_user, role_names text, of_partner bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER COST 10 SET search_path = {schema}, pg_temp
AS $$
DECLARE
    found accounts_user;
BEGIN
    IF by_id IS NOT NULL THEN
        SELECT * INTO found FROM accounts_user WHERE id = by_id;
    ELSE
        SELECT * INTO found FROM accounts_user WHERE username = by_name;
    END IF;
    IF found.id IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT
        found,
        (
            SELECT string_agg(name, '|') FROM accounts_user_groups
            JOIN auth_group ON auth_group.id = group_id WHERE user_id = found.id
        ),
        coalesce(
            found.partner_id,
            (SELECT partner_id FROM customers_customer WHERE id = found.customer_id)
        );
END
$$;
REVOKE EXECUTE ON FUNCTION portal_person, portal_customers, portal_at FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_person, portal_customers, portal_at
    TO portal_web, portal_people, portal_support, portal_tasks;
REVOKE EXECUTE ON FUNCTION portal_person FROM portal_people;
"""

# Old lines of the log go by this one, whose seals say so (customers/0006_log_ends_by_its_seals).
RETIRES = """
GRANT EXECUTE ON FUNCTION retire_audit_events(bigint, boolean) TO portal_tasks;
"""

NO_FUNCTIONS = """
DROP FUNCTION portal_person, portal_customers, portal_at, portal_customer, portal_partner;
"""

OF_PARTNER = "id = (SELECT portal_partner())"

# Cheap first, as of any customer's row.
CUSTOMER = """CASE
    WHEN id = (SELECT portal_at()) THEN true
    ELSE (SELECT portal_customer()) IS NULL AND partner_id = (SELECT portal_partner())
END"""

EVENT = """CASE
    WHEN customer_id = (SELECT portal_at()) THEN true
    WHEN (SELECT portal_customer()) IS NULL THEN partner_id = (SELECT portal_partner())
    ELSE customer_id = (SELECT portal_customer())
END"""

# A customer's people see the partner's staff by name, and not what these keep for themselves.
OF_COLLEAGUE = """(
    SELECT true FROM accounts_user AS owner
    WHERE owner.id = owner_id AND (
        (SELECT portal_customer()) IS NULL OR owner.customer_id = (SELECT portal_customer())
    )
)"""

POLICIES = {
    "customers_partner": OF_PARTNER,
    "customers_customer": CUSTOMER,
    "customers_domain": OF_CUSTOMER_OR_PARTNER,
    "customers_batch": OF_CUSTOMER,
    "customers_batchitem": through("customers_batch", "batch_id"),
    "customers_auditevent": EVENT,
    "customers_auditnames": through("customers_auditevent", "event_id"),
    "licensing_subscription": OF_CUSTOMER,
    "licensing_licenseassignment": OF_CUSTOMER,
    "accounts_user": OF_CUSTOMER_OR_PARTNER,
    "accounts_user_groups": through("accounts_user", "user_id"),
    "accounts_user_user_permissions": through("accounts_user", "user_id"),
    "accounts_user_allowed_customers": OF_CUSTOMER,
    "accounts_upload": OF_CUSTOMER,
    "accounts_uploadrow": through("accounts_upload", "upload_id"),
    "accounts_columnmapping": OF_CUSTOMER,
    "accounts_credentialsheet": OF_CUSTOMER,
    "accounts_credentialsheetpart": through("accounts_credentialsheet", "sheet_id"),
    "accounts_delivery": through("accounts_credentialsheet", "sheet_id"),
    "accounts_savedfilter": OF_COLLEAGUE,
    "accounts_selection": OF_CUSTOMER,
    # Kept by packages. The first holds what support staff did, by name.
    "django_admin_log": through("accounts_user", "user_id"),
    "account_emailaddress": through("accounts_user", "user_id"),
    "account_emailconfirmation": through("account_emailaddress", "email_address_id"),
    "usersessions_usersession": through("accounts_user", "user_id"),
}


LISTS = {
    "accounts_user": OF_THIS_CUSTOMER,
    "accounts_user_groups": through("accounts_user", "user_id"),
    "licensing_licenseassignment": OF_THIS_CUSTOMER,
    "licensing_subscription": OF_THIS_CUSTOMER,
}


class Migration(migrations.Migration):
    dependencies = [
        ("account", "0009_emailaddress_unique_primary_email"),
        ("accounts", "0010_upload_rows_say_what_becomes_of_them"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("customers", "0010_name_more_actions"),
        ("licensing", "0002_find_who_has_none"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("sessions", "0001_initial"),
        ("usersessions", "0001_initial"),
    ]

    operations = [
        step(ROLES_EXIST),
        step(SETTINGS + CUSTOMERS + PERSON, NO_FUNCTIONS),
        step(GRANTS),
        step(RETIRES),
        *(protect(table, condition) for table, condition in POLICIES.items()),
        *(show_in_lists(table, condition) for table, condition in LISTS.items()),
        step(LEAKPROOF),
    ]
