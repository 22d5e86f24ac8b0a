"""Of a row that is added although a deleted user had its name: a new user, in the same value."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("uploads", "0002_row_security"),
    ]

    operations = [
        migrations.AlterField(
            model_name="uploadrow",
            name="decision",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "None"),
                    ("drop", "Drop"),
                    ("restore", "Restore instead"),
                    ("new", "Add as a new user"),
                ],
                max_length=7,
            ),
        ),
    ]
