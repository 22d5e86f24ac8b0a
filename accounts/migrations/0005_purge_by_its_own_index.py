from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_log_keeps_its_events"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("customers", "0002_name_more_actions"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="user",
            name="due_for_purge",
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                models.F("purge_after"),
                condition=models.Q(("purge_after__isnull", False)),
                name="due_for_purge",
            ),
        ),
    ]
