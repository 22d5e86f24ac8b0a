"""The gate's question as a function, whose plan each connection keeps.

With the policies of ten tables in it, to plan it takes PostgreSQL ten times as long as to answer
it, and it is asked at each step of a sign-in. It sees what its caller sees. Its text is that of
`ApplicationQuerySet.open_to`, which tests/applications/test_gate.py compares.
"""

from django.db import migrations

from customers.postgresql.policies import step

GATE = """
CREATE FUNCTION portal_may_enter(the_user bigint, the_customer bigint, the_application bigint)
    RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = {schema}, pg_temp
AS $$
BEGIN
    RETURN EXISTS (
        SELECT 1 AS "a"
        FROM "applications_application"
        INNER JOIN "customers_partner"
            ON ("applications_application"."partner_id" = "customers_partner"."id")
        INNER JOIN "customers_customer"
            ON ("customers_partner"."id" = "customers_customer"."partner_id")
        WHERE (
            (
                "applications_application"."all_customers"
                OR EXISTS(
                    SELECT 1 AS "a" FROM "applications_applicationcustomer" U0
                    WHERE (
                        U0."application_id" = ("applications_application"."id")
                        AND U0."customer_id" = the_customer
                    ) LIMIT 1
                )
            )
            AND "customers_customer"."id" = the_customer
            AND (
                "applications_application"."everyone"
                OR EXISTS(
                    SELECT 1 AS "a" FROM "applications_applicationplan" V0
                    INNER JOIN "licensing_serviceplan" V2 ON (V0."plan_id" = V2."id")
                    WHERE (
                        V0."application_id" = ("applications_application"."id")
                        AND EXISTS(
                            SELECT 1 AS "a" FROM "licensing_licenseassignment" U0
                            INNER JOIN "licensing_subscription" U1
                                ON (U0."subscription_id" = U1."id")
                            INNER JOIN "licensing_product" U2 ON (U1."product_id" = U2."id")
                            INNER JOIN "licensing_serviceplan" U3 ON (U2."id" = U3."product_id")
                            WHERE (
                                U0."released_at" IS NULL
                                AND U3."id" = (V0."plan_id")
                                AND U1."status" = 'active'
                                AND U0."user_id" = the_user
                                AND STRPOS(
                                    (U0."services_off")::text,
                                    (COALESCE('"', '') || COALESCE(
                                        (COALESCE(V2."code", '') || COALESCE('"', '')), ''
                                    ))
                                ) = 0
                            ) LIMIT 1
                        )
                    ) LIMIT 1
                )
            )
            AND EXISTS(
                SELECT 1 AS "a" FROM "accounts_user" U0
                WHERE (
                    U0."deleted_at" IS NULL
                    AND U0."blocked_at" IS NULL
                    AND U0."id" = the_user
                ) LIMIT 1
            )
            AND "applications_application"."is_on"
            AND "applications_application"."id" = the_application
        ) LIMIT 1
    );
END
$$;
REVOKE EXECUTE ON FUNCTION portal_may_enter FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_may_enter TO portal_web, portal_support, portal_tasks;
"""
NO_GATE = "DROP FUNCTION portal_may_enter;"


class Migration(migrations.Migration):
    dependencies = [("applications", "0005_turns_and_holding")]

    operations = [step(GATE, NO_GATE)]
