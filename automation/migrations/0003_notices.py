"""Notices, and what each person chose of them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("automation", "0002_row_security"),
    ]

    operations = []
