"""Reports on a schedule, and requests for licenses."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("automation", "0003_notices"),
    ]

    operations = []
