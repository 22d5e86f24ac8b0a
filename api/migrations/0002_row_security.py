"""A token is shown to who sees its user; whoever comes with one is told by a function whose it is."""

from django.db import migrations

from customers.postgresql.policies import protect, step, through, through_own

POLICIES = {
    "api_token": through_own("accounts_user", "user_id"),
    "api_tokencustomer": through("api_token", "token_id"),
}

# A hash of 256 random bits, or the UUID that a signed token names, says no more than whose it is.
LOOKUP = """
CREATE FUNCTION portal_api_token(by_hash text, by_uuid uuid) RETURNS bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = {schema}, pg_temp
AS $$
BEGIN
    IF by_hash IS NOT NULL THEN
        RETURN (SELECT user_id FROM api_token WHERE hash = by_hash);
    END IF;
    RETURN (SELECT user_id FROM api_token WHERE uuid = by_uuid);
END
$$;
REVOKE EXECUTE ON FUNCTION portal_api_token FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_api_token TO portal_web, portal_support, portal_tasks;
"""
NO_LOOKUP = "DROP FUNCTION portal_api_token;"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_integrations"),
        ("api", "0001_tokens"),
        ("customers", "0012_batches_by_token"),
    ]

    operations = [
        *(protect(table, condition) for table, condition in POLICIES.items()),
        step(LOOKUP, NO_LOOKUP),
    ]
