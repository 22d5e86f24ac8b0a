"""What a request may see is more than what it may write: a policy of its own for each.

In the scope of a customer nothing of the partner's own is written: its name, its domains, its
staff, what they may do, and what packages keep of them; nor is it shown from where they sign in.
And no row that may be changed becomes somebody else's by the change.
"""

from django.db import migrations

from customers.postgresql.policies import (
    BY_PARTNER,
    OF_CUSTOMER_OR_BY_PARTNER,
    limit_writing,
    show_instead,
    step,
    through,
    through_own,
)

# No event is told to another partner than the one whose customer it is about; nor does a customer
# change hands.
OF_PARTNER = "partner_id = (SELECT portal_partner())"
# Staff are limited to customers by their partner, and none but its own.
ALLOWED = f"{BY_PARTNER} AND {through('accounts_user', 'user_id')}"
# A filter is its owner's alone, or shared at one of the customers that the owner sees.
SHARED = "customer_id IS NULL OR customer_id IN (SELECT portal_customers())"

WRITING = {
    "customers_partner": BY_PARTNER,
    "customers_domain": OF_CUSTOMER_OR_BY_PARTNER,
    "customers_auditevent": OF_PARTNER,
    "accounts_user": OF_CUSTOMER_OR_BY_PARTNER,
    "accounts_user_groups": through_own("accounts_user", "user_id"),
    "accounts_user_user_permissions": through_own("accounts_user", "user_id"),
    "accounts_user_allowed_customers": ALLOWED,
    "accounts_savedfilter": SHARED,
}
# Of its own row a customer's people move the counters: policies know rows, and no columns.
FACTS = """
CREATE FUNCTION refuse_of_customer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a customer is changed by its partner'
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER facts_by_partner
    BEFORE UPDATE OF partner_id, name, country, contact_email, created_at ON customers_customer
    FOR EACH ROW WHEN (portal_customer() IS NOT NULL) EXECUTE FUNCTION refuse_of_customer();
"""
NO_FACTS = """
DROP TRIGGER facts_by_partner ON customers_customer;
DROP FUNCTION refuse_of_customer();
"""
# Kept by packages, of one person: a customer's people have nothing to do with those of the staff.
OF_PERSON = (
    "django_admin_log",
    "account_emailaddress",
    "usersessions_usersession",
)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_waiting_since"),
        ("customers", "0012_log_is_guarded_by_its_owner"),
    ]

    operations = [
        *(limit_writing(table, condition) for table, condition in WRITING.items()),
        limit_writing("customers_customer", f"{BY_PARTNER} AND {OF_PARTNER}", changing=OF_PARTNER),
        step(FACTS, NO_FACTS),
        *(
            show_instead(
                table, through_own("accounts_user", "user_id"), through("accounts_user", "user_id")
            )
            for table in OF_PERSON
        ),
    ]
