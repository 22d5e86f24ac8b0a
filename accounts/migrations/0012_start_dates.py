"""Users who may sign in from a day on."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_integrations"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="starts_on",
            field=models.DateField(editable=False, null=True, verbose_name="start date"),
        ),
        migrations.AddField(
            model_name="user",
            name="starts_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=Q(starts_on=None, starts_at=None)
                | Q(starts_on__isnull=False, starts_at__isnull=False, customer__isnull=False),
                name="start_is_whole",
            ),
        ),
    ]
