"""How users of many customers are found by an alternate email or a phone number, on PostgreSQL.

The indexes have only users who have such a detail: for all others they cost nothing. A number is
stored backwards and by its digits, as its end is what every way of writing it has in common.
Conditions on functions of a column are asked after the policy, and by no index: the function asks
them instead, of customers that the request may see.
"""

from django.db import migrations

from customers.postgresql.policies import step

DIGITS = "reverse(regexp_replace({}, '\\D', '', 'g'))"
OFFICE, MOBILE = DIGITS.format("office_phone"), DIGITS.format("mobile_phone")

CONTACTS = f"""
CREATE INDEX user_by_alternate_email ON accounts_user
    (customer_id, lower(alternate_email) text_pattern_ops) WHERE alternate_email <> '';
CREATE INDEX user_by_office_phone ON accounts_user
    (customer_id, {OFFICE} text_pattern_ops) WHERE office_phone <> '';
CREATE INDEX user_by_mobile_phone ON accounts_user
    (customer_id, {MOBILE} text_pattern_ops) WHERE mobile_phone <> '';
CREATE FUNCTION portal_contacts(own bigint[], address text, digits text) RETURNS SETOF bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER COST 1000 ROWS 10 SET search_path = {{schema}}, pg_temp
AS $$
DECLARE
    allowed bigint[];
    backwards text := reverse(digits);
    last text := chr(1114111);
BEGIN
    SELECT array_agg(id) INTO allowed FROM unnest(own) AS wanted (id)
        WHERE portal_partner() IS NOT NULL AND id IN (SELECT portal_customers());
    IF address <> '' THEN
        RETURN QUERY SELECT id FROM accounts_user
            WHERE customer_id = ANY (allowed) AND alternate_email <> ''
                AND lower(alternate_email) ~>=~ address
                AND lower(alternate_email) ~<~ (address || last)
                AND (deleted_at IS NULL OR purge_after > now())
            LIMIT 200;
    ELSIF digits <> '' THEN
        RETURN QUERY SELECT id FROM accounts_user
            WHERE customer_id = ANY (allowed) AND office_phone <> ''
                AND {OFFICE} ~>=~ backwards AND {OFFICE} ~<~ (backwards || last)
                AND (deleted_at IS NULL OR purge_after > now())
            UNION SELECT id FROM accounts_user
            WHERE customer_id = ANY (allowed) AND mobile_phone <> ''
                AND {MOBILE} ~>=~ backwards AND {MOBILE} ~<~ (backwards || last)
                AND (deleted_at IS NULL OR purge_after > now())
            LIMIT 200;
    END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION portal_contacts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_contacts TO portal_web;
"""  # noqa: S608 - names of our own
NO_CONTACTS = """
DROP FUNCTION portal_contacts;
DROP INDEX user_by_alternate_email, user_by_office_phone, user_by_mobile_phone;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_start_dates"),
    ]

    operations = [step(CONTACTS, NO_CONTACTS)]
