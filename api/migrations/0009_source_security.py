"""A source is its customer's, and so is what it keeps; a Global administrator makes it.

It acts as a user of the partner's, whom a request of a customer neither adds nor changes: two
functions do just that, for the customer that asks and for nobody else. Its tokens are shown to who
sees the source.
"""

from django.db import migrations

from customers.postgresql.policies import OF_CUSTOMER, protect, step, through_own

TABLES = ("api_source", "api_scimlink", "api_sourcerefusal")

# Rows of another customer can't be referred to, whatever the code forgets; what is implied by that
# is not asked for again. The names are those that Django gave.
REFERENCES = """
ALTER TABLE api_scimlink
    ADD CONSTRAINT linked_user_of_customer
        FOREIGN KEY (user_id, customer_id) REFERENCES accounts_user (id, customer_id),
    ADD CONSTRAINT link_of_source_of_customer
        FOREIGN KEY (source_id, customer_id) REFERENCES api_source (id, customer_id),
    DROP CONSTRAINT api_scimlink_user_id_7116d1fe_fk_accounts_user_id,
    DROP CONSTRAINT api_scimlink_source_id_a3fdec44_fk_api_source_id;
ALTER TABLE api_sourcerefusal
    ADD CONSTRAINT refusal_of_source_of_customer
        FOREIGN KEY (source_id, customer_id) REFERENCES api_source (id, customer_id),
    DROP CONSTRAINT api_sourcerefusal_source_id_2d6787ac_fk_api_source_id;
ALTER TABLE api_source
    ADD CONSTRAINT default_subscription_of_customer
        FOREIGN KEY (subscription_id, customer_id)
        REFERENCES licensing_subscription (id, customer_id);
"""
NO_REFERENCES = """
ALTER TABLE api_source DROP CONSTRAINT default_subscription_of_customer;
ALTER TABLE api_sourcerefusal
    ADD CONSTRAINT api_sourcerefusal_source_id_2d6787ac_fk_api_source_id
        FOREIGN KEY (source_id) REFERENCES api_source (id) DEFERRABLE INITIALLY DEFERRED,
    DROP CONSTRAINT refusal_of_source_of_customer;
ALTER TABLE api_scimlink
    ADD CONSTRAINT api_scimlink_user_id_7116d1fe_fk_accounts_user_id
        FOREIGN KEY (user_id) REFERENCES accounts_user (id) DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT api_scimlink_source_id_a3fdec44_fk_api_source_id
        FOREIGN KEY (source_id) REFERENCES api_source (id) DEFERRABLE INITIALLY DEFERRED,
    DROP CONSTRAINT link_of_source_of_customer,
    DROP CONSTRAINT linked_user_of_customer;
"""

OF_USER = through_own("accounts_user", "user_id")
OF_SOURCE = "(SELECT true FROM api_source AS own WHERE own.user_id = api_token.user_id)"
TOKENS = f"""CASE WHEN kind = 'source' THEN {OF_SOURCE} ELSE {OF_USER} END"""
SHOWN = f"ALTER POLICY scope ON api_token USING ({TOKENS}) WITH CHECK ({TOKENS})"
SHOWN_BEFORE = f"ALTER POLICY scope ON api_token USING ({OF_USER}) WITH CHECK ({OF_USER})"

# Nobody can sign in as it: its password is none, and it is a machine. It sees this customer alone.
USERS = """
CREATE FUNCTION portal_add_source_user(named text, shown text, sorted text, searched text)
    RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp
AS $$
DECLARE
    asking bigint := portal_customer();
    of_partner bigint := portal_partner();
    of_domain customers_domain;
    added bigint;
BEGIN
    IF NOT EXISTS (
        SELECT FROM customers_customer WHERE id = asking AND partner_id = of_partner
    ) THEN
        RAISE EXCEPTION 'a customer adds the users of its own sources alone'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT * INTO of_domain FROM customers_domain
        WHERE partner_id = of_partner AND lower(name) = split_part(lower(named), '@', 2);
    IF NOT FOUND OR named !~ '^source-[a-z0-9]{10,20}@' THEN
        RAISE EXCEPTION 'this is no name of a source'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO accounts_user (
        partner_id, domain_id, is_machine, limited_to_customers, password,
        user_name, username, display_name, sort_name, search_text,
        first_name, last_name, usage_location, country, job_title, department, office,
        office_phone, mobile_phone, fax, alternate_email, street, city, state, postal_code,
        time_zone, is_staff, is_superuser, must_change_password, session_epoch, added_at
    ) VALUES (
        of_partner, of_domain.id, true, true, '!' || gen_random_uuid(),
        named, lower(named), shown, sorted, searched,
        '', '', '', '', '', '', '', '', '', '', '', '', '', '', '',
        '', false, false, false, 0, now()
    ) RETURNING id INTO added;
    INSERT INTO accounts_user_groups (user_id, group_id)
        SELECT added, id FROM auth_group WHERE name = 'Admin agent';
    INSERT INTO accounts_user_allowed_customers (user_id, customer_id) VALUES (added, asking);
    RETURN added;
END
$$;
CREATE FUNCTION portal_end_source_user(wanted bigint, days integer) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp
AS $$
BEGIN
    UPDATE accounts_user
        SET username = NULL, domain_id = NULL, deleted_at = now(),
            purge_after = now() + make_interval(days => days),
            session_epoch = session_epoch + 1
        WHERE id = wanted AND is_machine AND deleted_at IS NULL AND EXISTS (
            SELECT FROM api_source AS own WHERE own.user_id = wanted
            AND own.customer_id = portal_customer()
        );
    RETURN FOUND;
END
$$;
REVOKE EXECUTE ON FUNCTION portal_add_source_user, portal_end_source_user FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_add_source_user, portal_end_source_user TO portal_web;
"""
NO_USERS = "DROP FUNCTION portal_add_source_user, portal_end_source_user;"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_integrations"),
        ("api", "0008_sources"),
        ("customers", "0012_batches_by_token"),
        ("licensing", "0004_own_products"),
    ]

    operations = [
        step(REFERENCES, NO_REFERENCES),
        *(protect(table, OF_CUSTOMER) for table in TABLES),
        step(SHOWN, SHOWN_BEFORE),
        step(USERS, NO_USERS),
    ]
