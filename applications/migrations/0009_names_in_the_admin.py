"""Models are called by names that can be translated: the admin shows them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0008_rows_with_a_plan"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="application",
            options={
                "ordering": ("name", "id"),
                "verbose_name": "application",
                "verbose_name_plural": "applications",
            },
        ),
        migrations.AlterModelOptions(
            name="appsession",
            options={"verbose_name": "app session", "verbose_name_plural": "app sessions"},
        ),
        migrations.AlterModelOptions(
            name="provision",
            options={
                "verbose_name": "provisioned account",
                "verbose_name_plural": "provisioned accounts",
            },
        ),
    ]
