"""A form that is sent twice makes one token."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("api", "0002_row_security")]

    operations = [
        migrations.AddField(
            model_name="token",
            name="key",
            field=models.CharField(db_default="", default="", editable=False, max_length=64),
        ),
        migrations.AddConstraint(
            model_name="token",
            constraint=models.UniqueConstraint(
                condition=models.Q(("key", ""), _negated=True),
                fields=("user", "key"),
                name="token_once_per_form",
            ),
        ),
    ]
