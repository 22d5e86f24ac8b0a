"""How users are found by a contact is said once, for requests of partners and of support staff.

`contact_matches` runs as whoever asks it, and shows no more than that role sees; portal_contacts
asks it as the owner, of customers that the request may see, since no index serves conditions on
functions of a column under a policy.
"""

from importlib import import_module

from django.db import migrations

from customers.postgresql.policies import step

BEFORE = import_module("accounts.migrations.0013_found_by_contact")
OFFICE, MOBILE = BEFORE.OFFICE, BEFORE.MOBILE

ONCE = f"""
CREATE FUNCTION contact_matches(own bigint[], address text, digits text) RETURNS SETOF bigint
    LANGUAGE plpgsql STABLE COST 1000 ROWS 10 SET search_path = {{schema}}, pg_temp
AS $$
DECLARE
    backwards text := reverse(digits);
    last text := chr(1114111);
BEGIN
    IF address <> '' THEN
        RETURN QUERY SELECT id FROM accounts_user
            WHERE customer_id = ANY (own) AND alternate_email <> ''
                AND lower(alternate_email) ~>=~ address
                AND lower(alternate_email) ~<~ (address || last)
                AND (deleted_at IS NULL OR purge_after > now())
            LIMIT 200;
    ELSIF digits <> '' THEN
        RETURN QUERY SELECT id FROM accounts_user
            WHERE customer_id = ANY (own) AND office_phone <> ''
                AND {OFFICE} ~>=~ backwards AND {OFFICE} ~<~ (backwards || last)
                AND (deleted_at IS NULL OR purge_after > now())
            UNION SELECT id FROM accounts_user
            WHERE customer_id = ANY (own) AND mobile_phone <> ''
                AND {MOBILE} ~>=~ backwards AND {MOBILE} ~<~ (backwards || last)
                AND (deleted_at IS NULL OR purge_after > now())
            LIMIT 200;
    END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION contact_matches FROM PUBLIC;
GRANT EXECUTE ON FUNCTION contact_matches TO portal_support, portal_tasks;
CREATE OR REPLACE FUNCTION portal_contacts(own bigint[], address text, digits text)
    RETURNS SETOF bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER COST 1000 ROWS 10 SET search_path = {{schema}}, pg_temp
AS $$
DECLARE
    allowed bigint[];
BEGIN
    SELECT array_agg(id) INTO allowed FROM unnest(own) AS wanted (id)
        WHERE portal_partner() IS NOT NULL AND id IN (SELECT portal_customers());
    RETURN QUERY SELECT * FROM contact_matches(allowed, address, digits);
END
$$;
"""  # noqa: S608 - names of our own
TWICE = f"""
DROP FUNCTION portal_contacts, contact_matches;
{BEFORE.CONTACTS[BEFORE.CONTACTS.index("CREATE FUNCTION") :]}
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0021_names_in_the_admin"),
    ]

    operations = [step(ONCE, TWICE)]
