"""A batch and the log speak of users; the columns keep their names, for code from before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0003_uuids_that_stay"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="batch",
                    name="people",
                    field=models.JSONField(
                        db_column="people",
                        default=list,
                        help_text="Ids of the chosen, frozen, while it waits.",
                    ),
                ),
                migrations.RenameField(model_name="batch", old_name="people", new_name="users"),
                migrations.AlterField(
                    model_name="auditevent",
                    name="stands_for",
                    field=models.PositiveIntegerField(
                        default=1,
                        help_text=(
                            "How many users this line of the log is about; NULL: the line is an earlier"
                            " event of the batch."
                        ),
                        null=True,
                    ),
                ),
            ],
        ),
    ]
