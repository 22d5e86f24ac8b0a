from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("automation", "0006_implied_keys"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="keptlicense",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["subscription"],
                name="kept_waiting",
            ),
        ),
    ]
