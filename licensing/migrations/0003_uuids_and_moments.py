"""A subscription has a UUID that never changes, and a license says when it was changed.

A license that is switched to other services is the same row. The moment stands in it, and not in
the user's row: writing that once more, for 100,000 people who get a license, would take longer than
the licenses do (accounts/last_change.py puts both together).
"""

import django.db.models.functions.datetime
from django.db import migrations, models

import customers.identity
from customers.postgresql.policies import step

TRIGGERS = """
CREATE TRIGGER subscription_uuid_stays BEFORE UPDATE OF uuid ON licensing_subscription
    FOR EACH ROW WHEN (NEW.uuid IS DISTINCT FROM OLD.uuid) EXECUTE FUNCTION refuse_new_uuid();
CREATE TRIGGER license_stamped BEFORE UPDATE ON licensing_licenseassignment
    FOR EACH ROW EXECUTE FUNCTION stamp_row();
"""
NO_TRIGGERS = """
DROP TRIGGER license_stamped ON licensing_licenseassignment;
DROP TRIGGER subscription_uuid_stays ON licensing_subscription;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0003_uuids_that_stay"),
        ("licensing", "0002_seats_on_postgresql"),
    ]

    operations = [
        migrations.AddField(
            model_name="subscription",
            name="uuid",
            field=models.UUIDField(
                db_default=customers.identity.RandomUUID(), editable=False, unique=True
            ),
        ),
        migrations.AddField(
            model_name="licenseassignment",
            name="updated_at",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(), editable=False
            ),
        ),
        step(TRIGGERS, NO_TRIGGERS),
    ]
