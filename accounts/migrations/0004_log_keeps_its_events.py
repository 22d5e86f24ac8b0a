"""An event of the activity log is not deleted either. TRUNCATE, which tests use, is not meant."""

from django.db import migrations

KEEP = """
CREATE TRIGGER audit_kept BEFORE DELETE ON customers_auditevent
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""


def on_postgresql(sql: str):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(sql)

    return run


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_postgresql_rules")]

    operations = [
        migrations.RunPython(
            on_postgresql(KEEP),
            on_postgresql("DROP TRIGGER audit_kept ON customers_auditevent;"),
        )
    ]
