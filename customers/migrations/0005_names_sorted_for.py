"""A customer says by which country's order of letters its users are sorted (accounts.tasks)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0004_batch_users"),
    ]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="names_sorted_for",
            field=models.CharField(db_default="", editable=False, max_length=2),
        ),
    ]
