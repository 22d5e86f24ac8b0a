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
    through,
    through_own,
)

# A customer's people lock its row, and change nothing of it; a partner's hand it to nobody.
CUSTOMER = f"{BY_PARTNER} AND partner_id = (SELECT portal_partner())"
# An event is of the partner whose customer it is about.
EVENT = "partner_id = (SELECT portal_partner())"
# Staff are limited to customers by their partner, and none but its own.
ALLOWED = f"{BY_PARTNER} AND {through('accounts_user', 'user_id')}"
# A filter is shared with the owner's customer, or with one of the partner's.
SHARED = "customer_id IS NULL OR customer_id IN (SELECT portal_customers())"

WRITING = {
    "customers_partner": (BY_PARTNER, ""),
    "customers_customer": ("true", CUSTOMER),
    "customers_domain": (OF_CUSTOMER_OR_BY_PARTNER, ""),
    "customers_auditevent": (EVENT, ""),
    "accounts_user": (OF_CUSTOMER_OR_BY_PARTNER, ""),
    "accounts_user_groups": (through_own("accounts_user", "user_id"), ""),
    "accounts_user_user_permissions": (through_own("accounts_user", "user_id"), ""),
    "accounts_user_allowed_customers": (ALLOWED, ""),
    "accounts_savedfilter": ("true", SHARED),
}
# Kept by packages, of one person: a customer's people have nothing to do with those of the staff.
OF_PERSON = (
    "django_admin_log",
    "account_emailaddress",
    "usersessions_usersession",
)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_sheets_without_their_text"),
        ("customers", "0012_log_is_guarded_by_its_owner"),
    ]

    operations = [
        *(limit_writing(table, old, new) for table, (old, new) in WRITING.items()),
        *(
            show_instead(
                table, through_own("accounts_user", "user_id"), through("accounts_user", "user_id")
            )
            for table in OF_PERSON
        ),
    ]
