"""What becomes of a row is said in plainer words: nothing changes in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("uploads", "0005_rows_with_warnings"),
    ]

    operations = [
        migrations.AlterField(
            model_name="uploadrow",
            name="decision",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "None"),
                    ("drop", "Exclude"),
                    ("restore", "Restore instead"),
                    ("new", "Add as a new user"),
                ],
                max_length=7,
            ),
        ),
        migrations.AlterField(
            model_name="uploadrow",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("add", "To be added"),
                    ("change", "To be changed"),
                    ("restore", "To be restored"),
                    ("leave", "Unchanged"),
                    ("drop", "Excluded"),
                    ("wrong", "Errors"),
                ],
                default="add",
                max_length=7,
            ),
        ),
    ]
