"""An index made beside those who write: a table may be long, and is written to all the time."""

from typing import Any

from django.db import migrations


class AddIndexWithoutLock(migrations.AddIndex):
    """Make an index without a lock that stops anyone, on a database that can do so.

    For migrations that are not atomic.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, *states)
            return
        model = states[1].apps.get_model(app_label, self.model_name)
        # One that an earlier attempt left unfinished is of no use.
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {self.index.name}")
        schema_editor.add_index(model, self.index, concurrently=True)
