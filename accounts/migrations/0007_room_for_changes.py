"""Room on every page of users for new versions of its rows.

A change that touches no indexed column then stays on its page and leaves all indexes alone, the
search index above all: half a millisecond for each person that a change of licenses concerns.
"""

from django.db import migrations

ROOM = "ALTER TABLE accounts_user SET (fillfactor = 70)"
NO_ROOM = "ALTER TABLE accounts_user RESET (fillfactor)"


def on_postgresql(sql: str):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(sql)

    return run


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_find_and_select")]

    operations = [migrations.RunPython(on_postgresql(ROOM), on_postgresql(NO_ROOM))]
