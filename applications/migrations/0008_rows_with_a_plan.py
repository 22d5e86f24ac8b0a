"""What each call of an application reads, as functions, whose plans each connection keeps.

As of the gate (0006), to plan these takes PostgreSQL several times as long as to answer them. They
see what their caller sees. SQLite is asked the same by querysets (applications/lookup.py and
applications/oidc/claims.py).
"""

from django.db import migrations

from customers.postgresql.policies import step

# What a token stands for is asked after it is locked: whoever waited sees what ended meanwhile.
ROWS = """
CREATE FUNCTION portal_application_of_client(wanted text)
    RETURNS TABLE (client allauth_idp_oidc_client, application applications_application)
    LANGUAGE plpgsql STABLE SET search_path = {schema}, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT one, own FROM allauth_idp_oidc_client AS one
        INNER JOIN applications_application AS own ON own.client_id = one.id
        WHERE one.id = wanted;
END
$$;
CREATE FUNCTION portal_token_row(
    kinds text[], wanted text, the_client text, moment timestamptz, is_to_change boolean
)
    RETURNS SETOF allauth_idp_oidc_token
    LANGUAGE plpgsql SET search_path = {schema}, pg_temp
AS $$
BEGIN
    IF is_to_change THEN
        RETURN QUERY SELECT * FROM allauth_idp_oidc_token AS one
            WHERE one.type = ANY (kinds) AND one.hash = wanted
            AND (the_client IS NULL OR one.client_id = the_client)
            AND (one.expires_at IS NULL OR one.expires_at > moment)
            ORDER BY one.id LIMIT 1 FOR UPDATE;
    ELSE
        RETURN QUERY SELECT * FROM allauth_idp_oidc_token AS one
            WHERE one.type = ANY (kinds) AND one.hash = wanted
            AND (the_client IS NULL OR one.client_id = the_client)
            AND (one.expires_at IS NULL OR one.expires_at > moment)
            ORDER BY one.id LIMIT 1;
    END IF;
END
$$;
CREATE FUNCTION portal_app_session(wanted text, the_user bigint, the_application bigint)
    RETURNS SETOF applications_appsession
    LANGUAGE plpgsql STABLE SET search_path = {schema}, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT * FROM applications_appsession AS one
        WHERE one.sid = wanted AND one.user_id = the_user
        AND one.application_id = the_application AND one.ended_at IS NULL;
END
$$;
CREATE FUNCTION portal_holdings(the_user bigint, the_customer bigint)
    RETURNS TABLE (tenant uuid, plans text[])
    LANGUAGE plpgsql STABLE SET search_path = {schema}, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT
        (SELECT one.uuid FROM customers_customer AS one WHERE one.id = the_customer),
        ARRAY(
            SELECT plan.code::text FROM licensing_licenseassignment AS seat
            INNER JOIN licensing_subscription AS pool ON pool.id = seat.subscription_id
            INNER JOIN licensing_product AS product ON product.id = pool.product_id
            INNER JOIN licensing_serviceplan AS plan ON plan.product_id = product.id
            WHERE seat.user_id = the_user AND seat.released_at IS NULL
            AND pool.status = 'active' AND NOT seat.services_off ? plan.code
        );
END
$$;
REVOKE EXECUTE ON FUNCTION
    portal_application_of_client, portal_token_row, portal_app_session, portal_holdings
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    portal_application_of_client, portal_token_row, portal_app_session, portal_holdings
    TO portal_web, portal_support, portal_tasks;
"""
NO_ROWS = """
DROP FUNCTION portal_application_of_client, portal_token_row, portal_app_session, portal_holdings;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0007_words_of_provisioning"),
        # Rows of theirs are what the functions give.
        ("allauth_idp_oidc", "0003_client_allow_uri_wildcards"),
    ]

    operations = [step(ROWS, NO_ROWS)]
