"""A page in the middle of users by their last sign-in is found by its index.

By a COALESCE, PostgreSQL does not enter one under row-level security. Users can be many, and are
written to while it is made: without a lock that stops anyone.
"""

from datetime import UTC, datetime

from django.db import migrations, models
from django.db.models import Case, Q, Value, When

from customers.postgresql.indexes import AddIndexWithoutLock

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("accounts", "0018_language"),
    ]

    operations = [
        AddIndexWithoutLock(
            model_name="user",
            index=models.Index(
                "customer",
                Case(When(last_login=None, then=Value(NEVER)), default="last_login"),
                "id",
                condition=Q(deleted_at=None),
                name="active_by_last_sign_in",
            ),
        ),
        migrations.RemoveIndex(model_name="user", name="active_by_sign_in"),
    ]
