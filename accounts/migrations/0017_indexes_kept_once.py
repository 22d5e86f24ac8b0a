"""Indexes that were written for every row and found nobody: of columns that are mostly empty, and, on
PostgreSQL, of foreign keys with which another index begins.

A row of the activity log stood in eight indexes, a batch's item in four. SQLite keeps those of the
second kind, and so does the state of the models.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from customers.postgresql.policies import step

# As the beginning of audit_by_customer, audit_by_partner and person_once_per_batch.
ONCE = """
DROP INDEX customers_auditevent_customer_id_47c651a7;
DROP INDEX customers_auditevent_partner_id_8e26f0f3;
DROP INDEX customers_batchitem_batch_id_1919a05a;
"""
TWICE = """
CREATE INDEX customers_auditevent_customer_id_47c651a7 ON customers_auditevent (customer_id);
CREATE INDEX customers_auditevent_partner_id_8e26f0f3 ON customers_auditevent (partner_id);
CREATE INDEX customers_batchitem_batch_id_1919a05a ON customers_batchitem (batch_id);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0016_second_steps_and_sessions"),
        ("customers", "0013_name_warned_owners"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                models.F("partner"),
                condition=models.Q(("partner__isnull", False)),
                name="staff_by_partner",
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="partner",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="staff",
                to="customers.partner",
            ),
        ),
        migrations.AddIndex(
            model_name="uploadrow",
            index=models.Index(
                models.F("user"),
                condition=models.Q(("user__isnull", False)),
                name="row_by_user",
            ),
        ),
        migrations.AlterField(
            model_name="uploadrow",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        step(ONCE, TWICE),
    ]
