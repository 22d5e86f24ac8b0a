"""Lists of users show the columns that a person chose, and sort by more of them."""

from datetime import UTC, datetime

from django.db import migrations, models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce, Lower

LIVING, DELETED = Q(deleted_at=None), Q(deleted_at__isnull=False)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0013_found_by_contact"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="list_columns",
            field=models.CharField(
                blank=True, db_default="", default="", editable=False, max_length=200
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                "customer",
                Lower("department"),
                "id",
                condition=LIVING,
                name="active_by_department",
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                "customer",
                Coalesce("last_login", Value(NEVER)),
                "id",
                condition=LIVING,
                name="active_by_sign_in",
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                "customer", "sort_name", "id", condition=DELETED, name="deleted_by_name"
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                "customer", Lower("user_name"), "id", condition=DELETED, name="deleted_by_user"
            ),
        ),
    ]
