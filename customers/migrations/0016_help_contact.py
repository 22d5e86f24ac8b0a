"""A partner has a help contact."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0015_events_of_prices"),
    ]

    operations = [
        migrations.AddField(
            model_name="partner",
            name="help_email",
            field=models.EmailField(
                blank=True, default="", db_default="", max_length=254, verbose_name="help email"
            ),
        ),
        migrations.AddField(
            model_name="partner",
            name="help_note",
            field=models.CharField(
                blank=True, default="", db_default="", max_length=120, verbose_name="help note"
            ),
        ),
        migrations.AddField(
            model_name="partner",
            name="help_phone",
            field=models.CharField(
                blank=True, default="", db_default="", max_length=40, verbose_name="help phone"
            ),
        ),
    ]
