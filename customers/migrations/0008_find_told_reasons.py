# Texts of batches are found when they are to be forgotten.

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0007_batch_reason"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="batchitem",
            index=models.Index(
                condition=models.Q(("reason", ""), _negated=True),
                fields=["batch"],
                name="item_with_reason",
            ),
        ),
    ]
