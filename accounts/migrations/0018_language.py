"""Users read the portal in a language of their own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0017_sheet_readings")]

    operations = [
        migrations.AddField(
            "user",
            "language",
            models.CharField(blank=True, db_default="", max_length=10, verbose_name="language"),
        )
    ]
