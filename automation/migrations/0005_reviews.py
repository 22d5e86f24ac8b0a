"""Access reviews."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("automation", "0004_reports_and_requests"),
    ]

    operations = []
