"""An integration is a user of its partner that acts by tokens and never signs in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_plain_words"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("customers", "0012_batches_by_token"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="is_machine",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_machine", False), ("partner__isnull", False), _connector="OR"
                ),
                name="machine_of_partner",
            ),
        ),
    ]
