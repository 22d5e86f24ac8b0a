"""An upload is its customer's, as customers/migrations/0002_scope_and_log tells."""

from django.db import migrations

from customers.postgresql.policies import OF_CUSTOMER, protect, through

POLICIES = {
    "uploads_upload": OF_CUSTOMER,
    "uploads_uploadrow": through("uploads_upload", "upload_id"),
    "uploads_columnmapping": OF_CUSTOMER,
}


class Migration(migrations.Migration):
    dependencies = [
        # Its grants hold for tables to come.
        ("accounts", "0003_people_on_postgresql"),
        ("uploads", "0001_initial"),
    ]

    operations = [protect(table, condition) for table, condition in POLICIES.items()]
