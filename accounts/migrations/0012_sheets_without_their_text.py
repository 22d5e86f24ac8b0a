"""The text of a sheet stands in its parts (0008). The version before still names the empty column
in what it writes and reads, so it stays in the database; the next version drops it. Until then it
fills itself for a version that knows nothing of it.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_row_level_security")]

    operations = [
        migrations.RemoveConstraint(model_name="credentialsheet", name="destroyed_holds_nothing"),
        migrations.AlterField(
            model_name="credentialsheet",
            name="ciphertext",
            field=models.TextField(blank=True, db_default=""),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveField(model_name="credentialsheet", name="ciphertext")
            ]
        ),
    ]
