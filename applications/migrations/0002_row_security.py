"""An application is its partner's, and a customer sees what is for it; a sign-in is its user's.

allauth's tables as well: a client is shown to who sees the application that names it, a token to
who sees its user. Whoever comes with the id of a client or with a token, and with no session, is
told by two functions whose rows to look at: customers/migrations/0002_scope_and_log.
"""

from django.db import migrations

from customers.postgresql.policies import (
    BY_PARTNER,
    OF_CUSTOMER,
    limit_writing,
    protect,
    step,
    through,
    through_own,
)

APPLICATION = """CASE
    WHEN partner_id IS DISTINCT FROM (SELECT portal_partner()) THEN false
    WHEN all_customers OR (SELECT portal_customer()) IS NULL THEN true
    ELSE EXISTS (
        SELECT FROM applications_applicationcustomer AS chosen
        WHERE chosen.application_id = applications_application.id
        AND chosen.customer_id = (SELECT portal_customer())
    )
END"""
OF_APPLICATION = through("applications_application", "application_id")
OF_CLIENTS_APPLICATION = """(
    SELECT true FROM applications_application AS owner
    WHERE owner.client_id = allauth_idp_oidc_client.id
)"""
# A customer's users have nothing to do with where the partner's staff is signed in.
OF_OWN_USER = through_own("accounts_user", "user_id")

POLICIES = {
    "applications_application": APPLICATION,
    "applications_applicationcustomer": OF_CUSTOMER,
    "applications_applicationplan": OF_APPLICATION,
    "applications_appsession": OF_OWN_USER,
    "allauth_idp_oidc_client": OF_CLIENTS_APPLICATION,
    "allauth_idp_oidc_token": OF_OWN_USER,
}
# In the scope of a customer nothing of an application is written. Which application one's own
# customer is chosen for is not asked: that of another partner stays closed to it anyhow, and the
# policy of applications, which reads these rows, can't be asked by theirs.
WRITING = {
    "applications_application": BY_PARTNER,
    "applications_applicationcustomer": BY_PARTNER,
    "applications_applicationplan": BY_PARTNER,
    "allauth_idp_oidc_client": BY_PARTNER,
}

# A token's hash says no more than whose it is; an id of a client, which everybody may know, only
# which partner's rows decide.
LOOKUPS = """
CREATE FUNCTION portal_client(wanted text) RETURNS bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = {schema}, pg_temp
AS $$
BEGIN
    RETURN (SELECT partner_id FROM applications_application WHERE client_id = wanted);
END
$$;
CREATE FUNCTION portal_token(wanted text) RETURNS bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = {schema}, pg_temp
AS $$
BEGIN
    -- With the types, by the index that there is.
    RETURN (
        SELECT max(user_id) FROM allauth_idp_oidc_token
        WHERE type IN ('ac', 'at', 'ia', 'rt') AND hash = wanted
    );
END
$$;
REVOKE EXECUTE ON FUNCTION portal_client, portal_token FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_client, portal_token
    TO portal_web, portal_support, portal_tasks;
"""
NO_LOOKUPS = "DROP FUNCTION portal_client, portal_token;"

TRIGGERS = """
CREATE TRIGGER application_uuid_stays BEFORE UPDATE OF uuid ON applications_application
    FOR EACH ROW WHEN (NEW.uuid IS DISTINCT FROM OLD.uuid) EXECUTE FUNCTION refuse_new_uuid();
CREATE TRIGGER application_stamped BEFORE UPDATE ON applications_application
    FOR EACH ROW EXECUTE FUNCTION stamp_row();
"""
NO_TRIGGERS = """
DROP TRIGGER application_stamped ON applications_application;
DROP TRIGGER application_uuid_stays ON applications_application;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_mail_tries"),
        ("allauth_idp_oidc", "0003_client_allow_uri_wildcards"),
        ("applications", "0001_initial"),
        ("customers", "0006_columns_forgotten"),
    ]

    operations = [
        *(protect(table, condition) for table, condition in POLICIES.items()),
        *(limit_writing(table, condition) for table, condition in WRITING.items()),
        step(LOOKUPS, NO_LOOKUPS),
        step(TRIGGERS, NO_TRIGGERS),
    ]
