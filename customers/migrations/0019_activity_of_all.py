"""The activity of all customers is a list, read by days and by who did it.

The log can be long, and is written to while these are made: without a lock that stops anyone.
"""

from typing import Any

from django.db import migrations, models
from django.db.models import Q

LINES = Q(stands_for__isnull=False)


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
        ("customers", "0018_places"),
    ]

    operations = [
        AddIndexWithoutLock(
            model_name="auditevent",
            index=models.Index(
                fields=["partner", "-at", "-id"], name="audit_lines_of_all", condition=LINES
            ),
        ),
        AddIndexWithoutLock(
            model_name="auditevent",
            index=models.Index(
                fields=["partner", "actor_id", "-at", "-id"],
                name="audit_lines_by_actor",
                condition=LINES,
            ),
        ),
    ]
