"""Users who may sign in from a day on."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_integrations"),
    ]

    operations = []
