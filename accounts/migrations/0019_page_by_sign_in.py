"""A page in the middle of users by their last sign-in is found by its index.

By a COALESCE, PostgreSQL does not enter one under row-level security. Users can be many, and are
written to while it is made: without a lock that stops anyone.
"""

from datetime import UTC, datetime
from typing import Any

from django.db import migrations, models
from django.db.models import Case, Q, Value, When

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class AddIndexWithoutLock(migrations.AddIndex):
    """Make an index beside those who write, on a database that can do so."""

    def database_forwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, *states)
            return
        model = states[1].apps.get_model(app_label, self.model_name)
        # One that an earlier attempt left unfinished is of no use.
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {self.index.name}")
        schema_editor.add_index(model, self.index, concurrently=True)


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
