"""Rows whose cells are to be looked at, although nothing is wrong, are found at once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("uploads", "0004_columns_as_written"),
    ]

    operations = [
        migrations.AddField(
            model_name="uploadrow",
            name="warns",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="A notice is to be looked at before Confirm.",
            ),
        ),
        migrations.AddIndex(
            model_name="uploadrow",
            index=models.Index(
                condition=models.Q(("warns", True)),
                fields=["upload", "number"],
                name="row_with_warning",
            ),
        ),
    ]
