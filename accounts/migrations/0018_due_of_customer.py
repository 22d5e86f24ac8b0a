import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0017_indexes_kept_once"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("customers", "0013_name_warned_owners"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                models.F("customer"),
                django.db.models.functions.comparison.Coalesce("purge_after", "deleted_at"),
                condition=models.Q(("deleted_at__isnull", False)),
                name="due_of_customer",
            ),
        ),
    ]
